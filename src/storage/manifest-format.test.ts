import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { crc32c } from '../checksum/crc32c.js';
import { kafscale } from '../generated/storage.js';
import { decodeManifest, encodeManifest, ManifestFormatError, type Manifest, type Segment } from './manifest-format.js';
import { encodeSegmentColumns } from './segment-columns.js';
import { VarintColumnWriter } from './varint-column.js';

const topicId = 'AAECAwQFBgcICQoLDA0ODw';

const first: Segment = {
  baseOffset: 100,
  lastOffset: 199,
  sizeBytes: 67_108_864,
  recordCount: 100,
  maxTimestamp: 1_700_000_000_000,
  createdAt: 1_700_000_000_123,
  suffix: undefined,
};

const manifest: Manifest = {
  topicId,
  topicName: 'orders',
  partition: 3,
  version: 7,
  createdAt: 1_700_000_000_500,
  incarnationId: 'pEwIrEEYHOYZprcefJy5yg',
  leaderEpoch: 5,
  logStartOffset: 120,
  checkpointOffset: 410,
  segments: [
    first,
    { ...first, baseOffset: 300, lastOffset: 399, recordCount: 40, maxTimestamp: -1, suffix: 'ffffffff' },
  ],
  epochs: [
    { epoch: 0, startOffset: 0 },
    { epoch: 5, startOffset: 150 },
  ],
  producers: [
    {
      producerId: 4000,
      producerEpoch: 1,
      lastTimestamp: 1_700_000_000_000,
      batches: [
        {
          producerId: 4000,
          producerEpoch: 1,
          firstSequence: 0x7fffffff,
          lastSequence: 4,
          baseOffset: 100,
          lastOffset: 105,
          timestamp: 1_700_000_000_000,
        },
      ],
    },
  ],
  retired: [{ key: 'default/orders/3/segment-00000000000000000100-00000001.kfs', retiredAt: 1_700_000_000_400 }],
  topicConfig: new Map([['retention.ms', '1000']]),
  topicPartitions: 4,
};

const suffix = fc.option(fc.stringMatching(/^[0-9a-f]{8}$/), { nil: undefined });
const timestamp = fc.oneof(fc.constant(-1), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER));

const segments: fc.Arbitrary<Segment[]> = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.nat(), fc.nat(2 ** 44)),
      span: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 })),
      sizeBytes: fc.integer({ min: 1, max: 0x7fffffff }),
      kept: fc.double({ min: 0, max: 1, noNaN: true }),
      maxTimestamp: timestamp,
      createdAt: fc.maxSafeNat(),
      suffix,
    }),
    { maxLength: 40 },
  )
  .map((shapes) => {
    let end = 0;
    return shapes.map(({ gap, span, kept, ...rest }) => {
      const baseOffset = end + gap;
      end = baseOffset + span;
      return { ...rest, baseOffset, lastOffset: end - 1, recordCount: Math.round(span * kept) };
    });
  });

/** A frame with right checksums around any message. */
function framed(message: kafscale.storage.Manifest.$Properties): Buffer {
  const content = Buffer.concat([
    Buffer.from('4b4d414e00010000', 'hex'),
    kafscale.storage.Manifest.encode(message).finish(),
  ]);
  const trailer = Buffer.from('000000004e414d4b', 'hex');
  trailer.writeUInt32BE(crc32c(content));
  return Buffer.concat([content, trailer]);
}

describe('manifest format', () => {
  test('what is written is read back', () => {
    expect(decodeManifest(encodeManifest(manifest), 'm')).toEqual(manifest);
  });

  test('a timestamp that is no safe integer, which a topic may allow, does not make the manifest unreadable (I5)', () => {
    const written = { ...manifest, segments: [{ ...first, maxTimestamp: 2 ** 63 }] };
    const [read] = decodeManifest(encodeManifest(written), 'm').segments;
    expect(read).toEqual({ ...first, maxTimestamp: Number.MAX_SAFE_INTEGER });
  });

  test('an empty partition needs no segments', () => {
    const empty = { ...manifest, checkpointOffset: 0, segments: [], epochs: [], producers: [], retired: [] };
    expect(decodeManifest(encodeManifest(empty), 'm')).toEqual(empty);
  });

  test('any list of segments is read back', () => {
    fc.assert(
      fc.property(segments, (list) => {
        const written = { ...manifest, segments: list, checkpointOffset: Number.MAX_SAFE_INTEGER };
        expect(decodeManifest(encodeManifest(written), 'm').segments).toEqual(list);
      }),
    );
  });

  test('the columns are what protobuf writes for packed fields', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (values) => {
        const [signed, unsigned] = [new VarintColumnWriter(values.length), new VarintColumnWriter(values.length)];
        const [packedSigned, packedUnsigned] = [protobuf.Writer.create(), protobuf.Writer.create()];
        for (const value of values) {
          signed.signed(value);
          packedSigned.sint64(value);
          unsigned.unsigned(Math.abs(value));
          packedUnsigned.uint64(Math.abs(value));
        }
        expect(signed.finish()).toEqual(Buffer.from(packedSigned.finish()));
        expect(unsigned.finish()).toEqual(Buffer.from(packedUnsigned.finish()));
      }),
    );
    const { gap, lastOffsetDelta, suffix } = encodeSegmentColumns(manifest.segments);
    expect([gap, lastOffsetDelta, suffix]).toEqual(
      ['6464', '6363', '008080808010'].map((hex) => Buffer.from(hex, 'hex')),
    );
  });

  test('a flipped bit anywhere is noticed', () => {
    const bytes = encodeManifest(manifest);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeManifest(damaged, 'm')).toThrow(ManifestFormatError);
    }
  });

  test('a manifest that is cut short is refused', () => {
    const bytes = encodeManifest(manifest);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeManifest(bytes.subarray(0, length), 'm')).toThrow(ManifestFormatError);
    }
  });

  test('a newer version is refused and named', () => {
    const bytes = encodeManifest(manifest);
    bytes.writeUInt16BE(2, 4);
    expect(() => decodeManifest(bytes, 'a/b')).toThrow(/a\/b has manifest format version 2/);
  });

  test('any other bytes with a right checksum give the error and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const content = Buffer.concat([Buffer.from('4b4d414e00010000', 'hex'), noise]);
        const trailer = Buffer.from('000000004e414d4b', 'hex');
        trailer.writeUInt32BE(crc32c(content));
        expect(() => decodeManifest(Buffer.concat([content, trailer]), 'm')).toThrow(ManifestFormatError);
      }),
    );
  });

  test.each([
    ['more segments than bytes', { count: 0xffffffff }],
    ['fewer segments than a column', { count: 1 }],
    ['a column that ends too early', { gap: Buffer.from('64', 'hex') }],
    ['a number that never ends', { gap: Buffer.from('ff'.repeat(20), 'hex') }],
  ])('columns with %s are refused', (_, change) => {
    const columns = { ...encodeSegmentColumns(manifest.segments), ...change };
    const bytes = framed({ topicId: Buffer.from(topicId, 'base64url'), topicName: 'orders', segments: columns });
    expect(() => decodeManifest(bytes, 'm')).toThrow('m cannot be decoded');
  });

  test.each<[string, Partial<Manifest>, RegExp]>([
    [
      'segments that overlap (I2)',
      { segments: [first, { ...first, baseOffset: 199, lastOffset: 200, recordCount: 1 }] },
      /overlaps/,
    ],
    ['segments out of order', { segments: [first, { ...first, baseOffset: 0, lastOffset: 99 }] }, /overlaps/],
    ['a segment without bytes', { segments: [{ ...first, sizeBytes: 0 }] }, /impossible/],
    ['more records than offsets', { segments: [{ ...first, recordCount: 101 }] }, /impossible/],
    ['a segment beyond the checkpoint', { checkpointOffset: 399 }, /beyond the checkpoint/],
    [
      'epochs out of order',
      {
        epochs: [
          { epoch: 2, startOffset: 0 },
          { epoch: 1, startOffset: 9 },
        ],
      },
      /out of order/,
    ],
    ['a partition that the topic does not have', { topicPartitions: 3 }, /partition 3 of 3/],
    ['no topic id', { topicId: '' }, /topic id/],
    ['no topic name', { topicName: '' }, /topic name/],
    ['a log start below zero', { logStartOffset: -1 }, /below zero/],
  ])('%s: not stored', (_, change, fault) => {
    expect(() => encodeManifest({ ...manifest, ...change })).toThrow(fault);
  });

  test('what contradicts itself is refused by the reader too', () => {
    const bytes = framed({ topicId: Buffer.from(topicId, 'base64url'), topicName: 'orders' });
    expect(() => decodeManifest(bytes, 'a/b')).toThrow(/a\/b contradicts itself: partition 0 of 0/);
  });

  test('300,000 segments take at most 20 bytes each', () => {
    const many = Array.from({ length: 300_000 }, (_, i): Segment => {
      const jitter = (i * 2_654_435_761) % 40_000;
      return {
        ...first,
        baseOffset: i * 70_000,
        lastOffset: i * 70_000 + 69_999 - jitter,
        recordCount: 70_000 - jitter,
        sizeBytes: 67_000_000 + jitter,
        maxTimestamp: first.maxTimestamp + i * 105_000 + jitter,
        createdAt: first.createdAt + i * 105_000 - jitter,
      };
    });
    const bytes = encodeManifest({ ...manifest, segments: many, checkpointOffset: 300_000 * 70_000 });
    expect(bytes.length / many.length).toBeLessThan(20);
    const decoded = decodeManifest(bytes, 'm').segments;
    expect(decoded).toHaveLength(many.length);
    for (let i = 0; i < many.length; i += 997) expect(decoded[i]).toEqual(many[i]);
  });
});
