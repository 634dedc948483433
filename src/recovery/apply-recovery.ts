import {
  assignmentKey,
  CLUSTER_ID_KEY,
  commitKey,
  partitionStateKey,
  PRODUCER_IDS_KEY,
  REVISION_FLOOR_KEY,
  topicConfigKey,
} from '../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type MetadataStore, type Operation } from '../metadata/metadata-store.js';
import { encodeAssignmentRecord } from '../metadata/partition-assignment.js';
import { encodeStateRecord, newestSegments } from '../metadata/partition-state.js';
import {
  decodeProducerIdBlock,
  encodeClusterIdentity,
  encodeIncarnationCommit,
  encodeProducerIdBlock,
  encodeRevisionFloor,
} from '../metadata/records.js';
import { encodeTopic } from '../metadata/topic.js';
import { newUuid } from '../metadata/uuid.js';
import type { CurrentManifest } from './rebuild-partition.js';
import { rebuildPartition, type RebuildTools } from './rebuild-partition.js';
import { inParallel } from './in-parallel.js';
import { MetadataMarks } from './metadata-marks.js';
import type { PartitionPlan, RecoveryPlan } from './recovery-plan.js';

/** How many partitions are rebuilt at a time: each may hold a segment in memory. */
const CONCURRENCY = 2;

/**
 * Makes the metadata store say what the plan says. Everything in it can be repeated: after a crash the next recovery
 * finds what this one has written, and goes on.
 *
 * @throws ObjectStoreError, DamagedWalError, MetadataUnavailableError
 */
export async function applyRecovery(
  metadata: MetadataStore,
  tools: RebuildTools,
  plan: RecoveryPlan,
  onProgress: (done: number, all: number) => void = () => undefined,
): Promise<void> {
  const operations: Operation[] = [];
  let done = 0;
  await inParallel(CONCURRENCY, plan.partitions, async (partition) => {
    const current = await rebuildPartition(tools, partition);
    operations.push(...partitionRecords(partition, current, tools.clock.now()));
    onProgress((done += 1), plan.partitions.length);
  });
  for (const topic of plan.newTopics) {
    operations.push({ type: 'put', key: topicConfigKey(topic.name), value: encodeTopic(topic) });
  }
  for (const [incarnationId, committedSequence] of plan.incarnations) {
    const value = encodeIncarnationCommit({ incarnationId, committedSequence, brokerId: '' });
    operations.push({ type: 'put', key: commitKey(incarnationId), value });
  }
  await putAll(metadata, operations);
  await finish(metadata, tools, plan);
}

function partitionRecords(plan: PartitionPlan, { key, manifest }: CurrentManifest, now: number): Operation[] {
  const { topic, partition, leaderEpoch, logStartOffset, endOffset } = plan;
  const state = encodeStateRecord({
    topic: topic.name,
    partition,
    leaderBroker: '',
    leaderEpoch,
    logStartOffset,
    logEndOffset: endOffset,
    highWatermark: endOffset,
    activeSegment: '',
    segments: newestSegments(manifest.segments),
    manifestVersion: manifest.version,
    manifestKey: key,
    checkpointOffset: manifest.checkpointOffset,
  });
  const assignment = encodeAssignmentRecord({
    brokerId: '',
    epoch: leaderEpoch,
    assignedAt: new Date(now).toISOString(),
    incarnationId: '',
    tenures: [],
  });
  return [
    { type: 'put', key: partitionStateKey(topic.name, partition), value: state },
    { type: 'put', key: assignmentKey(topic.name, partition), value: assignment },
  ];
}

/** Only now may brokers serve: the floor and the new mark say that the two stores belong together again. */
async function finish(metadata: MetadataStore, { objects, namespace, clock }: RebuildTools, plan: RecoveryPlan) {
  const clusterId = plan.clusterId ?? newUuid();
  const createdAt = new Date(clock.now()).toISOString();
  const stored = await metadata.get(PRODUCER_IDS_KEY);
  const known = stored === undefined ? 0 : decodeProducerIdBlock(stored.value, stored.key).nextProducerId;
  const nextProducerId = Math.max(known, plan.nextProducerId);
  const identity = await metadata.get(CLUSTER_ID_KEY);
  const { revision } = await metadata.txn({
    compare: [],
    success: [
      ...(identity === undefined
        ? [{ type: 'put' as const, key: CLUSTER_ID_KEY, value: encodeClusterIdentity({ clusterId, createdAt }) }]
        : []),
      { type: 'put', key: PRODUCER_IDS_KEY, value: encodeProducerIdBlock({ nextProducerId }) },
      { type: 'put', key: REVISION_FLOOR_KEY, value: encodeRevisionFloor({ floor: plan.revisionFloor }) },
    ],
  });
  const marks = new MetadataMarks(objects, namespace);
  await marks.write({ clusterId, revision: plan.revisionFloor + revision, writtenAt: clock.now() });
}

async function putAll(metadata: MetadataStore, operations: readonly Operation[]): Promise<void> {
  for (let at = 0; at < operations.length; at += MAX_TXN_OPERATIONS) {
    await metadata.txn({ compare: [], success: operations.slice(at, at + MAX_TXN_OPERATIONS) });
  }
}
