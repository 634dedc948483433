import { inParallel } from '../time/in-parallel.js';
import { assignmentKey, incarnationKey, partitionStateKey, topicConfigKey } from './keys.js';
import {
  MAX_TXN_OPERATIONS,
  MetadataUnavailableError,
  type Compare,
  type KeyValue,
  type MetadataStore,
} from './metadata-store.js';
import { decodeAssignmentRecord, type StoredAssignment } from './partition-assignment.js';
import type { PartitionId } from './partition-id.js';
import { decodeStateRecord, type StoredPartitionState } from './partition-state.js';
import { decodeTopic } from './topic.js';

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

/** `gone`: its topic was deleted, whether or not there is a namesake. `unassigned`: it has not been assigned yet. */
export type FoundPartition = StoredPartition | Unreadable | 'gone' | 'unassigned';

/** Assignment, state and perhaps the topic are read of each. */
const READS_PER_TXN = Math.floor(MAX_TXN_OPERATIONS / 3);
/** Transactions under way at once. */
const CONCURRENCY = 8;

/**
 * Reads the records of partitions as they are now. Those of a partition are read at once with its topic, and linearizably;
 * what they refer to may be read later, as it is changed by nobody but the incarnations that they name (commit protocol,
 * rule 8).
 *
 * @param reader id of the incarnation that must live for the answer to count
 * @returns in the order of `partitions`
 * @throws MetadataUnavailableError when that incarnation has ended, or the store doesn't answer
 */
export async function readPartitions(
  store: MetadataStore,
  partitions: readonly PartitionId[],
  reader?: string,
): Promise<FoundPartition[]> {
  const compare: Compare[] = reader === undefined ? [] : [{ key: incarnationKey(reader), exists: true }];
  const found = new Array<FoundPartition>(partitions.length);
  const groups = Math.ceil(partitions.length / READS_PER_TXN);
  const starts = Array.from({ length: groups }, (_, group) => group * READS_PER_TXN);
  await inParallel(CONCURRENCY, starts, async (start) => {
    const some = partitions.slice(start, start + READS_PER_TXN);
    const keys = new Set(some.flatMap(keysOf));
    const { succeeded, reads } = await store.txn({
      compare,
      success: Array.from(keys, (key) => ({ type: 'get', key })),
    });
    if (!succeeded) throw new MetadataUnavailableError(`${reader} has ended: it reads no partitions any more`);
    const entries = new Map(reads.map((entry) => [entry?.key, entry]));
    for (const [index, id] of some.entries()) found[start + index] = foundPartition(id, entries);
  });
  return found;
}

function keysOf({ topicName, partition }: PartitionId): [topic: string, assignment: string, state: string] {
  return [topicConfigKey(topicName), assignmentKey(topicName, partition), partitionStateKey(topicName, partition)];
}

function foundPartition(
  id: PartitionId,
  entries: ReadonlyMap<string | undefined, KeyValue | undefined>,
): FoundPartition {
  const [topic, assignment, state] = keysOf(id).map((key) => entries.get(key));
  try {
    if (topic === undefined || decodeTopic(topic).id !== id.topicId) return 'gone';
    if (assignment === undefined) return 'unassigned';
    return { id, assignment: decodeAssignmentRecord(assignment), state: state && decodeStateRecord(state) };
  } catch (error) {
    return { id, error };
  }
}
