import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { anyCompression } from '../../../test/support/batch-arbitraries.js';
import { compress, Compression, decompress, DecompressedSizeError } from './compression.js';
import { CorruptRecordsError } from './corrupt-records.js';
import { measureLz4Frame } from './lz4-frame.js';
import { snappyBlocksIn } from './snappy-framing.js';

const require = createRequire(import.meta.url);
const snappy = require('snappy') as { compressSync(input: Buffer): Buffer };

/** Content with repetitions, so that codecs find something to do. */
const anyContent = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.nat(200)), { maxLength: 20 })
  .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))));

const codecs = Object.entries(Compression).filter(([, id]) => id !== Compression.NONE);

describe('compression', () => {
  test('round-trips any content with every codec', () => {
    fc.assert(
      fc.property(anyContent, anyCompression, (content, codec) => {
        expect(decompress(compress(content, codec), codec).equals(content)).toBe(true);
      }),
    );
  });

  test('reads Snappy as a bare block too', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(decompress(snappy.compressSync(content), Compression.SNAPPY).equals(content)).toBe(true);
      }),
    );
  });

  test("writes Snappy in snappy-java's framing, 32 KiB a block", () => {
    const framed = compress(Buffer.alloc(100_000, 'abc'), Compression.SNAPPY);
    expect(framed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001');
    expect(snappyBlocksIn(framed)).toHaveLength(4);
  });

  test('measures LZ4 frames exactly, and ignores what follows them', () => {
    fc.assert(
      fc.property(anyContent, fc.uint8Array({ maxLength: 10 }), (content, junk) => {
        const frame = compress(content, Compression.LZ4);
        expect(measureLz4Frame(Buffer.concat([frame, junk]))).toEqual({
          frameBytes: frame.length,
          contentBytes: content.length,
        });
      }),
    );
  });

  test.each(codecs)('%s gives exactly the limit and refuses one byte more', (_name, codec) => {
    const bomb = compress(Buffer.alloc(1_000_000), codec);
    expect(bomb.length).toBeLessThan(60_000);
    expect(decompress(bomb, codec, 1_000_000)).toHaveLength(1_000_000);
    expect(() => decompress(bomb, codec, 999_999)).toThrow(DecompressedSizeError);
  });

  test.each(codecs)('%s refuses what is cut off', (_name, codec) => {
    const whole = compress(Buffer.from('some content, some content, some content, more'), codec);
    for (let length = codec === Compression.SNAPPY ? 17 : 0; length < whole.length; length++) {
      expect(() => decompress(whole.subarray(0, length), codec)).toThrow(CorruptRecordsError);
    }
  });

  test('refuses a Snappy block that claims more than it can hold, before allocating it', () => {
    expect(() => decompress(Buffer.from('ffffffff0f00', 'hex'), Compression.SNAPPY)).toThrow('no valid length');
  });

  test('never fails in an undefined way on garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 7 }), (garbage, codec) => {
        try {
          expect(decompress(Buffer.from(garbage), codec, 10_000).length).toBeLessThanOrEqual(10_000);
        } catch (error) {
          expect([CorruptRecordsError, DecompressedSizeError]).toContain((error as Error).constructor);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
