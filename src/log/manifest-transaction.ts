import { assignmentKey, incarnationKey, partitionStateKey, topicConfigKey } from '../metadata/keys.js';
import type { KeyValue, MetadataStore, Operation, Transaction } from '../metadata/metadata-store.js';
import {
  decodeAssignmentRecord,
  encodeAssignmentRecord,
  tenuresSince,
  type StoredAssignment,
} from '../metadata/partition-assignment.js';
import {
  decodeStateRecord,
  encodeStateRecord,
  type PartitionStateRecord,
  type StoredPartitionState,
  newestSegments,
} from '../metadata/partition-state.js';
import { decodeTopic, type Topic } from '../metadata/topic.js';
import type { Manifest } from '../storage/manifest-format.js';

/** A leadership that may change a partition's manifest. */
export interface Leadership {
  readonly incarnationId: string;
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
}

/** A partition's records while the leadership lasts. */
export interface LedPartition {
  readonly topic: Topic;
  readonly assignment: StoredAssignment;
  readonly state: StoredPartitionState;
}

/** The partition's records, read at once; undefined when the leadership is over. */
export async function readLedPartition(
  store: MetadataStore,
  leadership: Leadership,
): Promise<LedPartition | undefined> {
  const { reads } = await store.txn({ compare: [], success: readsOf(leadership) });
  return ledPartition(leadership, reads);
}

/** Moves the partition's state to a manifest that is stored (commit protocol, rule 10). */
export function manifestTransaction(
  leadership: Leadership,
  { assignment, state }: LedPartition,
  manifest: Manifest,
  key: string,
  highWatermark: number,
): Transaction {
  const { topicName, partition } = leadership;
  const stateKey = partitionStateKey(topicName, partition);
  const assignedKey = assignmentKey(topicName, partition);
  const tenures = tenuresSince(assignment.tenures, manifest.checkpointOffset);
  const success: Operation[] = [
    { type: 'put', key: stateKey, value: encodeStateRecord(stateOf(state, manifest, key, highWatermark)) },
  ];
  if (tenures.length < assignment.tenures.length) {
    success.push({ type: 'put', key: assignedKey, value: encodeAssignmentRecord({ ...assignment, tenures }) });
  }
  return {
    compare: [
      { key: incarnationKey(leadership.incarnationId), exists: true },
      { key: assignedKey, modRevision: assignment.modRevision },
      { key: stateKey, modRevision: state.modRevision },
    ],
    success,
    failure: readsOf(leadership),
  };
}

/**
 * - `applied`: an earlier copy of the transaction was carried out.
 * - `outdated`: the records have changed, and the leadership lasts: to be made anew.
 * - `over`: the leadership is over. Whether an earlier copy was applied before is not known.
 */
export type Refusal = 'applied' | 'outdated' | 'over';

/** Why a manifest transaction was refused, by what its else-branch has read. */
export function explainRefusal(leadership: Leadership, key: string, reads: readonly (KeyValue | undefined)[]): Refusal {
  const led = ledPartition(leadership, reads);
  if (led === undefined) return 'over';
  return led.state.manifestKey === key ? 'applied' : 'outdated';
}

function readsOf({ incarnationId, topicName, partition }: Leadership): Operation[] {
  return [
    { type: 'get', key: incarnationKey(incarnationId) },
    { type: 'get', key: topicConfigKey(topicName) },
    { type: 'get', key: assignmentKey(topicName, partition) },
    { type: 'get', key: partitionStateKey(topicName, partition) },
  ];
}

function ledPartition(
  leadership: Leadership,
  [live, topicEntry, assigned, stored]: readonly (KeyValue | undefined)[],
): LedPartition | undefined {
  if (live === undefined || topicEntry === undefined || assigned === undefined || stored === undefined) {
    return undefined;
  }
  const topic = decodeTopic(topicEntry);
  const assignment = decodeAssignmentRecord(assigned);
  const isLed =
    topic.id === leadership.topicId &&
    assignment.incarnationId === leadership.incarnationId &&
    assignment.epoch === leadership.leaderEpoch;
  return isLed ? { topic, assignment, state: decodeStateRecord(stored) } : undefined;
}

function stateOf(
  state: StoredPartitionState,
  manifest: Manifest,
  key: string,
  highWatermark: number,
): PartitionStateRecord {
  return {
    ...state,
    logStartOffset: manifest.logStartOffset,
    logEndOffset: highWatermark,
    highWatermark,
    segments: newestSegments(manifest.segments),
    manifestVersion: manifest.version,
    manifestKey: key,
    checkpointOffset: manifest.checkpointOffset,
  };
}
