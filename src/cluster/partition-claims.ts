import { assignmentKey, incarnationKey, partitionStateKey } from '../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type Compare, type MetadataStore, type Operation } from '../metadata/metadata-store.js';
import { encodeAssignmentRecord, tenuresSince } from '../metadata/partition-assignment.js';
import type { PartitionId } from '../metadata/partition-id.js';
import { encodeStateRecord, NO_SEGMENTS } from '../metadata/partition-state.js';
import type { StoredPartition } from '../metadata/stored-partitions.js';
import type { Tenure } from '../metadata/tenure.js';
import { inParallel } from '../time/in-parallel.js';

/** What an incarnation wants to write about a partition that is assigned to it. */
export interface Claim {
  readonly partition: StoredPartition;
  /** Offset after the last record that earlier tenures committed. */
  readonly logEndOffset: number;
}

/** Compares per transaction: the incarnation, and both records of each partition. */
const CLAIMS_PER_TXN = Math.floor((MAX_TXN_OPERATIONS - 1) / 2);
/** Transactions under way at once: more than one, so that etcd writes some of them to its disk together. */
const CONCURRENCY = 8;

function groupsOf<T>(size: number, items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, group) => items.slice(group * size, (group + 1) * size));
}

/**
 * Makes an incarnation the leader of partitions that are assigned to it, under the epochs that the controller has given:
 * appends its tenures, and closes the open ones before it, which belong to incarnations that have ended.
 *
 * A topic is deleted together with its assignments: to compare those is to compare that it is still there.
 *
 * @param claimed told of those that were claimed, some at a time; it never hears of partitions whose records changed meanwhile
 * @throws MetadataUnavailableError when an outcome is unknown; read the partitions again then
 */
export async function claimPartitions(
  store: MetadataStore,
  incarnation: { readonly id: string; readonly brokerId: number },
  claims: readonly Claim[],
  claimed: (partitions: readonly StoredPartition[]) => void,
): Promise<void> {
  await inParallel(CONCURRENCY, groupsOf(CLAIMS_PER_TXN, claims), async (some) => {
    const compare: Compare[] = [{ key: incarnationKey(incarnation.id), exists: true }, ...some.flatMap(comparesOf)];
    const success = some.flatMap((claim) => putsOf(claim, incarnation));
    const result = await store.txn({ compare, success });
    if (result.succeeded) {
      claimed(some.map(({ partition }) => partition));
    } else if (some.length > 1) {
      // One of them changed; alone, the others go through.
      for (const claim of some) await claimPartitions(store, incarnation, [claim], claimed);
    }
  });
}

function comparesOf({ partition: { id, assignment, state } }: Claim): Compare[] {
  const { assignedKey, stateKey } = keysOf(id);
  return [
    { key: assignedKey, modRevision: assignment.modRevision },
    state === undefined ? { key: stateKey, exists: false } : { key: stateKey, modRevision: state.modRevision },
  ];
}

function putsOf({ partition, logEndOffset }: Claim, incarnation: { id: string; brokerId: number }): Operation[] {
  const { id, assignment, state } = partition;
  const { epoch } = assignment;
  const checkpointOffset = state?.checkpointOffset ?? 0;
  const own = { incarnationId: incarnation.id, epoch, fromOffset: logEndOffset, toOffset: undefined };
  const tenures = [...tenuresSince(closeTenures(assignment.tenures, logEndOffset), checkpointOffset), own];
  const value = encodeStateRecord({
    topic: id.topicName,
    partition: id.partition,
    leaderBroker: String(incarnation.brokerId),
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
  const { assignedKey, stateKey } = keysOf(id);
  return [
    { type: 'put', key: assignedKey, value: encodeAssignmentRecord({ ...assignment, tenures }) },
    { type: 'put', key: stateKey, value },
  ];
}

/** Gives open tenures their end; those that wrote nothing are left out, so that restarts of an idle broker leave no trace. */
function closeTenures(tenures: readonly Tenure[], logEndOffset: number): Tenure[] {
  return tenures
    .map((tenure) => ({ ...tenure, toOffset: tenure.toOffset ?? logEndOffset }))
    .filter((tenure) => tenure.toOffset > tenure.fromOffset);
}

function keysOf({ topicName, partition }: PartitionId) {
  return { assignedKey: assignmentKey(topicName, partition), stateKey: partitionStateKey(topicName, partition) };
}
