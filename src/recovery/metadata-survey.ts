import {
  ASSIGNMENTS_PREFIX,
  CLUSTER_ID_KEY,
  COMMITS_PREFIX,
  CONSUMERS_PREFIX,
  DELETED_TOPICS_PREFIX,
  parseKey,
  TOPICS_PREFIX,
} from '../metadata/keys.js';
import type { KeyValue, MetadataStore } from '../metadata/metadata-store.js';
import {
  decodeClusterIdentity,
  decodeCommittedOffset,
  decodeIncarnationCommit,
  decodePartitionAssignment,
  decodePartitionState,
} from '../metadata/records.js';
import { readRevisionFloor } from '../metadata/revision-tracking-store.js';
import { decodeTopic, type Topic } from '../metadata/topic.js';

export interface KnownPartition {
  readonly epoch: number;
  readonly logStartOffset: number;
  /** As of when its state was written last. */
  readonly logEndOffset: number;
}

/** What the metadata store still knows. */
export interface MetadataSurvey {
  readonly clusterId: string | undefined;
  /** With the floor of an earlier recovery. */
  readonly revision: number;
  /** By name. */
  readonly topics: ReadonlyMap<string, Topic>;
  /** By `<topic>/<partition>`. */
  readonly partitions: ReadonlyMap<string, KnownPartition>;
  /** Ids of topics that were deleted and whose objects may still be there. */
  readonly deletedTopics: ReadonlySet<string>;
  /** Committed sequences by incarnation. */
  readonly commits: ReadonlyMap<string, number>;
  /** When each group committed an offset last, RFC 3339. */
  readonly groups: ReadonlyMap<string, string>;
}

/** @throws MetadataUnavailableError, MetadataFormatError */
export async function surveyMetadata(store: MetadataStore): Promise<MetadataSurvey> {
  const identity = await store.range(CLUSTER_ID_KEY);
  const [entry] = identity.entries;
  const underTopics = (await store.range(TOPICS_PREFIX)).entries;
  const topics = new Map<string, Topic>();
  for (const found of underTopics) {
    if (parseKey(found.key)?.type !== 'topicConfig') continue;
    const topic = decodeTopic(found);
    topics.set(topic.name, topic);
  }
  const commits = new Map<string, number>();
  for (const { key, value } of (await store.range(COMMITS_PREFIX)).entries) {
    commits.set(key.slice(COMMITS_PREFIX.length), decodeIncarnationCommit(value, key).committedSequence);
  }
  return {
    clusterId: entry && decodeClusterIdentity(entry.value, entry.key).clusterId,
    revision: (await readRevisionFloor(store)) + identity.revision,
    topics,
    partitions: partitionsIn(underTopics, (await store.range(ASSIGNMENTS_PREFIX)).entries),
    deletedTopics: new Set(
      (await store.range(DELETED_TOPICS_PREFIX)).entries.map(({ key }) => key.slice(DELETED_TOPICS_PREFIX.length)),
    ),
    commits,
    groups: await surveyGroups(store),
  };
}

function partitionsIn(underTopics: readonly KeyValue[], assignments: readonly KeyValue[]) {
  const partitions = new Map<string, KnownPartition>();
  const learn = (topic: string, partition: number, news: Partial<KnownPartition>) => {
    const key = `${topic}/${partition}`;
    const known = partitions.get(key) ?? { epoch: -1, logStartOffset: 0, logEndOffset: 0 };
    partitions.set(key, { ...known, ...news });
  };
  for (const { key, value } of underTopics) {
    const parsed = parseKey(key);
    if (parsed?.type !== 'partitionState') continue;
    const { logStartOffset, logEndOffset } = decodePartitionState(value, key);
    learn(parsed.topic, parsed.partition, { logStartOffset, logEndOffset });
  }
  for (const { key, value } of assignments) {
    const parsed = parseKey(key);
    if (parsed?.type !== 'assignment') continue;
    learn(parsed.topic, parsed.partition, { epoch: decodePartitionAssignment(value, key).epoch });
  }
  return partitions;
}

async function surveyGroups(store: MetadataStore): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for (const { key, value } of (await store.range(CONSUMERS_PREFIX)).entries) {
    const parsed = parseKey(key);
    if (parsed?.type === 'groupMetadata' && !groups.has(parsed.groupId)) groups.set(parsed.groupId, '');
    if (parsed?.type !== 'committedOffset') continue;
    const { committedAt } = decodeCommittedOffset(value, key);
    if (committedAt > (groups.get(parsed.groupId) ?? '')) groups.set(parsed.groupId, committedAt);
  }
  return groups;
}
