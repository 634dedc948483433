import { partitionStateKey, TOPICS_PREFIX, parseKey } from '../../src/metadata/keys.js';
import type { MetadataStore } from '../../src/metadata/metadata-store.js';
import { decodeStateRecord } from '../../src/metadata/partition-state.js';
import { decodeTopic, type Topic } from '../../src/metadata/topic.js';
import { decodeManifest } from '../../src/storage/manifest-format.js';
import { parseSegmentKey, segmentIndexKey, segmentKey } from '../../src/storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../../src/storage/object-store.js';
import { NAMESPACE } from './sim-settings.js';
import { PASSING_TOPIC } from './sim-topic-life.js';

/**
 * After a quiet time, in which everything was compacted and every grace is over, the bucket holds the present manifests
 * and what they name, and nothing else: nothing is missing, and nothing was left behind by whatever crash.
 *
 * Left alone are segments that were written for a topic that was deleted before they were committed: nobody can tell
 * them from data that is waiting to be imported, or, above the checkpoint of a namesake, from what that may commit yet.
 *
 * @throws Error
 */
export async function checkBucket(objects: ObjectStore, metadata: MetadataStore): Promise<void> {
  const topics = await readTopics(metadata);
  const needed = new Set<string>();
  const checkpoints = new Map<string, number>();
  for (const topic of topics) {
    for (let partition = 0; partition < topic.partitionCount; partition += 1) {
      const { keys, checkpointOffset } = await namedBy(topic, partition, objects, metadata);
      for (const key of keys) needed.add(key);
      checkpoints.set(topic.name, checkpointOffset);
    }
  }
  const passing = topics.find(({ name }) => name === PASSING_TOPIC);
  for await (const object of objects.list(`${NAMESPACE}/`)) {
    if (needed.delete(object.key) || isOfDeletedTopic(object, passing, checkpoints.get(PASSING_TOPIC) ?? 0)) continue;
    throw new Error(`leak: nobody needs ${object.key} of ${new Date(object.lastModified).toISOString()}`);
  }
  const [missing] = needed;
  if (missing !== undefined) throw new Error(`I1 violated: ${missing} is part of a log, and gone`);
}

async function readTopics(metadata: MetadataStore): Promise<Topic[]> {
  const { entries } = await metadata.range(TOPICS_PREFIX);
  return entries.filter(({ key }) => parseKey(key)?.type === 'topicConfig').map(decodeTopic);
}

async function namedBy(topic: Topic, partition: number, objects: ObjectStore, metadata: MetadataStore) {
  const entry = await metadata.get(partitionStateKey(topic.name, partition));
  const key = entry === undefined ? '' : decodeStateRecord(entry).manifestKey;
  if (key === '') return { keys: [], checkpointOffset: 0 };
  const { sizeBytes } = await objects.head(key);
  const { segments, checkpointOffset } = decodeManifest(await objects.read(key, { start: 0, length: sizeBytes }), key);
  const names = segments.flatMap((segment) => [
    segmentKey(NAMESPACE, topic.name, partition, segment),
    segmentIndexKey(NAMESPACE, topic.name, partition, segment),
  ]);
  return { keys: [key, ...names], checkpointOffset };
}

function isOfDeletedTopic(
  { key, lastModified }: ListedObject,
  passing: Topic | undefined,
  checkpoint: number,
): boolean {
  const segment = parseSegmentKey(key);
  if (segment?.topic !== PASSING_TOPIC) return false;
  return (
    passing === undefined || lastModified <= Date.parse(passing.createdAt) || segment.name.baseOffset >= checkpoint
  );
}
