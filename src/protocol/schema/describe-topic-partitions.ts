/**
 * DescribeTopicPartitions (key 75): describes the partitions of topics page by page (KIP-966).
 *
 * - Topics come in the order of their names, partitions in that of their numbers, until the limit is reached.
 * - nextCursor is where the next request goes on, null at the end.
 *
 * Versions:
 * - All versions are flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, string, struct, uuid } from '../codec/declare.js';

export const DescribeTopicPartitions = defineApi({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: '0',
  flexible: '0+',
  request: {
    /** Empty for all. */
    topics: array('all', {
      name: string(),
    }),
    responsePartitionLimit: int32('all', { default: 2000 }),
    /** Where to start, null for the beginning. */
    cursor: struct(
      'all',
      {
        topicName: string(),
        partitionIndex: int32(),
      },
      { nullable: true, default: null },
    ),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    topics: array('all', {
      errorCode: int16(),
      /** Null for an id that does not exist. */
      name: string('all', { nullable: true }),
      topicId: uuid(),
      isInternal: bool('all', { default: false }),
      partitions: array('all', {
        errorCode: int16(),
        partitionIndex: int32(),
        /** -1 when there is none. */
        leaderId: int32(),
        leaderEpoch: int32('all', { default: -1 }),
        replicaNodes: array('all', 'int32'),
        /** The replicas that are in sync with the leader. */
        isrNodes: array('all', 'int32'),
        /** Replicas outside the in-sync set that have all committed records. */
        eligibleLeaderReplicas: array('all', 'int32', { nullable: true, default: null }),
        /** The eligible replicas when the last one was lost. */
        lastKnownElr: array('all', 'int32', { nullable: true, default: null }),
        offlineReplicas: array('all', 'int32'),
      }),
      /** One bit per operation; the default says "was not asked for". */
      topicAuthorizedOperations: int32('all', { default: -2147483648 }),
    }),
    nextCursor: struct(
      'all',
      {
        topicName: string(),
        partitionIndex: int32(),
      },
      { nullable: true, default: null },
    ),
  },
});

export type DescribeTopicPartitionsRequest = RequestOf<typeof DescribeTopicPartitions>;
export type DescribeTopicPartitionsResponse = ResponseOf<typeof DescribeTopicPartitions>;
