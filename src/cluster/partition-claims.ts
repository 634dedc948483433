import { assignmentKey, incarnationKey, partitionStateKey, topicConfigKey } from '../metadata/keys.js';
import {
  MAX_TXN_OPERATIONS,
  MetadataUnavailableError,
  type Compare,
  type KeyValue,
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
  readonly assignment: StoredAssignment;
  /** Undefined when it was never led. */
  readonly state: StoredPartitionState | undefined;
}

/** A partition whose records are damaged, or were written by a newer version. */
export interface Unreadable {
  readonly id: PartitionId;
  readonly error: unknown;
}

/** What an incarnation wants to write about a partition that is assigned to it. */
export interface Claim {
  readonly partition: StoredPartition;
  /** Offset after the last record that earlier tenures committed. */
  readonly logEndOffset: number;
}

/** Assignment, state and perhaps the topic are read of each. */
const READS_PER_TXN = Math.floor(MAX_TXN_OPERATIONS / 3);
/** Compares per transaction: the incarnation, and both records of each partition. */
const CLAIMS_PER_TXN = Math.floor((MAX_TXN_OPERATIONS - 1) / 2);
/** Transactions under way at once: more than one, so that etcd writes some of them to its disk together. */
const CONCURRENCY = 8;

/**
 * Reads the records of partitions as they are now. Those of a partition are read at once with its topic, and linearizably;
 * what they refer to may be read later, as it is changed by nobody but the incarnations that they name (commit protocol,
 * rule 8). What is assigned to ours these have released, or they have ended; but ours may not know yet that it was replaced.
 *
 * @param incarnationId of the reader
 * @returns those that were assigned to somebody, but none of a namesake of a topic that was deleted
 * @throws MetadataUnavailableError when that incarnation has ended, or the store doesn't answer
 */
export async function readPartitions(
  store: MetadataStore,
  incarnationId: string,
  partitions: readonly PartitionId[],
): Promise<(StoredPartition | Unreadable)[]> {
  const groups = groupsOf(READS_PER_TXN, partitions);
  const stored = new Array<(StoredPartition | Unreadable)[]>(groups.length);
  await inParallel(CONCURRENCY, groups, async (some, group) => {
    const keys = new Set(some.flatMap(keysOf));
    const { succeeded, reads } = await store.txn({
      compare: [{ key: incarnationKey(incarnationId), exists: true }],
      success: Array.from(keys, (key) => ({ type: 'get', key })),
    });
    if (!succeeded) throw new MetadataUnavailableError(`${incarnationId} has ended: it reads no partitions any more`);
    const found = new Map(reads.map((entry) => [entry?.key, entry]));
    stored[group] = some.flatMap((id) => storedPartition(id, found) ?? []);
  });
  return stored.flat();
}

function groupsOf<T>(size: number, items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, group) => items.slice(group * size, (group + 1) * size));
}

function keysOf({ topicName, partition }: PartitionId): [topic: string, assignment: string, state: string] {
  return [topicConfigKey(topicName), assignmentKey(topicName, partition), partitionStateKey(topicName, partition)];
}

function storedPartition(
  id: PartitionId,
  found: ReadonlyMap<string | undefined, KeyValue | undefined>,
): StoredPartition | Unreadable | undefined {
  const [topic, assignment, state] = keysOf(id).map((key) => found.get(key));
  if (topic === undefined || assignment === undefined) return undefined;
  try {
    if (decodeTopic(topic).id !== id.topicId) return undefined;
    return { id, assignment: decodeAssignmentRecord(assignment), state: state && decodeStateRecord(state) };
  } catch (error) {
    return { id, error };
  }
}

/** Whether the incarnation has claimed the partition under its present epoch. */
export function isClaimedBy({ assignment }: StoredPartition, incarnation: { readonly id: string }): boolean {
  const last = assignment.tenures.at(-1);
  return last !== undefined && isOwnTenure(last, assignment, incarnation);
}

/** Whether it is the open tenure of an incarnation under the present epoch. */
export function isOwnTenure(
  { incarnationId, epoch, toOffset }: Tenure,
  assignment: { readonly epoch: number },
  incarnation: { readonly id: string },
): boolean {
  return incarnationId === incarnation.id && epoch === assignment.epoch && toOffset === undefined;
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
  const [, assignedKey, stateKey] = keysOf(id);
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
  const [, assignedKey, stateKey] = keysOf(id);
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
