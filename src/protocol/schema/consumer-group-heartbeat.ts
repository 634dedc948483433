/**
 * ConsumerGroupHeartbeat (key 68): the whole protocol by which members of a consumer group join, are given partitions,
 * give them back and leave (KIP-848).
 *
 * - Fields that have not changed since the last heartbeat may be left out, as null or -1.
 *
 * Versions:
 * - All versions are flexible.
 * - v1 adds subscriptions by pattern, and has the consumer choose its member id (KIP-1082).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string, struct, uuid } from '../codec/declare.js';

const topicPartitions = {
  topicId: uuid(),
  partitions: array('all', 'int32'),
};

export const ConsumerGroupHeartbeat = defineApi({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    /** 0 joins, -1 leaves, -2 leaves for a while (static members). */
    memberEpoch: int32(),
    /** Set by static members. */
    instanceId: string('all', { nullable: true, default: null }),
    rackId: string('all', { nullable: true, default: null }),
    /** How long the member may take to give partitions back. */
    rebalanceTimeoutMs: int32('all', { default: -1 }),
    subscribedTopicNames: array('all', 'string', { nullable: true, default: null }),
    /** In the syntax of RE2. */
    subscribedTopicRegex: string('1+', { nullable: true, default: null }),
    /** The assignor that the member would have: `uniform` or `range`. */
    serverAssignor: string('all', { nullable: true, default: null }),
    /** The partitions that the member has. */
    topicPartitions: array('all', topicPartitions, { nullable: true, default: null }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16(),
    errorMessage: string('all', { nullable: true, default: null }),
    memberId: string('all', { nullable: true, default: null }),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    /** The partitions that the member may use; null when that has not changed. */
    assignment: struct('all', { topicPartitions: array('all', topicPartitions) }, { nullable: true, default: null }),
  },
});

export type ConsumerGroupHeartbeatRequest = RequestOf<typeof ConsumerGroupHeartbeat>;
export type ConsumerGroupHeartbeatResponse = ResponseOf<typeof ConsumerGroupHeartbeat>;
