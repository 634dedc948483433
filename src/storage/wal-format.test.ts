import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  combineChecksums,
  decodeWalEnd,
  encodeWalEnd,
  WAL_HEADER_BYTES,
  walEndBytes,
  WalFormatError,
  walHeader,
  type WalEntry,
  type WalObjectContents,
} from './wal-format.js';
import { crc32c } from '../checksum/crc32c.js';

const topicId = 'AAECAwQFBgcICQoLDA0ODw';

function contentsWith(entries: readonly WalEntry[]): WalObjectContents {
  return {
    incarnationId: 'pEwIrEEYHOYZprcefJy5yg',
    sequence: 7,
    firstSequence: 7,
    createdAt: 1_700_000_000_123,
    metadataRevision: 12,
    entries,
  };
}

const entry: WalEntry = {
  topicId,
  topicName: 'orders',
  partition: 3,
  leaderEpoch: 5,
  baseOffset: 100,
  lastOffset: 109,
  position: WAL_HEADER_BYTES,
  length: 400,
  maxTimestamp: 1_700_000_000_000,
  batchCount: 2,
  recordCount: 10,
  producerBatches: [
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
};

function objectOf(contents: WalObjectContents, bodyBytes: number): { end: Buffer; size: number } {
  const end = encodeWalEnd(contents);
  return { end, size: WAL_HEADER_BYTES + bodyBytes + end.length };
}

describe('WAL object format', () => {
  test('golden vector: an object without entries, byte for byte', () => {
    expect(walHeader().toString('hex')).toBe('4b57414c000100000000000000000000');
    const end = encodeWalEnd({
      incarnationId: 'x',
      sequence: 1,
      firstSequence: 1,
      createdAt: 2,
      metadataRevision: 0,
      entries: [],
    });
    // incarnation_id "x" | sequence 1 | created_at_ms 2, then length 7, CRC-32C, version 1, reserved, "LAWK"
    expect(end.subarray(0, 7).toString('hex')).toBe('0a017810011802');
    expect(end.subarray(7, 11).readUInt32BE()).toBe(7);
    expect(end.subarray(11, 15).readUInt32BE()).toBe(crc32c(end.subarray(0, 7)));
    expect(end.subarray(15).toString('hex')).toBe('000100004c41574b');
  });

  test('what is written is read back', () => {
    const contents = contentsWith([entry, { ...entry, partition: 0, position: 416, length: 61, maxTimestamp: -1 }]);
    const { end, size } = objectOf(contents, 461);
    expect(walEndBytes(end, 'o')).toBe(end.length);
    expect(decodeWalEnd(end, size, 'o')).toEqual(contents);
  });

  test.each([
    [2 ** 63, Number.MAX_SAFE_INTEGER],
    [-(2 ** 63), -1],
  ])('the timestamp %p, which a topic may allow, does not make the object unreadable (I5)', (written, read) => {
    const { end, size } = objectOf(contentsWith([{ ...entry, maxTimestamp: written }]), 400);
    expect(decodeWalEnd(end, size, 'o').entries[0]?.maxTimestamp).toBe(read);
  });

  test('a reader may hand in more than the footer', () => {
    const contents = contentsWith([entry]);
    const { end, size } = objectOf(contents, 400);
    const more = Buffer.concat([Buffer.alloc(100, 0xee), end]);
    expect(decodeWalEnd(more, size, 'o')).toEqual(contents);
  });

  test('a newer version is refused and named', () => {
    const { end, size } = objectOf(contentsWith([entry]), 400);
    end.writeUInt16BE(2, end.length - 8);
    expect(() => decodeWalEnd(end, size, 'wal/x/1')).toThrow(/wal\/x\/1 has WAL format version 2/);
  });

  test('something else than a WAL object is refused', () => {
    expect(() => decodeWalEnd(Buffer.alloc(64), 64, 'o')).toThrow(WalFormatError);
    expect(() => decodeWalEnd(Buffer.alloc(3), 3, 'o')).toThrow(WalFormatError);
  });

  test('a footer that is cut short is refused', () => {
    const { end, size } = objectOf(contentsWith([entry]), 400);
    expect(() => decodeWalEnd(end.subarray(4), size, 'o')).toThrow(/cut short/);
    expect(() => decodeWalEnd(end, end.length, 'o')).toThrow(/cut short/);
  });

  test.each([
    ['reaches into the footer', { length: 401 }],
    ['is empty', { length: 0 }],
    ['starts in the header', { position: 0 }],
    ['ends before it starts', { lastOffset: 99 }],
  ])('an entry that %s is refused', (_, change) => {
    const { end, size } = objectOf(contentsWith([{ ...entry, ...change }]), 400);
    expect(() => decodeWalEnd(end, size, 'o')).toThrow(/does not fit/);
  });

  test('a flipped bit anywhere in footer or trailer is noticed, or changes nothing', () => {
    const contents = contentsWith([entry]);
    const { end, size } = objectOf(contents, 400);
    fc.assert(
      fc.property(fc.nat(end.length * 8 - 1), (bit) => {
        const damaged = Buffer.from(end);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const inReserved = bit >> 3 === end.length - 6 || bit >> 3 === end.length - 5;
        if (inReserved) expect(decodeWalEnd(damaged, size, 'o')).toEqual(contents);
        else expect(() => decodeWalEnd(damaged, size, 'o')).toThrow(WalFormatError);
      }),
      { numRuns: 500 },
    );
  });

  test('the checksum of an object is that of its pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 8 }), (pieces) => {
        const combined = combineChecksums(
          pieces.map((piece) => ({ crc32c: crc32c(Buffer.from(piece)), length: piece.length })),
        );
        expect(combined).toBe(crc32c(Buffer.concat(pieces)));
      }),
    );
  });
});
