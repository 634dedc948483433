import { EpochHistory } from '../log/epoch-history.js';
import { emptyManifest } from '../log/manifests.js';
import { topicConfigKey } from '../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type MetadataStore, type Operation } from '../metadata/metadata-store.js';
import { encodeTopic, type Topic } from '../metadata/topic.js';
import type { TopicConfigs } from '../metadata/topic-configs.js';
import { newUuid } from '../metadata/uuid.js';
import type { Manifest } from '../storage/manifest-format.js';
import type { ObjectStore } from '../storage/object-store.js';
import { topicsInBucket } from './bucket-contents.js';
import { partitionRecords } from './partition-records.js';
import { storeManifest, type RebuildTools } from './rebuild-partition.js';
import { scanTopic, type ScannedPartition } from './scan-segments.js';

/** A topic whose segments are in the bucket and that the metadata store doesn't have. */
export interface ImportedTopic {
  readonly name: string;
  readonly partitions: readonly ScannedPartition[];
  /** Set when the topic can't be imported, in words. */
  readonly refusal: string | undefined;
}

/** The topic can't be imported: one with its name has been created meanwhile. */
export class TopicTakenError extends Error {
  override readonly name = 'TopicTakenError';
}

/**
 * Looks for topics whose segments are in the bucket, and reads all of them. Changes nothing.
 *
 * @param only names of topics; empty for all
 * @throws ObjectStoreError, MetadataUnavailableError
 */
export async function planImport(
  metadata: MetadataStore,
  objects: ObjectStore,
  namespace: string,
  only: readonly string[],
  onProgress: (topic: string, done: number, all: number) => void = () => undefined,
): Promise<ImportedTopic[]> {
  const topics: ImportedTopic[] = [];
  for (const name of await topicsInBucket(objects, namespace)) {
    if (only.length > 0 && !only.includes(name)) continue;
    if ((await metadata.get(topicConfigKey(name))) !== undefined) {
      const refusal = 'the topic exists already, and its segments may be its own';
      topics.push({ name, partitions: [], refusal });
      continue;
    }
    const partitions = await scanTopic(objects, namespace, name, (done, all) => onProgress(name, done, all));
    if (partitions.length === 0) continue;
    const damaged = partitions.reduce((sum, partition) => sum + partition.damaged.length, 0);
    const refusal = damaged > 0 ? `${damaged} segment(s) can't be read` : undefined;
    topics.push({ name, partitions, refusal });
  }
  return topics;
}

/**
 * Makes the segments of a topic its log, where they are and with their offsets: writes the manifests, and then the topic
 * with all its partitions. Brokers may be running.
 *
 * @param configs of the new topic
 * @throws TopicTakenError
 * @throws ObjectStoreError, MetadataUnavailableError: import again then
 */
export async function importTopic(
  metadata: MetadataStore,
  tools: Omit<RebuildTools, 'segmentBytes'>,
  { name, partitions }: ImportedTopic,
  configs: TopicConfigs,
): Promise<Topic> {
  const partitionCount = Math.max(...partitions.map(({ partition }) => partition)) + 1;
  const now = tools.clock.now();
  const createdAt = new Date(now).toISOString();
  const topic: Topic = { name, id: newUuid(), partitionCount, replicationFactor: 1, configs, createdAt };
  const operations: Operation[] = [];
  for (const scanned of partitions) {
    const manifest = manifestOf(topic, scanned, now);
    const key = await storeManifest(tools, manifest);
    operations.push(...partitionRecords({ key, manifest }, manifest.leaderEpoch, now));
  }
  const topicKey = topicConfigKey(name);
  const absent = [{ key: topicKey, exists: false }];
  // The topic comes last: brokers open its partitions when they see it, and find them complete.
  for (let at = 0; at < operations.length; at += MAX_TXN_OPERATIONS) {
    const success = operations.slice(at, at + MAX_TXN_OPERATIONS);
    if (!(await metadata.txn({ compare: absent, success })).succeeded) throw taken(name);
  }
  const success: Operation[] = [{ type: 'put', key: topicKey, value: encodeTopic(topic) }];
  if (!(await metadata.txn({ compare: absent, success })).succeeded) throw taken(name);
  return topic;
}

function manifestOf(topic: Topic, { partition, segments }: ScannedPartition, now: number): Manifest {
  const epochs = new EpochHistory();
  for (const segment of segments) {
    for (const { epoch, startOffset } of segment.epochs) epochs.wrote(epoch, startOffset);
  }
  const logStartOffset = segments[0]?.baseOffset ?? 0;
  const checkpointOffset = (segments.at(-1)?.lastOffset ?? -1) + 1;
  return {
    ...emptyManifest({ topicId: topic.id, topicName: topic.name, partition }),
    version: 1,
    createdAt: now,
    leaderEpoch: epochs.before(checkpointOffset, logStartOffset).at(-1)?.epoch ?? 0,
    logStartOffset,
    checkpointOffset,
    segments: segments.map(({ key: _key, epochs: _epochs, ...segment }) => segment),
    epochs: epochs.before(checkpointOffset, logStartOffset),
    topicConfig: topic.configs,
    topicPartitions: topic.partitionCount,
  };
}

function taken(name: string): TopicTakenError {
  return new TopicTakenError(`topic ${name} has been created meanwhile: nothing of it was imported`);
}
