import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { kafscale } from '../generated/storage.js';
import { decodeWalFooter } from './wal-footer.js';

const { WalFooter } = kafscale.storage;

const int32 = fc.integer({ min: -1, max: 2 ** 31 - 1 });
const int64 = fc.oneof(fc.integer({ min: -1, max: 300 }), fc.integer({ min: -(2 ** 53 - 1), max: 2 ** 53 - 1 }));

const topic = fc.constantFrom(
  { topicId: Buffer.alloc(16, 1), topicName: 'orders' },
  { topicId: Buffer.alloc(16, 2), topicName: '' },
  { topicId: Buffer.from('00112233445566778899aabbccddeeff', 'hex'), topicName: 'payments.v2' },
);

const producerBatch = fc.record({
  producerId: int64,
  producerEpoch: int32,
  firstSequence: int32,
  lastSequence: int32,
  baseOffset: int64,
  lastOffset: int64,
  timestamp: int64,
});

const entry = fc
  .tuple(
    topic,
    fc.record({
      partition: int32,
      leaderEpoch: int32,
      baseOffset: int64,
      lastOffset: int64,
      position: int64,
      length: int64,
      maxTimestamp: int64,
      recordCount: int32,
      batchCount: int32,
      producerBatches: fc.array(producerBatch, { maxLength: 3 }),
    }),
  )
  .map(([{ topicId, topicName }, fields]) => ({ topicId, topicName, ...fields }));

const footer = fc.record({
  incarnationId: fc.string(),
  sequence: int64.filter((value) => value > 0),
  createdAtMs: int64,
  metadataRevision: int64,
  entries: fc.array(entry, { maxLength: 5 }),
});

function encode(fields: kafscale.storage.WalFooter.$Properties): Buffer {
  return Buffer.from(WalFooter.encode(fields).finish());
}

describe('decoding WAL footers', () => {
  test('gives what the generated code has written', () => {
    fc.assert(
      fc.property(footer, (fields) => {
        const { incarnationId, sequence, createdAtMs, metadataRevision, entries } = fields;
        expect(decodeWalFooter(encode(fields))).toEqual({
          incarnationId,
          sequence,
          firstSequence: sequence,
          createdAt: createdAtMs,
          metadataRevision,
          entries: entries.map((fields) => ({ ...fields, topicId: fields.topicId.toString('base64url') })),
        });
      }),
    );
  });

  test('a merged object names the first sequence that it replaces', () => {
    expect(decodeWalFooter(encode({ sequence: 64, firstSequence: 1 }))).toMatchObject({
      sequence: 64,
      firstSequence: 1,
    });
  });

  test('fields of later versions are passed over', () => {
    const known = encode({ incarnationId: 'x', sequence: 7 });
    const later = Buffer.from([
      ...[0x78, 0xff, 0x01], // field 15, varint
      ...[0x79, 1, 2, 3, 4, 5, 6, 7, 8], // field 15, 64 bits
      ...[0x7a, 2, 0xff, 0xff], // field 15, bytes
      ...[0x7d, 1, 2, 3, 4], // field 15, 32 bits
    ]);
    expect(decodeWalFooter(Buffer.concat([later, known, later]))).toEqual(decodeWalFooter(known));
  });

  test('junk is an error or a footer, and never anything else', () => {
    fc.assert(
      fc.property(footer, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(), (fields, at, byte, cut) => {
        const bytes = encode(fields);
        bytes[at % bytes.length] = byte;
        try {
          decodeWalFooter(bytes.subarray(0, cut % (bytes.length + 1)));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('an entry without the id of its topic is refused', () => {
    expect(() => decodeWalFooter(encode({ entries: [{ partition: 1 }] }))).toThrow(/no topic id/);
    expect(() => decodeWalFooter(encode({ entries: [{ topicId: Buffer.alloc(3) }] }))).toThrow(/3 bytes/);
  });
});
