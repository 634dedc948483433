/**
 * What every object store accepts as a key, and the order in which it lists keys.
 *
 * The rules are those of the strictest store, so that no key works in one and fails in another: S3 limits a key to
 * 1024 bytes, file systems limit a path segment to 255. A key that breaks them is a mistake of the caller that no
 * retry mends, therefore a RangeError and not an ObjectStoreError.
 */

/** Longest key in UTF-8 bytes (S3). */
export const MAX_KEY_BYTES = 1024;
/** Longest part of a key between two slashes, in UTF-8 bytes (ext4, xfs, APFS). */
export const MAX_KEY_SEGMENT_BYTES = 255;

/** Control characters have no form in the XML of S3's answers; a backslash separates folders on some systems. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\\\uFFFE\uFFFF]/u;

/** @throws RangeError when no store may be asked for this key; the message shows the key and the rule */
export function assertObjectKey(key: string): void {
  const broken = brokenRule(key);
  if (broken !== undefined) throw new RangeError(`invalid object key ${JSON.stringify(key)}: ${broken}`);
}

function brokenRule(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `it is longer than ${MAX_KEY_BYTES} bytes`;
  if (FORBIDDEN.test(key)) return 'it has a control character, a backslash or half a surrogate pair';
  for (const segment of key.split('/')) {
    if (segment === '') return 'it begins or ends with a slash, or has two in a row';
    if (segment === '.' || segment === '..') return `it has the segment "${segment}"`;
    if (Buffer.byteLength(segment) > MAX_KEY_SEGMENT_BYTES) {
      return `it has a segment longer than ${MAX_KEY_SEGMENT_BYTES} bytes`;
    }
  }
  return undefined;
}

/**
 * Compares two keys by their UTF-8 bytes, as S3 does.
 *
 * @returns negative when `a` comes first, 0 when they are equal, positive when `b` comes first
 */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters beyond U+FFFF, whose UTF-8 bytes come after those of U+E000 to U+FFFF. */
function utf8Rank(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit;
  return codeUnit < 0xe000 ? codeUnit + 0x2000 : codeUnit - 0x800;
}
