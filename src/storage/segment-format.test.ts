import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from '../checksum/crc32c.js';
import {
  decodeSegment,
  decodeSegmentFooter,
  decodeSegmentHeader,
  segmentChecksum,
  segmentFooter,
  SegmentFormatError,
  segmentHeader,
} from './segment-format.js';
import {
  decodeSegmentIndex,
  encodeSegmentIndex,
  INDEX_ENTRY_BYTES,
  INDEX_HEADER_BYTES,
  SegmentIndexBuilder,
} from './segment-index.js';

/** A batch header with zeros for what the golden vector does not name, and a payload of zeros. */
function batch(baseOffset: number, lastOffsetDelta: number, recordCount: number, payloadBytes: number): Buffer {
  const bytes = Buffer.alloc(61 + payloadBytes);
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt32BE(lastOffsetDelta, 23);
  bytes.writeInt32BE(recordCount, 57);
  return bytes;
}

function segmentOf(body: Buffer, baseOffset: number, lastOffset: number, recordCount: number): Buffer {
  return Buffer.concat([
    segmentHeader({ baseOffset, recordCount, createdAt: 1_700_000_000_123 }),
    body,
    segmentFooter({ bodyCrc32c: crc32c(body), lastOffset }),
  ]);
}

const goldenBody = Buffer.concat([batch(100, 2, 3, 5), batch(103, 0, 1, 7)]);
const golden = segmentOf(goldenBody, 100, 103, 4);
const goldenIndex = Buffer.from(
  '49445800000100000002000000030000' + '000000000000006400000020' + '000000000000006700000062',
  'hex',
);

describe('segment format', () => {
  test('golden vector, byte for byte', () => {
    expect(golden.subarray(0, 32).toString('hex')).toBe(
      '4b4146530001000000000000000000640000000400000' + '18bcfe5687b00000000',
    );
    expect(golden.subarray(-16).toString('hex')).toBe('88145c850000000000000067454e4421');
    expect(golden).toHaveLength(182);
  });

  test('what is written is read back', () => {
    expect(decodeSegmentHeader(golden, 's')).toEqual({ baseOffset: 100, recordCount: 4, createdAt: 1_700_000_000_123 });
    expect(decodeSegmentFooter(golden, 's')).toEqual({ bodyCrc32c: 0x88145c85, lastOffset: 103 });
    expect(decodeSegment(golden, 's').body).toEqual(goldenBody);
  });

  test('the checksum of the whole object comes from those of its parts', () => {
    const parts = [golden.subarray(0, 32), golden.subarray(-16)] as const;
    const body = { crc32c: crc32c(goldenBody), length: goldenBody.length };
    expect(segmentChecksum(parts[0], body, parts[1])).toBe(crc32c(golden));
  });

  test('damage in magic, version, body or footer is noticed', () => {
    fc.assert(
      fc.property(fc.nat(golden.length * 8 - 1), (bit) => {
        const at = bit >> 3;
        // The layout has no checksum over flags, numbers and reserved bytes of the header, nor over the last offset.
        fc.pre(at < 6 || (at >= 32 && at < 170) || at >= 178);
        const damaged = Buffer.from(golden);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
        expect(() => decodeSegment(damaged, 's')).toThrow(SegmentFormatError);
      }),
    );
  });

  test('a segment that is cut short is refused', () => {
    for (let length = 0; length < golden.length; length++) {
      expect(() => decodeSegment(golden.subarray(0, length), 's')).toThrow(SegmentFormatError);
    }
  });

  test('a newer version is refused and named', () => {
    const newer = Buffer.from(golden);
    newer.writeUInt16BE(2, 4);
    expect(() => decodeSegment(newer, 'a/b.kfs')).toThrow(/a\/b\.kfs has segment format version 2/);
  });

  test('impossible numbers are refused', () => {
    const negative = Buffer.from(golden);
    negative.writeBigInt64BE(-1n, 8);
    expect(() => decodeSegmentHeader(negative, 's')).toThrow('damaged header');
    expect(() => decodeSegment(segmentOf(goldenBody, 104, 103, 4), 's')).toThrow('before it begins');
  });
});

describe('segment index', () => {
  test('golden vector, byte for byte', () => {
    const builder = new SegmentIndexBuilder(3);
    builder.add(100, 3, 32);
    builder.add(103, 1, 98);
    expect(encodeSegmentIndex(builder.build())).toEqual(goldenIndex);
    expect(decodeSegmentIndex(goldenIndex, 'i')).toEqual(builder.build());
  });

  const batches = fc.array(
    fc.record({ records: fc.integer({ min: 1, max: 250 }), bytes: fc.integer({ min: 61, max: 999 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  );

  test('entries are where batches begin, the first batch has one, and no two are further apart than interval and batch', () => {
    fc.assert(
      fc.property(batches, (sizes) => {
        const builder = new SegmentIndexBuilder();
        const starts: { offset: number; position: number }[] = [];
        let offset = 1000;
        let position = 32;
        for (const { records, bytes } of sizes) {
          builder.add(offset, records, position);
          starts.push({ offset, position });
          offset += records;
          position += bytes;
        }
        const index = decodeSegmentIndex(encodeSegmentIndex(builder.build()), 'i');
        const entries = Array.from({ length: index.entryCount }, (_, at) => index.entryAt(at));
        expect(starts).toEqual(expect.arrayContaining(entries));
        expect(entries[0]).toEqual(starts[0]);
        for (const [at, entry] of entries.entries()) {
          expect((entries[at + 1]?.offset ?? offset) - entry.offset).toBeLessThan(100 + 250);
        }
      }),
    );
  });

  test('an index that is cut short, too long or of another kind is refused', () => {
    for (let length = 0; length < goldenIndex.length; length++) {
      expect(() => decodeSegmentIndex(goldenIndex.subarray(0, length), 'i')).toThrow(SegmentFormatError);
    }
    expect(() => decodeSegmentIndex(Buffer.concat([goldenIndex, Buffer.alloc(12)]), 'i')).toThrow('do not fit');
    expect(() => decodeSegmentIndex(golden, 'i')).toThrow('does not begin like an index');
  });

  test.each([
    ['offsets that do not ascend', INDEX_HEADER_BYTES + INDEX_ENTRY_BYTES + 7, 100],
    ['positions that do not ascend', INDEX_HEADER_BYTES + INDEX_ENTRY_BYTES + 11, 32],
    ['a position in the header', INDEX_HEADER_BYTES + 11, 31],
    ['an offset below zero', INDEX_HEADER_BYTES, 0xff],
  ])('%s are refused', (_, at, value) => {
    const damaged = Buffer.from(goldenIndex);
    damaged[at] = value;
    expect(() => decodeSegmentIndex(damaged, 'i')).toThrow('out of order');
  });
});
