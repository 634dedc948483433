import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyBatch } from '../../../test/support/batch-arbitraries.js';
import { crc32c } from '../../checksum/crc32c.js';
import { buildRecordBatch } from './build-batch.js';
import { CorruptRecordsError } from './corrupt-records.js';
import { batchesIn, BatchLayout, RecordBatch } from './record-batch.js';
import { recordsOf } from './records.js';

/**
 * Written by hand from the specification: one record (key "k", value "v") at 1,700,000,000,000, producer 4711,
 * epoch 3, sequence 8. Fixed here so that reader and writer can't be wrong together.
 */
const HANDMADE = Buffer.from(
  [
    '0000000000000000', // base offset
    '0000003a', // length
    'ffffffff', // leader epoch
    '02', // magic
    '00000000', // crc, filled in by the test
    '0000', // attributes
    '00000000', // last offset delta
    '0000018bcfe56800', // base timestamp
    '0000018bcfe56800', // max timestamp
    '0000000000001267', // producer id
    '0003', // producer epoch
    '00000008', // base sequence
    '00000001', // record count
    '10', // record: length 8
    '00', // attributes
    '00', // timestamp delta
    '00', // offset delta
    '02', // key length 1
    '6b', // key
    '02', // value length 1
    '76', // value
    '00', // no headers
  ].join(''),
  'hex',
);

describe('a record batch', () => {
  test('is read as the specification lays it out', () => {
    const bytes = Buffer.from(HANDMADE);
    const batch = new RecordBatch(bytes);
    expect({
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      partitionLeaderEpoch: batch.partitionLeaderEpoch,
      magic: batch.magic,
      compression: batch.compression,
      timestampType: batch.timestampType,
      isTransactional: batch.isTransactional,
      isControl: batch.isControl,
      baseTimestamp: batch.baseTimestamp,
      maxTimestamp: batch.maxTimestamp,
      producerId: batch.producerId,
      producerEpoch: batch.producerEpoch,
      baseSequence: batch.baseSequence,
      lastSequence: batch.lastSequence,
      recordCount: batch.recordCount,
      sizeInBytes: batch.sizeInBytes,
    }).toEqual({
      baseOffset: 0,
      lastOffset: 0,
      partitionLeaderEpoch: -1,
      magic: 2,
      compression: 0,
      timestampType: 'CreateTime',
      isTransactional: false,
      isControl: false,
      baseTimestamp: 1_700_000_000_000,
      maxTimestamp: 1_700_000_000_000,
      producerId: 4711,
      producerEpoch: 3,
      baseSequence: 8,
      lastSequence: 8,
      recordCount: 1,
      sizeInBytes: 70,
    });
    expect([...recordsOf(batch)]).toEqual([
      { offset: 0, timestamp: 1_700_000_000_000, key: Buffer.from('k'), value: Buffer.from('v'), headers: [] },
    ]);
    const built = buildRecordBatch({
      records: [{ key: 'k', value: 'v', timestamp: 1_700_000_000_000 }],
      producerId: 4711,
      producerEpoch: 3,
      baseSequence: 8,
    });
    bytes.writeUInt32BE(batch.computeCrc(), BatchLayout.CRC);
    expect(built.toString('hex')).toBe(bytes.toString('hex'));
  });

  test('keeps its CRC and every other byte when it gets its offset and leader epoch', () => {
    fc.assert(
      fc.property(anyBatch, fc.maxSafeNat(), fc.nat(2 ** 31 - 1), (source, baseOffset, epoch) => {
        const bytes = buildRecordBatch(source);
        const before = Buffer.from(bytes);
        const batch = new RecordBatch(bytes);
        batch.assignOffset(baseOffset, epoch);
        expect(batch.baseOffset).toBe(baseOffset);
        expect(batch.partitionLeaderEpoch).toBe(epoch);
        expect(batch.computeCrc()).toBe(batch.crc);
        expect(bytes.subarray(8, 12).equals(before.subarray(8, 12))).toBe(true);
        expect(bytes.subarray(16).equals(before.subarray(16))).toBe(true);
      }),
    );
  });

  test('stamped with the append time gives it to every record, under a valid CRC', () => {
    fc.assert(
      fc.property(anyBatch, (source) => {
        const batch = new RecordBatch(buildRecordBatch(source));
        batch.stampLogAppendTime(1_750_000_000_123);
        expect(batch.timestampType).toBe('LogAppendTime');
        expect(batch.maxTimestamp).toBe(1_750_000_000_123);
        expect(batch.computeCrc()).toBe(batch.crc);
        for (const record of recordsOf(batch)) expect(record.timestamp).toBe(1_750_000_000_123);
      }),
    );
  });

  test('knows the CRC of all its bytes from its own', () => {
    fc.assert(
      fc.property(anyBatch, fc.maxSafeNat(), (source, baseOffset) => {
        const batch = new RecordBatch(buildRecordBatch(source));
        batch.assignOffset(baseOffset, 7);
        expect(batch.crc32cOfWholeBatch()).toBe(crc32c(batch.bytes));
      }),
    );
  });

  test.each([
    [5, 3, 7],
    [2 ** 31 - 2, 2, 2 ** 31 - 1],
    [2 ** 31 - 1, 2, 0],
    [-1, 3, -1],
  ])('from sequence %d with %d records ends at sequence %d', (baseSequence, count, lastSequence) => {
    const records = Array.from({ length: count }, () => ({ value: 'v' }));
    expect(new RecordBatch(buildRecordBatch({ records, producerId: 1, baseSequence })).lastSequence).toBe(lastSequence);
  });

  test('carries negative timestamps and offsets beyond 2^32', () => {
    const batch = new RecordBatch(buildRecordBatch({ records: [{ value: 'v' }], baseOffset: 2 ** 40 + 3 }));
    expect(batch.baseOffset).toBe(2 ** 40 + 3);
    expect(batch.baseTimestamp).toBe(-1);
    expect(batch.maxTimestamp).toBe(-1);
  });
});

describe('a stored range', () => {
  const range = (count: number) =>
    Buffer.concat(Array.from({ length: count }, (_, at) => buildRecordBatch({ records: [{ value: `v${at}` }] })));

  test('is split into its batches without copying', () => {
    const bytes = range(3);
    const batches = [...batchesIn(bytes)];
    expect(batches).toHaveLength(3);
    expect(batches.every((batch) => batch.bytes.buffer === bytes.buffer)).toBe(true);
    expect(Buffer.concat(batches.map((batch) => batch.bytes)).equals(bytes)).toBe(true);
  });

  test('of no bytes has no batches', () => {
    expect([...batchesIn(Buffer.alloc(0))]).toEqual([]);
  });

  test('cut anywhere but between batches is refused', () => {
    const bytes = range(2);
    const boundary = bytes.length / 2;
    for (let length = 1; length < bytes.length; length++) {
      const split = () => [...batchesIn(bytes.subarray(0, length))];
      if (length === boundary) expect(split()).toHaveLength(1);
      else expect(split).toThrow(CorruptRecordsError);
    }
  });

  test.each([
    ['a length below the header', 8, 48],
    ['a negative length', 8, -1],
    ['the largest length', 8, 2 ** 31 - 1],
  ])('with %s is refused', (_name, at, value) => {
    const bytes = range(1);
    bytes.writeInt32BE(value, at);
    expect(() => [...batchesIn(bytes)]).toThrow(/claims/);
  });

  test('with another magic is refused', () => {
    const bytes = range(1);
    bytes.writeInt8(1, BatchLayout.MAGIC);
    expect(() => [...batchesIn(bytes)]).toThrow('magic 1');
  });
});
