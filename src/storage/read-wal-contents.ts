import type { CallOptions, ObjectStore } from './object-store.js';
import { readIntact } from './read-intact.js';
import { decodeWalEnd, WAL_END_READ_BYTES, walEndBytes, WalFormatError, type WalObjectContents } from './wal-format.js';

export interface ReadWalOptions extends CallOptions {
  /** How much of the object's end to read first, bytes: as large as the footer is known to be. */
  readonly endBytes?: number;
  /** Called when the footer has arrived damaged, before it is read again. */
  readonly onDamage?: (error: unknown, attempt: number) => void;
}

/**
 * What a WAL object holds, read from its end: one GET, or two for a very wide object; more when it arrives damaged.
 *
 * @throws ObjectStoreError
 * @throws WalFormatError when it is damaged each time, or no WAL object
 */
export function readWalContents(
  objects: Pick<ObjectStore, 'readEnd'>,
  key: string,
  { endBytes = WAL_END_READ_BYTES, onDamage, ...options }: ReadWalOptions = {},
): Promise<WalObjectContents> {
  return readIntact(
    async () => {
      let end = await objects.readEnd(key, endBytes, options);
      const needed = walEndBytes(end.bytes, key);
      if (needed > end.bytes.length) end = await objects.readEnd(key, needed, options);
      return decodeWalEnd(end.bytes, end.objectSize, key);
    },
    (error) => error instanceof WalFormatError,
    onDamage,
  );
}
