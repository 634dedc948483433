import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { combineCrc32c, crc32c, crc32cIsNative } from './crc32c.js';
import { crc32cJs } from './crc32c-js.js';

/** One bit at a time, straight from the definition: the oracle of the oracle. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

describe('crc32c', () => {
  test.each([
    ['', 0],
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
    ['\xff'.repeat(32), 0x62a8ab43],
  ])('of %j is the value RFC 3720 gives', (text, expected) => {
    expect(crc32c(Buffer.from(text, 'latin1'))).toBe(expected);
    expect(crc32cJs(Buffer.from(text, 'latin1'))).toBe(expected);
  });

  test('agrees with the definition and the JavaScript fallback at every length and alignment', () => {
    fc.assert(
      fc.property(bytes(600), fc.nat(9), (data, skip) => {
        const view = data.subarray(Math.min(skip, data.length));
        const expected = bitwise(view);
        expect(crc32cJs(view)).toBe(expected);
        expect(crc32c(view)).toBe(expected);
      }),
    );
  });

  test('can be continued from a seed', () => {
    fc.assert(
      fc.property(bytes(400), bytes(400), (a, b) => {
        const whole = bitwise(Buffer.concat([a, b]));
        expect(crc32c(b, crc32c(a))).toBe(whole);
        expect(crc32cJs(b, crc32cJs(a))).toBe(whole);
      }),
    );
  });

  test('uses the native implementation where the tests run', () => {
    expect(crc32cIsNative).toBe(true);
  });
});

describe('combineCrc32c', () => {
  test('of two parts is the CRC of the whole', () => {
    fc.assert(
      fc.property(bytes(300), bytes(300), (a, b) => {
        expect(combineCrc32c(crc32c(a), crc32c(b), b.length)).toBe(bitwise(Buffer.concat([a, b])));
      }),
    );
  });

  test('is exact for lengths that use every digit of the length', () => {
    const zeros = Buffer.alloc(0x01020304);
    const head = Buffer.from('head');
    expect(combineCrc32c(crc32c(head), crc32c(zeros), zeros.length)).toBe(crc32c(zeros, crc32c(head)));
  });

  test('is associative up to the largest lengths', () => {
    const crc = fc.integer({ min: 0, max: 0xffffffff });
    const length = fc.integer({ min: 0, max: 0x7fffffff });
    fc.assert(
      fc.property(crc, crc, crc, length, length, (a, b, c, lengthB, lengthC) => {
        const left = combineCrc32c(combineCrc32c(a, b, lengthB), c, lengthC);
        const right = combineCrc32c(a, combineCrc32c(b, c, lengthC), lengthB + lengthC);
        expect(left).toBe(right);
      }),
    );
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('refuses the length %p', (length) => {
    expect(() => combineCrc32c(0, 0, length)).toThrow(RangeError);
  });
});
