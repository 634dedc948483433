/**
 * AlterPartitionReassignments (key 45): moves replicas of partitions to other brokers, or stops such a move (KIP-455).
 *
 * - Every partition gets its own result.
 *
 * Versions:
 * - All versions are flexible.
 * - v1 can forbid a change of the replication factor (KIP-860).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, string } from '../codec/declare.js';

export const AlterPartitionReassignments = defineApi({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: '0-1',
  flexible: '0+',
  request: {
    timeoutMs: int32('all', { default: 60000 }),
    /** Whether a partition may end up with another number of replicas. */
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** The wanted replicas; null stops a move that is going on. */
        replicas: array('all', 'int32', { nullable: true, default: null }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    allowReplicationFactorChange: bool('1+', { default: true, ignorable: true }),
    /** Of the request as a whole. */
    errorCode: int16(),
    errorMessage: string('all', { nullable: true }),
    responses: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** Of the partition alone. */
        errorCode: int16(),
        errorMessage: string('all', { nullable: true }),
      }),
    }),
  },
});

export type AlterPartitionReassignmentsRequest = RequestOf<typeof AlterPartitionReassignments>;
export type AlterPartitionReassignmentsResponse = ResponseOf<typeof AlterPartitionReassignments>;
