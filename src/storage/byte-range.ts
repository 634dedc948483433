import type { ByteRange } from './object-store.js';

/** @throws RangeError when the range is empty, negative or not in whole bytes */
export function assertByteRange(range: ByteRange): void {
  if (!Number.isSafeInteger(range.start) || range.start < 0) {
    throw new RangeError(`start of a byte range must be an integer from 0, got ${range.start}`);
  }
  assertReadLength(range.length);
}

/** @throws RangeError when it is not a number of bytes that can be read: an integer from 1 */
export function assertReadLength(length: number): void {
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`number of bytes to read must be an integer from 1, got ${length}`);
  }
}
