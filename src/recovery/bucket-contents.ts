import { parseSegmentKey, walPrefix } from '../storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../storage/object-store.js';

/** The incarnations that have WAL objects in the bucket, in key order: one LIST request for each. */
export async function* incarnationsInBucket(
  objects: ObjectStore,
  namespace: string,
  signal?: AbortSignal,
): AsyncIterable<string> {
  const prefix = walPrefix(namespace);
  let first = await firstAfter(objects, prefix, prefix, signal);
  while (first !== undefined) {
    const incarnationId = first.key.slice(prefix.length, first.key.indexOf('/', prefix.length));
    yield incarnationId;
    // "0" follows "/", and ids are equally long: the next incarnation's keys are behind this.
    first = await firstAfter(objects, prefix, `${prefix}${incarnationId}0`, signal);
  }
}

async function firstAfter(
  objects: ObjectStore,
  prefix: string,
  startAfter: string,
  signal?: AbortSignal,
): Promise<ListedObject | undefined> {
  for await (const object of objects.list(prefix, { startAfter, ...(signal && { signal }) })) return object;
  return undefined;
}

/** All objects under a prefix, in key order. */
export async function listAll(
  objects: ObjectStore,
  prefix: string,
  startAfter?: string,
  signal?: AbortSignal,
): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  const options = { ...(startAfter !== undefined && { startAfter }), ...(signal && { signal }) };
  for await (const object of objects.list(prefix, options)) found.push(object);
  return found;
}

/** The topics that have segments in the bucket, in order of their names. */
export async function topicsInBucket(objects: ObjectStore, namespace: string): Promise<string[]> {
  const topics = new Set<string>();
  for await (const { key } of objects.list(`${namespace}/`)) {
    const topic = parseSegmentKey(key)?.topic;
    if (topic !== undefined) topics.add(topic);
  }
  return [...topics].sort();
}
