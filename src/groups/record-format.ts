import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { MetadataFormatError } from '../metadata/metadata-store.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';

/** Up to this size a record also carries what only other programs read, bytes. */
const READABLE_RECORD_BYTES = 512 * 1024;
/** etcd takes requests of 1.5 MiB. */
const MAX_RECORD_BYTES = 1024 * 1024;
/** What a part of a record may grow to when it is decompressed, bytes. */
const MAX_PLAIN_BYTES = 256 * 1024 * 1024;

/**
 * Encodes a group's record with the form that other programs read, and without it where that would be too large.
 *
 * @throws KafkaError UNKNOWN_SERVER_ERROR when the record is too large even so
 */
export function ofBearableSize(groupId: string, readable: () => Buffer, compact: () => Buffer): Buffer {
  const full = readable();
  if (full.length <= READABLE_RECORD_BYTES) return full;
  const small = compact();
  if (small.length <= MAX_RECORD_BYTES) return small;
  throw new KafkaError(
    ErrorCode.UNKNOWN_SERVER_ERROR,
    `the state of group ${groupId} takes ${small.length} bytes; at most ${MAX_RECORD_BYTES} can be stored`,
  );
}

export function compress(plain: Uint8Array): Buffer {
  return zstdCompressSync(plain);
}

/** @throws MetadataFormatError when the bytes can't be decompressed or decoded */
export function decompress<T>(bytes: Uint8Array, key: string, decode: (plain: Buffer) => T): T {
  try {
    return decode(zstdDecompressSync(bytes, { maxOutputLength: MAX_PLAIN_BYTES }));
  } catch (error) {
    throw new MetadataFormatError(`${key} holds member states that cannot be read: ${String(error)}`, { cause: error });
  }
}

/** @throws MetadataFormatError when the text is no RFC 3339 time */
export function timeOf(text: string, key: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new MetadataFormatError(`${key} holds "${text}" where a time should be`);
  return time;
}
