import { raiseFormatLevel } from '../formats/format-level.js';
import { putFormatLevel, readFormatLevel, requireSupported } from '../metadata/format-level.js';
import { CLUSTER_ID_KEY, commitKey, PRODUCER_IDS_KEY, REVISION_FLOOR_KEY, topicConfigKey } from '../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type MetadataStore, type Operation } from '../metadata/metadata-store.js';
import {
  decodeProducerIdBlock,
  encodeClusterIdentity,
  encodeIncarnationCommit,
  encodeProducerIdBlock,
  encodeRevisionFloor,
} from '../metadata/records.js';
import { encodeTopic } from '../metadata/topic.js';
import { newUuid } from '../metadata/uuid.js';
import { rebuildPartition, type RebuildTools } from './rebuild-partition.js';
import { inParallel } from '../time/in-parallel.js';
import { MetadataMarks } from './metadata-marks.js';
import { partitionRecords } from './partition-records.js';
import type { RecoveryPlan } from './recovery-plan.js';

/** The bucket lacks records that it should have, or holds objects that can't be read. */
export class RecoveryLossError extends Error {
  override readonly name = 'RecoveryLossError';
}

/** How many partitions are rebuilt at a time: each may hold a segment in memory. */
const CONCURRENCY = 2;

/**
 * Makes the metadata store say what the plan says. Everything in it can be repeated: after a crash the next recovery
 * finds what this one has written, and goes on.
 *
 * @param acceptLoss whether to go on when the plan tells of losses: what could not be read now is not looked for again
 * @throws RecoveryLossError when it does and that is not accepted: nothing is changed
 * @throws UnsupportedFormatLevelError when a newer version is needed to recover this bucket
 * @throws ObjectStoreError, CorruptBlockError, MetadataUnavailableError
 */
export async function applyRecovery(
  metadata: MetadataStore,
  tools: RebuildTools,
  plan: RecoveryPlan,
  acceptLoss: boolean,
  onProgress: (done: number, all: number) => void = () => undefined,
): Promise<void> {
  if (plan.losses.length > 0 && !acceptLoss) {
    throw new RecoveryLossError(`records would be lost, so nothing was changed: ${plan.losses.join('; ')}`);
  }
  requireSupported({ level: plan.formatLevel, finalizedBy: undefined });
  raiseFormatLevel(plan.formatLevel);
  const operations: Operation[] = [];
  let done = 0;
  await inParallel(CONCURRENCY, plan.partitions, async (partition) => {
    const current = await rebuildPartition(tools, partition);
    operations.push(...partitionRecords(current, partition.leaderEpoch, tools.clock.now()));
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

/** Only now may brokers serve: the floor and the new mark say that the two stores belong together again. */
async function finish(metadata: MetadataStore, { objects, namespace, clock }: RebuildTools, plan: RecoveryPlan) {
  const clusterId = plan.clusterId ?? newUuid();
  const createdAt = new Date(clock.now()).toISOString();
  const stored = await metadata.get(PRODUCER_IDS_KEY);
  const known = stored === undefined ? 0 : decodeProducerIdBlock(stored.value, stored.key).nextProducerId;
  const nextProducerId = Math.max(known, plan.nextProducerId);
  const identity = await metadata.get(CLUSTER_ID_KEY);
  const { level } = await readFormatLevel(metadata);
  const { revision } = await metadata.txn({
    compare: [],
    success: [
      ...(identity === undefined
        ? [{ type: 'put' as const, key: CLUSTER_ID_KEY, value: encodeClusterIdentity({ clusterId, createdAt }) }]
        : []),
      ...(level < plan.formatLevel ? [putFormatLevel(plan.formatLevel, clock)] : []),
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
