/**
 * SyncGroup (key 14): hands the leader's assignment to the members of a classic group.
 *
 * - The leader sends the assignment of every member, the others send none; the answers wait for the leader.
 * - REBALANCE_IN_PROGRESS tells the member to join again.
 *
 * Versions:
 * - v1 adds the throttle time.
 * - v3 adds static membership (KIP-345).
 * - v4 is flexible.
 * - v5 adds protocol type and name, which must be those of the group (KIP-559).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bytes, defineApi, int16, int32, string } from '../codec/declare.js';

export const SyncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    /** Set by static members. */
    groupInstanceId: string('3+', { nullable: true, default: null }),
    protocolType: string('5+', { nullable: true, default: null, ignorable: true }),
    protocolName: string('5+', { nullable: true, default: null, ignorable: true }),
    /** Empty for all but the leader. */
    assignments: array('all', {
      memberId: string(),
      /** Opaque to the coordinator. */
      assignment: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    errorCode: int16(),
    protocolType: string('5+', { nullable: true, default: null, ignorable: true }),
    protocolName: string('5+', { nullable: true, default: null, ignorable: true }),
    /** That of the member who asks. */
    assignment: bytes(),
  },
});

export type SyncGroupRequest = RequestOf<typeof SyncGroup>;
export type SyncGroupResponse = ResponseOf<typeof SyncGroup>;
