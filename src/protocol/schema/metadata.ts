/**
 * Metadata (key 3): tells which brokers there are, and which of them leads each partition of the topics asked for.
 *
 * - Topics null asks for all, an empty list for none. In v0, which has no null, the empty list asks for all.
 * - A topic that does not exist is created when both the client and the broker's configuration allow it.
 * - Clients drop an answer whose leader epoch is lower than the one that they know: epochs never go back.
 *
 * Versions:
 * - v1 adds rack, controller and internal topics; null starts to mean "all topics".
 * - v2 adds the cluster id (KIP-78).
 * - v3 adds the throttle time.
 * - v4 lets the client forbid the creation of topics (KIP-204).
 * - v5 adds offline replicas (KIP-112).
 * - v7 adds leader epochs (KIP-320).
 * - v8 to v10 can report what the client may do to the cluster, v8+ to topics (KIP-430).
 * - v9 is flexible.
 * - v10 adds topic ids, v12 allows lookups by them (KIP-516).
 * - v11 leaves operations on the cluster to DescribeCluster (KIP-700).
 * - v13 adds an error for the whole answer.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, string, uuid } from '../codec/declare.js';

export const Metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: '0-13',
  flexible: '9+',
  request: {
    topics: array(
      'all',
      {
        /** The zero uuid when the topic is asked for by name. */
        topicId: uuid('10+', { ignorable: true }),
        /** Null when the topic is asked for by id. */
        name: string('all', { nullable: '10+' }),
      },
      { nullable: '1+' },
    ),
    allowAutoTopicCreation: bool('4+', { default: true }),
    includeClusterAuthorizedOperations: bool('8-10'),
    includeTopicAuthorizedOperations: bool('8+'),
  },
  response: {
    throttleTimeMs: int32('3+', { default: 0, ignorable: true }),
    brokers: array('all', {
      nodeId: int32(),
      host: string(),
      port: int32(),
      rack: string('1+', { nullable: true, default: null, ignorable: true }),
    }),
    clusterId: string('2+', { nullable: true, default: null, ignorable: true }),
    /** -1 when unknown. */
    controllerId: int32('1+', { default: -1, ignorable: true }),
    topics: array('all', {
      errorCode: int16(),
      /** Null for an id that does not exist. */
      name: string('all', { nullable: '12+' }),
      /** The zero uuid for a name that does not exist. */
      topicId: uuid('10+', { ignorable: true }),
      isInternal: bool('1+', { default: false, ignorable: true }),
      partitions: array('all', {
        errorCode: int16(),
        partitionIndex: int32(),
        /** -1 when there is none. */
        leaderId: int32(),
        leaderEpoch: int32('7+', { default: -1, ignorable: true }),
        replicaNodes: array('all', 'int32'),
        /** The replicas that are in sync with the leader. */
        isrNodes: array('all', 'int32'),
        offlineReplicas: array('5+', 'int32', { ignorable: true }),
      }),
      /** One bit per operation; the default says "was not asked for". */
      topicAuthorizedOperations: int32('8+', { default: -2147483648 }),
    }),
    /** One bit per operation; the default says "was not asked for". */
    clusterAuthorizedOperations: int32('8-10', { default: -2147483648 }),
    errorCode: int16('13+', { ignorable: true }),
  },
});

export type MetadataRequest = RequestOf<typeof Metadata>;
export type MetadataResponse = ResponseOf<typeof Metadata>;
