import { walPrefix } from '../storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../storage/object-store.js';

/** The incarnations that have WAL objects in the bucket: one LIST request for each. */
export async function* incarnationsInBucket(
  objects: ObjectStore,
  namespace: string,
  signal?: AbortSignal,
): AsyncIterable<string> {
  const prefix = walPrefix(namespace);
  let startAfter: string | undefined = prefix;
  while (startAfter !== undefined) {
    const options = { startAfter, ...(signal && { signal }) };
    startAfter = undefined;
    for await (const { key } of objects.list(prefix, options)) {
      const incarnationId = key.slice(prefix.length, key.indexOf('/', prefix.length));
      yield incarnationId;
      // "0" follows "/": the next incarnation's first key is behind this.
      startAfter = `${prefix}${incarnationId}0`;
      break;
    }
  }
}

/** The WAL objects of an incarnation, in key order. */
export function walObjectsOf(
  objects: ObjectStore,
  namespace: string,
  incarnationId: string,
  startAfter: string,
  signal?: AbortSignal,
): AsyncIterable<ListedObject> {
  return objects.list(walPrefix(namespace, incarnationId), { startAfter, ...(signal && { signal }) });
}
