/**
 * DescribeQuorum (key 55): describes the replicas of the metadata quorum (KIP-595).
 *
 * Versions:
 * - All versions are flexible.
 * - v1 adds fetch times (KIP-836).
 * - v2 adds error messages, directory ids and the addresses of the nodes (KIP-853).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, string, uint16, uuid } from '../codec/declare.js';

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid('2+'),
  /** -1 when unknown. */
  logEndOffset: int64(),
  /** By the leader's clock; -1 for the leader itself, or when unknown. */
  lastFetchTimestamp: int64('1+', { default: -1, ignorable: true }),
  /** By the leader's clock; -1 when unknown. */
  lastCaughtUpTimestamp: int64('1+', { default: -1, ignorable: true }),
};

export const DescribeQuorum = defineApi({
  key: 55,
  name: 'DescribeQuorum',
  versions: '0-2',
  flexible: '0+',
  request: {
    topics: array('all', {
      topicName: string(),
      partitions: array('all', {
        partitionIndex: int32(),
      }),
    }),
  },
  response: {
    /** Of the request as a whole. */
    errorCode: int16(),
    errorMessage: string('2+', { nullable: true, ignorable: true }),
    topics: array('all', {
      topicName: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** Of the partition alone. */
        errorCode: int16(),
        errorMessage: string('2+', { nullable: true, ignorable: true }),
        /** -1 when unknown. */
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: int64(),
        currentVoters: array('all', replicaState),
        observers: array('all', replicaState),
      }),
    }),
    nodes: array('2+', {
      nodeId: int32(),
      listeners: array('all', {
        name: string(),
        host: string(),
        port: uint16(),
      }),
    }),
  },
});

export type DescribeQuorumRequest = RequestOf<typeof DescribeQuorum>;
export type DescribeQuorumResponse = ResponseOf<typeof DescribeQuorum>;
