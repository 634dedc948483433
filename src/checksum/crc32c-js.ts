/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected polynomial. */
export const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256 entries: entry `k * 256 + b` is the effect of byte `b` when `k` more bytes follow it. */
const tables = buildTables();

function buildTables(): Uint32Array {
  const built = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    built[byte] = crc;
  }
  for (let at = 256; at < built.length; at++) {
    const previous = get(built, at - 256);
    built[at] = (previous >>> 8) ^ get(built, previous & 0xff);
  }
  return built;
}

/** Every index used here is in range, which the compiler can't see; V8 inlines this away. */
function get(array: Uint8Array | Uint32Array, index: number): number {
  return array[index] as number;
}

/**
 * CRC-32C in plain JavaScript, eight bytes a step ("slice-by-8"). Slower than the native one from about 256
 * bytes on, faster below; tests use it as an independent oracle.
 *
 * @param seed CRC-32C of the bytes that come before these, to continue a checksum
 */
export function crc32cJs(bytes: Uint8Array, seed = 0): number {
  const end = bytes.length - 7;
  let crc = ~seed;
  let at = 0;
  for (; at < end; at += 8) {
    crc ^= get(bytes, at) | (get(bytes, at + 1) << 8) | (get(bytes, at + 2) << 16) | (get(bytes, at + 3) << 24);
    crc =
      get(tables, 1792 + (crc & 0xff)) ^
      get(tables, 1536 + ((crc >>> 8) & 0xff)) ^
      get(tables, 1280 + ((crc >>> 16) & 0xff)) ^
      get(tables, 1024 + (crc >>> 24)) ^
      get(tables, 768 + get(bytes, at + 4)) ^
      get(tables, 512 + get(bytes, at + 5)) ^
      get(tables, 256 + get(bytes, at + 6)) ^
      get(tables, get(bytes, at + 7));
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ get(tables, (crc ^ get(bytes, at)) & 0xff);
  return ~crc >>> 0;
}
