/**
 * ListPartitionReassignments (key 46): lists the partitions whose replicas are being moved (KIP-455).
 *
 * Versions:
 * - All versions are flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string } from '../codec/declare.js';

export const ListPartitionReassignments = defineApi({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: '0',
  flexible: '0+',
  request: {
    timeoutMs: int32('all', { default: 60000 }),
    /** Null for all. */
    topics: array(
      'all',
      {
        name: string(),
        partitionIndexes: array('all', 'int32'),
      },
      { nullable: true, default: null },
    ),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16(),
    errorMessage: string('all', { nullable: true }),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** All replicas, old and new. */
        replicas: array('all', 'int32'),
        addingReplicas: array('all', 'int32'),
        removingReplicas: array('all', 'int32'),
      }),
    }),
  },
});

export type ListPartitionReassignmentsRequest = RequestOf<typeof ListPartitionReassignments>;
export type ListPartitionReassignmentsResponse = ResponseOf<typeof ListPartitionReassignments>;
