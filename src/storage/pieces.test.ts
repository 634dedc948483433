import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from '../checksum/crc32c.js';
import { ObjectCorruptError } from './object-store.js';
import { assertChecksum, checksumOf, coalesce, totalBytes } from './pieces.js';

const piece = fc.integer({ min: 0, max: 100_000 }).map((length) => Buffer.alloc(length, length & 0xff));

describe('body in pieces', () => {
  test('length and checksum are those of the whole body', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expect(totalBytes(pieces)).toBe(Buffer.concat(pieces).length);
        expect(checksumOf(pieces)).toBe(crc32c(Buffer.concat(pieces)));
      }),
      { numRuns: 50 },
    );
  });

  test('coalescing keeps the bytes, copies no large piece and leaves no two small ones side by side', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const few = coalesce(pieces);
        expect(Buffer.concat(few).equals(Buffer.concat(pieces))).toBe(true);
        for (const large of pieces.filter((each) => each.length >= 65_536)) expect(few).toContain(large);
        for (let i = 1; i < few.length; i += 1) expect(few[i - 1]!.length + few[i]!.length).toBeGreaterThan(65_535);
      }),
      { numRuns: 50 },
    );
  });

  test('ten thousand small pieces become a few', () => {
    expect(coalesce(Array.from({ length: 10_000 }, () => Buffer.alloc(100))).length).toBe(4);
  });

  test('a wrong checksum names the key and both values', () => {
    const check = () => assertChecksum('some/key', [Buffer.from('abc')], 7);
    expect(check).toThrow(ObjectCorruptError);
    expect(check).toThrow('some/key not stored: its CRC-32C is 364b3fb7, announced was 00000007');
  });
});
