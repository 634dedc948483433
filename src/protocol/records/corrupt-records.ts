/** Bytes that should be records aren't: malformed, truncated, or not decompressible. */
export class CorruptRecordsError extends Error {
  override readonly name = 'CorruptRecordsError';
}
