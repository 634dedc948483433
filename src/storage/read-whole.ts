import { ObjectCorruptError, type CallOptions, type ObjectStore } from './object-store.js';

/**
 * Reads a whole object whose size is known.
 *
 * @throws ObjectStoreError; ObjectCorruptError when it is shorter
 */
export async function readWhole(
  objects: ObjectStore,
  key: string,
  sizeBytes: number,
  options?: CallOptions,
): Promise<Buffer> {
  const bytes = await objects.read(key, { start: 0, length: Math.max(1, sizeBytes) }, options);
  if (bytes.length !== sizeBytes) throw new ObjectCorruptError(`${key} has ${bytes.length} bytes, not ${sizeBytes}`);
  return bytes;
}
