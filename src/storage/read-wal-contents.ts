import type { CallOptions, ObjectStore } from './object-store.js';
import { readIntact } from './read-intact.js';
import { decodeWalEnd, WAL_END_READ_BYTES, walEndBytes, WalFormatError, type WalObjectContents } from './wal-format.js';

/**
 * What a WAL object holds, read from its end: one GET, or two for a very wide object; more when it arrives damaged.
 *
 * @throws ObjectStoreError
 * @throws WalFormatError when it is damaged each time, or no WAL object
 */
export function readWalContents(objects: ObjectStore, key: string, options?: CallOptions): Promise<WalObjectContents> {
  return readIntact(
    async () => {
      let end = await objects.readEnd(key, WAL_END_READ_BYTES, options);
      const needed = walEndBytes(end.bytes, key);
      if (needed > end.bytes.length) end = await objects.readEnd(key, needed, options);
      return decodeWalEnd(end.bytes, end.objectSize, key);
    },
    (error) => error instanceof WalFormatError,
  );
}
