import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyBatch } from '../../../test/support/batch-arbitraries.js';
import { buildRecordBatch } from './build-batch.js';
import { CorruptRecordsError } from './corrupt-records.js';
import { RecordBatch } from './record-batch.js';
import { RecordCursor, recordsOf } from './records.js';
import { sizeOfVarint, VarintReader, writeVarint } from './varint.js';

function toBuffer(data: Buffer | string | null | undefined): Buffer | null {
  return data === null || data === undefined ? null : Buffer.from(data as string);
}

describe('records', () => {
  test('come back as they were written, whatever the codec', () => {
    fc.assert(
      fc.property(anyBatch, fc.nat(1_000_000), (source, baseOffset) => {
        const batch = new RecordBatch(buildRecordBatch({ ...source, baseOffset }));
        expect([...recordsOf(batch)]).toEqual(
          source.records.map((record, index) => ({
            offset: baseOffset + index,
            timestamp: record.timestamp,
            key: toBuffer(record.key),
            value: toBuffer(record.value),
            headers: (record.headers ?? []).map(({ key, value }) => ({ key, value: toBuffer(value) })),
          })),
        );
      }),
    );
  });

  test('of an uncompressed batch are slices of it', () => {
    const batch = new RecordBatch(buildRecordBatch({ records: [{ key: 'key', value: 'value' }] }));
    const [record] = recordsOf(batch);
    expect(record?.value?.buffer).toBe(batch.bytes.buffer);
  });

  test('cut off, in excess or fewer than counted are refused', () => {
    fc.assert(
      fc.property(anyBatch, fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), (source, more, bytes) => {
        fc.pre(more !== 0 || bytes !== 0);
        const content = new RecordBatch(buildRecordBatch({ ...source, compression: 0 })).recordBytes;
        const altered =
          bytes > 0 ? Buffer.concat([content, Buffer.alloc(bytes)]) : content.subarray(0, content.length + bytes);
        const walk = () => {
          const cursor = new RecordCursor(altered, source.records.length + more);
          while (cursor.next());
        };
        expect(walk).toThrow(CorruptRecordsError);
      }),
    );
  });

  test.each([
    ['a negative body length', '01'],
    ['a body longer than the batch', '7e000000010100'],
    ['a body length beyond its fields', '1000000001010000'],
    ['a key length below -1', '0c000000030100'],
    ['a key longer than its record', '0c000000080100'],
    ['a negative header count', '0c000000010101'],
    ['a null header key', '10000000010102010100'],
    ['a header count beyond the record', '0c00000001017e'],
    ['an endless varint', '80808080808080808080'],
  ])('with %s are refused', (_name, hex) => {
    const content = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(10, 0xff)]);
    expect(() => new RecordCursor(content, 1).next()).toThrow(CorruptRecordsError);
  });

  test('more than the bytes can hold are refused before walking', () => {
    expect(() => new RecordCursor(Buffer.alloc(100), 2 ** 31 - 1)).toThrow("can't hold");
  });
});

describe('varints', () => {
  const limit = 2 ** 52;

  test('round-trip in as many bytes as announced', () => {
    fc.assert(
      fc.property(fc.integer({ min: -limit, max: limit }), (value) => {
        const bytes = Buffer.alloc(sizeOfVarint(value));
        expect(writeVarint(bytes, value, 0)).toBe(bytes.length);
        const reader = new VarintReader(bytes);
        expect(reader.varlong()).toBe(value);
        expect(reader.position).toBe(bytes.length);
      }),
      { examples: [[0], [-1], [limit], [-limit]] },
    );
  });

  test('of 32 bits round-trip', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = Buffer.alloc(sizeOfVarint(value));
        writeVarint(bytes, value, 0);
        expect(new VarintReader(bytes).varint()).toBe(value);
      }),
      { examples: [[-(2 ** 31)], [2 ** 31 - 1]] },
    );
  });

  test('of 64 bits keep their sign beyond what a number holds exactly', () => {
    const largest = new VarintReader(Buffer.from('feffffffffffffffff01', 'hex'));
    const smallest = new VarintReader(Buffer.from('ffffffffffffffffff01', 'hex'));
    expect(largest.varlong()).toBe(2 ** 63);
    expect(smallest.varlong()).toBe(-(2 ** 63));
  });

  test('longer than their type are refused', () => {
    expect(() => new VarintReader(Buffer.alloc(6, 0x80)).varint()).toThrow(CorruptRecordsError);
    expect(() => new VarintReader(Buffer.alloc(11, 0x80)).varlong()).toThrow(CorruptRecordsError);
  });
});
