import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from '../../checksum/crc32c.js';
import { buildRecordBatch, type NewBatch } from '../../protocol/records/build-batch.js';
import { Compression } from '../../protocol/records/compression.js';
import { encodeManifest, type Manifest } from '../../storage/manifest-format.js';
import { segmentFooter, segmentHeader } from '../../storage/segment-format.js';
import { encodeSegmentIndex, SegmentIndexBuilder } from '../../storage/segment-index.js';
import { encodeWalEnd, walHeader } from '../../storage/wal-format.js';
import { inspect } from './inspect.js';
import { itemAsJson, itemAsText } from './print-item.js';

const createdAt = 1_700_000_000_123;
const topicId = 'AAECAwQFBgcICQoLDA0ODw';

function batch(baseOffset: number, values: readonly string[], more: Partial<NewBatch> = {}): Buffer {
  const records = values.map((value) => ({
    key: 'k',
    value,
    timestamp: createdAt,
    headers: [{ key: 'h', value: null }],
  }));
  return buildRecordBatch({ baseOffset, partitionLeaderEpoch: 4, records, ...more });
}

const batches = [
  batch(100, ['a', 'b']),
  batch(102, ['c', 'd', 'e'], { compression: Compression.ZSTD }),
  batch(105, ['f'], { producerId: 7, producerEpoch: 1, baseSequence: 12 }),
];
const body = Buffer.concat(batches);

const segment = Buffer.concat([
  segmentHeader({ baseOffset: 100, recordCount: 6, createdAt }),
  body,
  segmentFooter({ bodyCrc32c: crc32c(body), lastOffset: 105 }),
]);

const walObject = Buffer.concat([
  walHeader(),
  body,
  encodeWalEnd({
    incarnationId: 'inc',
    sequence: 9,
    firstSequence: 9,
    createdAt,
    metadataRevision: 3,
    entries: [
      {
        topicId,
        topicName: 'orders',
        partition: 2,
        leaderEpoch: 4,
        baseOffset: 100,
        lastOffset: 105,
        position: 16,
        length: body.length,
        maxTimestamp: createdAt,
        batchCount: 3,
        recordCount: 6,
        producerBatches: [],
      },
    ],
  }),
]);

const manifest: Manifest = {
  topicId,
  topicName: 'orders',
  partition: 2,
  version: 3,
  createdAt,
  incarnationId: 'inc',
  leaderEpoch: 4,
  logStartOffset: 100,
  checkpointOffset: 106,
  segments: [
    {
      baseOffset: 100,
      lastOffset: 105,
      sizeBytes: segment.length,
      recordCount: 6,
      maxTimestamp: createdAt,
      createdAt,
      suffix: undefined,
    },
  ],
  epochs: [{ epoch: 4, startOffset: 0 }],
  producers: [{ producerId: 7, producerEpoch: 1, lastTimestamp: createdAt, batches: [] }],
  retired: [{ key: 'default/orders/2/segment-00000000000000000000.kfs', retiredAt: createdAt }],
  topicConfig: new Map([['retention.ms', '-1']]),
  topicPartitions: 3,
};

function textOf(object: Buffer, withRecords = false): string {
  return [...inspect(object, 'object', withRecords)].map(itemAsText).join('\n');
}

function isDamaged(object: Buffer, withRecords = false): boolean {
  return [...inspect(object, 'object', withRecords)].some(({ type }) => type === 'damage');
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return damaged;
}

describe('inspecting an object', () => {
  test('a segment: header, batches and records', () => {
    const text = textOf(segment, true);
    expect(text).toContain('segment @0 baseOffset=100 recordCount=6 createdAt=2023-11-14T22:13:20.123Z lastOffset=105');
    expect(text).toContain('  batch @32 baseOffset=100 lastOffset=101 recordCount=2');
    expect(text).toMatch(/batch @\d+ baseOffset=102 .* compression=zstd/);
    expect(text).toContain('producerId=7 producerEpoch=1 firstSequence=12 lastSequence=12');
    expect(text).toContain('    record offset=104 timestamp=2023-11-14T22:13:20.123Z key=k value=e');
    expect(text).not.toContain('DAMAGE');
  });

  test('bytes that are no text are printed as base64', () => {
    const binary = buildRecordBatch({ records: [{ key: null, value: Buffer.from([0xff, 0xfe]) }] });
    const object = Buffer.concat([
      segmentHeader({ baseOffset: 0, recordCount: 1, createdAt }),
      binary,
      segmentFooter({ bodyCrc32c: crc32c(binary), lastOffset: 0 }),
    ]);
    const record = [...inspect(object, 'object', true)].find(({ type }) => type === 'record');
    expect(JSON.parse(itemAsJson(record as NonNullable<typeof record>))).toEqual({
      type: 'record',
      offset: 0,
      timestamp: -1,
      key: null,
      valueBase64: '//4=',
    });
  });

  test('an index', () => {
    const builder = new SegmentIndexBuilder(3);
    builder.add(100, 2, 32);
    builder.add(102, 3, 110);
    builder.add(105, 1, 190);
    const text = textOf(encodeSegmentIndex(builder.build()));
    expect(text).toContain('index @0 entryCount=2 interval=3');
    expect(text).toContain('  index-entry offset=105 segmentPosition=190');
  });

  test('a WAL object', () => {
    const text = textOf(walObject);
    expect(text).toContain('wal-object @0 incarnationId=inc sequence=9');
    expect(text).toMatch(/wal-entry @16 .*topicName=orders partition=2/);
    expect(text).not.toContain('DAMAGE');
  });

  test('a manifest', () => {
    const text = textOf(encodeManifest(manifest));
    expect(text).toMatch(/manifest @0 .*topicName=orders .*segmentCount=1 .*topicConfig={"retention.ms":"-1"}/);
    expect(text).toMatch(/manifest-segment baseOffset=100 lastOffset=105/);
    expect(text).toContain('manifest-epoch epoch=4 startOffset=0');
    expect(text).toContain('manifest-producer producerId=7');
    expect(text).toContain('manifest-retired key=default/orders/2/segment-00000000000000000000.kfs');
  });

  test('something else', () => {
    expect(textOf(Buffer.from('PK\x03\x04'))).toMatch(/^DAMAGE @0 its first bytes/);
    expect(textOf(Buffer.alloc(0))).toMatch(/^DAMAGE @0 its first bytes/);
  });
});

describe('damage', () => {
  test('of a batch is found where it is, and the rest is still read', () => {
    const at = 32 + (batches[0]?.length ?? 0);
    const text = textOf(flipped(segment, (at + 70) * 8));
    expect(text).toContain(`DAMAGE @${at} batch 102 has a CRC-32C other than its bytes`);
    expect(text).toContain(`DAMAGE @${segment.length - 16} the CRC-32C in the footer is not that of the body`);
    expect(text).toContain('baseOffset=105');
  });

  test('of any bit of a segment is found, but for what the layout does not protect', () => {
    fc.assert(
      fc.property(fc.nat(segment.length * 8 - 1), (bit) => {
        const at = bit >> 3;
        const protectedByte = at < 6 || (at >= 8 && at < 20) || at >= 32;
        fc.pre(protectedByte);
        expect(isDamaged(flipped(segment, bit))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('of any bit of a WAL object is found, but for the reserved bytes of the trailer', () => {
    fc.assert(
      fc.property(fc.nat(walObject.length * 8 - 1), (bit) => {
        const fromEnd = walObject.length - (bit >> 3);
        fc.pre(fromEnd !== 5 && fromEnd !== 6);
        expect(isDamaged(flipped(walObject, bit))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['segment', segment],
    ['WAL object', walObject],
    ['manifest', encodeManifest(manifest)],
  ])('of a %s that is cut short anywhere is found', (_, object) => {
    for (let length = 0; length < object.length; length += 7) {
      expect(isDamaged(object.subarray(0, length), true)).toBe(true);
    }
  });

  test('of records that do not decompress shows with --records only', () => {
    const broken = batch(0, ['a', 'b'], { compression: Compression.GZIP });
    broken.fill(0xee, 61);
    broken.writeUInt32BE(crc32c(broken.subarray(21)), 17);
    const object = Buffer.concat([
      segmentHeader({ baseOffset: 0, recordCount: 2, createdAt }),
      broken,
      segmentFooter({ bodyCrc32c: crc32c(broken), lastOffset: 1 }),
    ]);
    expect(isDamaged(object)).toBe(false);
    expect(textOf(object, true)).toContain('DAMAGE @32 the records of batch 0 cannot be read');
  });

  test('of counts and offsets that contradict the batches is found', () => {
    const wrong = Buffer.concat([
      segmentHeader({ baseOffset: 99, recordCount: 7, createdAt }),
      body,
      segmentFooter({ bodyCrc32c: crc32c(body), lastOffset: 106 }),
    ]);
    expect(textOf(wrong).match(/DAMAGE/g)).toHaveLength(3);
  });
});
