import type { Topic } from '../metadata/topic.js';
import type { FoundManifest, ManifestSurvey } from './manifest-survey.js';
import type { MetadataMark } from './metadata-marks.js';
import type { MetadataSurvey } from './metadata-survey.js';
import { chainExtents, type OffsetChain } from './offset-chain.js';
import { partitionKey } from '../metadata/partition-id.js';
import type { FoundExtent, SequenceRange, WalSurvey } from './wal-survey.js';

/** How far epochs are moved on: leaders may have come and gone of whom nothing is left. */
const EPOCH_MARGIN = 1000;
/** Ids that were given out to producers of whom no record is left. */
const PRODUCER_ID_MARGIN = 1_000_000;

/** A partition as it is to be. */
export interface PartitionPlan {
  readonly topic: Topic;
  readonly partition: number;
  /** What is below its checkpoint needs nothing. */
  readonly manifest: FoundManifest | undefined;
  /** What only the WAL has, to be written into segments. */
  readonly chain: OffsetChain<FoundExtent>;
  readonly logStartOffset: number;
  /** The next record gets this offset: none is given twice (I2), whatever was lost. */
  readonly endOffset: number;
  /** Above all epochs that anybody may have seen. */
  readonly leaderEpoch: number;
}

export interface RecoveryPlan {
  /** Undefined when neither store knows: one is made. */
  readonly clusterId: string | undefined;
  /** Topics that the metadata store doesn't know, or under another id. */
  readonly newTopics: readonly Topic[];
  readonly partitions: readonly PartitionPlan[];
  /** Incarnations with WAL objects, and their highest sequences: all of them count as committed afterwards. */
  readonly incarnations: ReadonlyMap<string, number>;
  readonly nextProducerId: number;
  /** Added to the metadata store's revisions from now on, so that they are above all that was seen before. */
  readonly revisionFloor: number;
  /** At which the bucket was written last, as far as it tells. */
  readonly formatLevel: number;
  /** Groups whose offsets are as old as the metadata store, with the time of the last one, RFC 3339; '' for none. */
  readonly groups: ReadonlyMap<string, string>;
  /** Records that are gone, and objects that can't be read, in words. */
  readonly losses: readonly string[];
  /** What else somebody should know, in words. */
  readonly remarks: readonly string[];
}

/** Decides, from what the two stores say, what the metadata store should say. */
export function planRecovery(
  metadata: MetadataSurvey,
  manifests: ManifestSurvey,
  wal: WalSurvey,
  mark: MetadataMark | undefined,
): RecoveryPlan {
  const losses = [...manifests.damaged, ...wal.damaged];
  const remarks: string[] = [];
  const found = foundTopics(manifests, wal);
  const topics = placeTopics(metadata, found, remarks);
  const partitions = topics.flatMap((topic) =>
    Array.from({ length: topic.partitionCount }, (_, partition) =>
      planPartition(topic, partition, metadata, manifests, wal, losses),
    ),
  );
  return {
    clusterId: metadata.clusterId ?? mark?.clusterId,
    newTopics: topics.filter((topic) => metadata.topics.get(topic.name)?.id !== topic.id || grew(metadata, topic)),
    partitions,
    incarnations: new Map([...wal.incarnations].map(([id, ranges]) => [id, lastOf(ranges)])),
    nextProducerId: highestProducerId(manifests, wal) + PRODUCER_ID_MARGIN,
    revisionFloor: Math.max(metadata.revision, mark?.revision ?? 0, wal.metadataRevision),
    formatLevel: mark?.formatLevel ?? 1,
    groups: metadata.groups,
    losses,
    remarks,
  };
}

interface FoundTopic {
  readonly topic: Topic;
  /** When something of it was written last, ms. */
  readonly writtenAt: number;
}

/** The topics that the bucket names, by id. */
function foundTopics(manifests: ManifestSurvey, wal: WalSurvey): Map<string, FoundTopic> {
  const topics = new Map<string, FoundTopic>();
  const merge = (id: string, name: string, partitions: number, configs: ReadonlyMap<string, string>, at: number) => {
    const known = topics.get(id);
    const partitionCount = Math.max(partitions, known?.topic.partitionCount ?? 1);
    const newer = known === undefined || at > known.writtenAt;
    const createdAt = new Date(at).toISOString();
    const described = newer
      ? {
          name: name || (known?.topic.name ?? ''),
          configs: configs.size > 0 ? configs : (known?.topic.configs ?? configs),
        }
      : { name: known.topic.name || name, configs: known.topic.configs };
    const topic: Topic = { id, partitionCount, replicationFactor: 1, createdAt, ...described };
    topics.set(id, { topic, writtenAt: Math.max(at, known?.writtenAt ?? 0) });
  };
  for (const { manifest } of manifests.manifests.values()) {
    const { topicId, topicName, topicPartitions, partition, topicConfig, createdAt } = manifest;
    merge(topicId, topicName, Math.max(topicPartitions, partition + 1), topicConfig, createdAt);
  }
  for (const extents of wal.extents.values()) {
    const last = extents.reduce((a, b) => (b.maxTimestamp > a.maxTimestamp ? b : a));
    merge(last.topicId, last.topicName, last.partition + 1, new Map(), Math.max(0, last.maxTimestamp));
  }
  return topics;
}

/** The topics that are to be: those of the metadata store, and those that only the bucket knows. */
function placeTopics(metadata: MetadataSurvey, found: ReadonlyMap<string, FoundTopic>, remarks: string[]): Topic[] {
  const placed = new Map<string, { topic: Topic; writtenAt: number }>();
  for (const topic of metadata.topics.values()) {
    const partitionCount = Math.max(topic.partitionCount, found.get(topic.id)?.topic.partitionCount ?? 1);
    // A namesake that the metadata store doesn't know was created after its copy was made, so this one was deleted.
    placed.set(topic.name, { topic: { ...topic, partitionCount }, writtenAt: -1 });
  }
  for (const { topic, writtenAt } of found.values()) {
    if (metadata.deletedTopics.has(topic.id) || metadata.topics.get(topic.name)?.id === topic.id) continue;
    const other = placed.get(topic.name);
    if (topic.name === '') {
      remarks.push(`topic ${topic.id} has no name in the bucket: its records stay where they are`);
    } else if (other === undefined || other.writtenAt < writtenAt) {
      if (other !== undefined) remarks.push(replaced(other.topic, topic));
      placed.set(topic.name, { topic, writtenAt });
    } else {
      remarks.push(replaced(topic, other.topic));
    }
  }
  return [...placed.values()].map(({ topic }) => topic).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function replaced(older: Topic, newer: Topic): string {
  return `topic ${newer.name} has been created twice: ${newer.id} is kept, ${older.id} was deleted and stays so`;
}

function planPartition(
  topic: Topic,
  partition: number,
  metadata: MetadataSurvey,
  manifests: ManifestSurvey,
  wal: WalSurvey,
  losses: string[],
): PartitionPlan {
  const key = partitionKey({ topicId: topic.id, partition });
  const manifest = manifests.manifests.get(key);
  const extents = wal.extents.get(key) ?? [];
  const isKnown = metadata.topics.get(topic.name)?.id === topic.id;
  const known = isKnown ? metadata.partitions.get(`${topic.name}/${partition}`) : undefined;
  const checkpoint = manifest?.manifest.checkpointOffset ?? 0;
  const startEpoch = manifest?.manifest.epochs.at(-1)?.epoch ?? 0;
  const chain = chainExtents(extents, checkpoint, startEpoch, ({ object }) => followsHole(object, metadata, wal));
  for (const { from, to } of chain.gaps) {
    losses.push(`${topic.name}-${partition}: offsets ${from} to ${to - 1} are in no object, they are lost`);
  }
  const epochs = [known?.epoch ?? -1, manifest?.manifest.leaderEpoch ?? -1, ...extents.map((e) => e.leaderEpoch)];
  const logStartOffset = Math.max(known?.logStartOffset ?? 0, manifest?.manifest.logStartOffset ?? 0);
  const endOffset = Math.max(chain.endOffset, known?.logEndOffset ?? 0, logStartOffset);
  if (endOffset > chain.endOffset && endOffset > logStartOffset) {
    const missing = `offsets ${Math.max(chain.endOffset, logStartOffset)} to ${endOffset - 1}`;
    losses.push(`${topic.name}-${partition}: ${missing} were committed and are in no object, they are lost`);
  }
  return {
    topic,
    partition,
    manifest,
    chain,
    logStartOffset,
    endOffset,
    leaderEpoch: epochs.reduce((a, b) => Math.max(a, b)) + EPOCH_MARGIN,
  };
}

/** Whether an object before this one is missing that may never have been there: the metadata store didn't hear of it. */
function followsHole({ incarnationId, sequence }: FoundExtent['object'], metadata: MetadataSurvey, wal: WalSurvey) {
  let next = (metadata.commits.get(incarnationId) ?? 0) + 1;
  for (const { first, last } of wal.incarnations.get(incarnationId) ?? []) {
    if (first > next) break;
    next = Math.max(next, last + 1);
  }
  return sequence >= next;
}

function lastOf(ranges: readonly SequenceRange[]): number {
  return ranges.reduce((highest, { last }) => Math.max(highest, last), 0);
}

function grew(metadata: MetadataSurvey, topic: Topic): boolean {
  return metadata.topics.get(topic.name)?.partitionCount !== topic.partitionCount;
}

function highestProducerId(manifests: ManifestSurvey, wal: WalSurvey): number {
  let highest = -1;
  for (const { manifest } of manifests.manifests.values()) {
    for (const { producerId } of manifest.producers) highest = Math.max(highest, producerId);
  }
  for (const extents of wal.extents.values()) {
    for (const { producerBatches } of extents) {
      for (const { producerId } of producerBatches) highest = Math.max(highest, producerId);
    }
  }
  return highest;
}
