import { assignmentKey, incarnationKey, partitionStateKey, topicConfigKey } from '../metadata/keys.js';
import {
  MAX_TXN_OPERATIONS,
  MetadataUnavailableError,
  type Compare,
  type MetadataStore,
  type Operation,
} from '../metadata/metadata-store.js';
import {
  decodeAssignmentRecord,
  encodeAssignmentRecord,
  tenuresSince,
  type StoredAssignment,
} from '../metadata/partition-assignment.js';
import {
  decodeStateRecord,
  encodeStateRecord,
  NO_SEGMENTS,
  type StoredPartitionState,
} from '../metadata/partition-state.js';
import type { Tenure } from '../metadata/tenure.js';
import { decodeTopic } from '../metadata/topic.js';
import { inParallel } from '../time/in-parallel.js';
import type { PartitionId } from './partition-id.js';

/** A partition as the metadata store has it. */
export interface StoredPartition {
  readonly id: PartitionId;
  /** Undefined when it was never assigned. */
  readonly assignment: StoredAssignment | undefined;
  readonly state: StoredPartitionState | undefined;
  /** Revision of the topic's record, which a namesake that was created since has another of. */
  readonly topicRevision: number;
}

/** What an incarnation wants to write about a partition that it takes over. */
export interface Claim {
  readonly partition: StoredPartition;
  /** Offset after the last record that earlier tenures committed. */
  readonly logEndOffset: number;
}

/** Records that are read of each: of its topic, its assignment and its state. */
const READS_OF_EACH = 3;
const READS_PER_TXN = Math.floor(MAX_TXN_OPERATIONS / READS_OF_EACH);
/** Compares per transaction: the incarnation, and per partition its topic and both records. */
const CLAIMS_PER_TXN = Math.floor((MAX_TXN_OPERATIONS - 1) / 3);
/** Transactions under way at once: more than one, so that etcd writes some of them to its disk together. */
const CONCURRENCY = 8;

/**
 * Reads the records of partitions as they are now. Those of a partition are read at once, and linearizably; what they
 * refer to may be read later, as it is changed by nobody but the incarnations that they name (commit protocol, rule 8).
 * These have ended, because ours lives: it may not know yet that it was replaced, and its successor's records change.
 *
 * @param incarnationId of the reader
 * @returns without partitions of topics that were deleted, be there a namesake or not
 * @throws MetadataUnavailableError when that incarnation has ended
 */
export async function readPartitions(
  store: MetadataStore,
  incarnationId: string,
  partitions: readonly PartitionId[],
): Promise<StoredPartition[]> {
  const groups = groupsOf(READS_PER_TXN, partitions);
  const stored = new Array<StoredPartition[]>(groups.length);
  await inParallel(CONCURRENCY, groups, async (some, group) => {
    const { succeeded, reads } = await store.txn({
      compare: [{ key: incarnationKey(incarnationId), exists: true }],
      success: some.flatMap(readsOf),
    });
    if (!succeeded) throw new MetadataUnavailableError(`${incarnationId} has ended: it reads no partitions any more`);
    stored[group] = some.flatMap((id, index) => {
      const [topic, assignment, state] = reads.slice(READS_OF_EACH * index);
      if (topic === undefined || decodeTopic(topic).id !== id.topicId) return [];
      return {
        id,
        assignment: assignment && decodeAssignmentRecord(assignment),
        state: state && decodeStateRecord(state),
        topicRevision: topic.modRevision,
      };
    });
  });
  return stored.flat();
}

function groupsOf<T>(size: number, items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, group) => items.slice(group * size, (group + 1) * size));
}

function readsOf({ topicName, partition }: PartitionId): Operation[] {
  return [
    { type: 'get', key: topicConfigKey(topicName) },
    { type: 'get', key: assignmentKey(topicName, partition) },
    { type: 'get', key: partitionStateKey(topicName, partition) },
  ];
}

/**
 * Makes an incarnation the leader of partitions, under epochs one above the last ones: appends its tenures, and closes
 * the open ones before it, which belong to incarnations that have ended.
 *
 * @returns those that were claimed, with their new epochs; missing are partitions whose records or topic changed
 *   meanwhile
 * @throws MetadataUnavailableError when an outcome is unknown; read the partitions again then
 */
export async function claimPartitions(
  store: MetadataStore,
  incarnation: { readonly id: string; readonly brokerId: number },
  claims: readonly Claim[],
  now: Date,
): Promise<{ readonly id: PartitionId; readonly epoch: number }[]> {
  const claimed: { id: PartitionId; epoch: number }[] = [];
  await inParallel(CONCURRENCY, groupsOf(CLAIMS_PER_TXN, claims), async (some) => {
    const compare: Compare[] = [{ key: incarnationKey(incarnation.id), exists: true }];
    const success: Operation[] = [];
    for (const claim of some) {
      compare.push(...comparesOf(claim));
      success.push(...putsOf(claim, incarnation, now));
    }
    const result = await store.txn({ compare, success });
    if (result.succeeded) {
      claimed.push(...some.map(({ partition }) => ({ id: partition.id, epoch: nextEpoch(partition) })));
    } else if (some.length > 1) {
      // One of them changed; alone, the others go through.
      for (const claim of some) claimed.push(...(await claimPartitions(store, incarnation, [claim], now)));
    }
  });
  return claimed;
}

function comparesOf({ partition: { id, assignment, state, topicRevision } }: Claim): Compare[] {
  return [
    // A transaction may be applied late, when a namesake has been created that has no records yet either.
    { key: topicConfigKey(id.topicName), modRevision: topicRevision },
    unchanged(assignmentKey(id.topicName, id.partition), assignment),
    unchanged(partitionStateKey(id.topicName, id.partition), state),
  ];
}

function unchanged(key: string, stored: { readonly modRevision: number } | undefined): Compare {
  return stored === undefined ? { key, exists: false } : { key, modRevision: stored.modRevision };
}

function nextEpoch({ assignment }: StoredPartition): number {
  return (assignment?.epoch ?? -1) + 1;
}

function putsOf(claim: Claim, incarnation: { id: string; brokerId: number }, now: Date): Operation[] {
  const { partition, logEndOffset } = claim;
  const { id, assignment: last, state } = partition;
  const epoch = nextEpoch(partition);
  const brokerId = String(incarnation.brokerId);
  const checkpointOffset = state?.checkpointOffset ?? 0;
  const assignment = encodeAssignmentRecord({
    brokerId,
    epoch,
    assignedAt: now.toISOString(),
    incarnationId: incarnation.id,
    moveTo: '',
    tenures: [
      ...tenuresSince(closeTenures(last?.tenures ?? [], logEndOffset), checkpointOffset),
      { incarnationId: incarnation.id, epoch, fromOffset: logEndOffset, toOffset: undefined },
    ],
  });
  const value = encodeStateRecord({
    topic: id.topicName,
    partition: id.partition,
    leaderBroker: brokerId,
    leaderEpoch: epoch,
    logStartOffset: state?.logStartOffset ?? 0,
    logEndOffset,
    highWatermark: logEndOffset,
    activeSegment: '',
    segments: state?.segments ?? NO_SEGMENTS,
    manifestVersion: state?.manifestVersion ?? 0,
    manifestKey: state?.manifestKey ?? '',
    checkpointOffset,
  });
  return [
    { type: 'put', key: assignmentKey(id.topicName, id.partition), value: assignment },
    { type: 'put', key: partitionStateKey(id.topicName, id.partition), value },
  ];
}

/** Gives open tenures their end; those that wrote nothing are left out, so that restarts of an idle broker leave no trace. */
function closeTenures(tenures: readonly Tenure[], logEndOffset: number): Tenure[] {
  return tenures
    .map((tenure) => ({ ...tenure, toOffset: tenure.toOffset ?? logEndOffset }))
    .filter((tenure) => tenure.toOffset > tenure.fromOffset);
}
