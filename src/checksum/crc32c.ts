import { createRequire } from 'node:module';
import { crc32cJs, POLYNOMIAL } from './crc32c-js.js';

type Crc32c = (bytes: Uint8Array, seed?: number) => number;

/** Below this length the call into native code costs more than it saves. */
const NATIVE_FROM_BYTES = 256;

const native = loadNative();

/** The native package is optional: it has no build for some platforms, and is then simply absent. */
function loadNative(): Crc32c {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as { crc32c: Crc32c }).crc32c;
  } catch {
    return crc32cJs;
  }
}

/** False where the broker runs on the JavaScript fallback, about six times slower. */
export const crc32cIsNative = native !== crc32cJs;

/**
 * CRC-32C (Castagnoli), the checksum of record batches, stored objects and S3's `x-amz-checksum-crc32c`.
 *
 * @param seed CRC-32C of the bytes that come before these, to continue a checksum
 * @returns an unsigned 32-bit integer
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  return bytes.length < NATIVE_FROM_BYTES ? crc32cJs(bytes, seed) : native(bytes, seed);
}

/** x^0 in the reflected representation, where the highest bit is the lowest power. */
const ONE = 0x80000000;
const X_TO_THE_8 = 0x00800000;

/** Entry `i * 256 + v` is x^(8 · v · 256^i) mod P: what appending `v · 256^i` zero bytes multiplies a CRC by. */
const powers = buildPowers();

function buildPowers(): Uint32Array {
  const built = new Uint32Array(4 * 256);
  let step = X_TO_THE_8;
  for (let digit = 0; digit < 4; digit++) {
    let power = ONE;
    for (let value = 0; value < 256; value++) {
      built[digit * 256 + value] = power;
      power = multiply(power, step);
    }
    step = power;
  }
  return built;
}

/** a · b mod P over GF(2), reflected; at most 32 steps. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (; a !== 0; a <<= 1) {
    if (a < 0 || a >= ONE) product ^= b;
    b = b & 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
  }
  return product >>> 0;
}

/**
 * CRC-32C of the concatenation A‖B from the CRCs of A and B and the length of B alone, as zlib's `crc32_combine`
 * does. Costs at most four polynomial products (about a microsecond), whatever the length.
 *
 * @param lengthB length of B in bytes, 0 to 2^32 − 1
 * @throws RangeError if `lengthB` is out of range
 */
export function combineCrc32c(crcA: number, crcB: number, lengthB: number): number {
  if (!Number.isInteger(lengthB) || lengthB < 0 || lengthB > 0xffffffff) {
    throw new RangeError(`length must be an integer from 0 to 2^32 - 1, got ${lengthB}`);
  }
  let crc = crcA | 0;
  let rest = lengthB;
  for (let digit = 0; rest !== 0; digit += 256) {
    const value = rest & 0xff;
    if (value !== 0) crc = multiply(crc, powers[digit + value] as number);
    rest >>>= 8;
  }
  return (crc ^ crcB) >>> 0;
}
