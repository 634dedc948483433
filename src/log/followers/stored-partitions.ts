import { assignmentKey, partitionStateKey, topicConfigKey } from '../../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type MetadataStore } from '../../metadata/metadata-store.js';
import { decodeAssignmentRecord, type StoredAssignment } from '../../metadata/partition-assignment.js';
import { decodeStateRecord, type StoredPartitionState } from '../../metadata/partition-state.js';
import { decodeTopic } from '../../metadata/topic.js';
import type { PartitionId } from '../manifests.js';

/** The records of a partition that was led at least once. */
export interface StoredPartition {
  readonly assignment: StoredAssignment;
  readonly state: StoredPartitionState;
}

const READS = 3;
const PARTITIONS_PER_TXN = Math.floor(MAX_TXN_OPERATIONS / READS);

/**
 * The records of partitions, each partition's read at once and linearizably (commit protocol, rule 8).
 *
 * @returns in the order of `ids`; undefined for one that was never led, and `gone` for one whose topic was deleted
 */
export async function readStoredPartitions(
  metadata: MetadataStore,
  ids: readonly PartitionId[],
): Promise<(StoredPartition | 'gone' | undefined)[]> {
  const found: (StoredPartition | 'gone' | undefined)[] = [];
  for (let at = 0; at < ids.length; at += PARTITIONS_PER_TXN) {
    const some = ids.slice(at, at + PARTITIONS_PER_TXN);
    const keys = some.flatMap(({ topicName, partition }) => [
      topicConfigKey(topicName),
      assignmentKey(topicName, partition),
      partitionStateKey(topicName, partition),
    ]);
    const { reads } = await metadata.txn({ compare: [], success: keys.map((key) => ({ type: 'get', key })) });
    for (const [index, { topicId }] of some.entries()) {
      const [topic, assignment, state] = reads.slice(READS * index);
      if (topic === undefined || decodeTopic(topic).id !== topicId) found.push('gone');
      else if (assignment === undefined || state === undefined) found.push(undefined);
      else found.push({ assignment: decodeAssignmentRecord(assignment), state: decodeStateRecord(state) });
    }
  }
  return found;
}
