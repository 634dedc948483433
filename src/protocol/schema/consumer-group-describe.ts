/**
 * ConsumerGroupDescribe (key 69): describes groups of the consumer protocol (KIP-848).
 *
 * - For groups of the classic protocol it answers GROUP_ID_NOT_FOUND, after which clients ask with DescribeGroups.
 *
 * Versions:
 * - All versions are flexible.
 * - v1 adds the type of the member (KIP-1099).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string, struct, uuid } from '../codec/declare.js';

const assignment = {
  topicPartitions: array('all', {
    topicId: uuid(),
    topicName: string(),
    partitions: array('all', 'int32'),
  }),
};

export const ConsumerGroupDescribe = defineApi({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array('all', 'string'),
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    groups: array('all', {
      errorCode: int16(),
      errorMessage: string('all', { nullable: true, default: null }),
      groupId: string(),
      groupState: string(),
      /** Grows with every change of members or subscriptions. */
      groupEpoch: int32(),
      /** The group epoch for which the target assignment was made. */
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array('all', {
        memberId: string(),
        /** Set for static members. */
        instanceId: string('all', { nullable: true, default: null }),
        rackId: string('all', { nullable: true, default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array('all', 'string'),
        /** Null when the member names its topics. */
        subscribedTopicRegex: string('all', { nullable: true, default: null }),
        /** What the member has now. */
        assignment: struct('all', assignment),
        /** What the member is to have. */
        targetAssignment: struct('all', assignment),
        /** -1 unknown, 0 classic, 1 consumer. */
        memberType: int8('1+', { default: -1, ignorable: true }),
      }),
      /** One bit per operation; the default says "was not asked for". */
      authorizedOperations: int32('all', { default: -2147483648 }),
    }),
  },
});

export type ConsumerGroupDescribeRequest = RequestOf<typeof ConsumerGroupDescribe>;
export type ConsumerGroupDescribeResponse = ResponseOf<typeof ConsumerGroupDescribe>;
