/**
 * LeaveGroup (key 13): takes members out of a classic group, which starts a rebalance.
 *
 * - Up to v2 it is the one member that asks; from v3 an administrator may take out several (KIP-345).
 * - A static member is given by its instance id, with an empty member id.
 *
 * Versions:
 * - v1 adds the throttle time.
 * - v3 takes several members.
 * - v4 is flexible.
 * - v5 adds the reason (KIP-800).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string } from '../codec/declare.js';

export const LeaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    /** Up to v2. */
    memberId: string('0-2'),
    /** From v3. */
    members: array('3+', {
      /** May be empty when the instance id is given. */
      memberId: string(),
      /** Set for static members. */
      groupInstanceId: string('all', { nullable: true, default: null }),
      /** For the broker's log. */
      reason: string('5+', { nullable: true, default: null, ignorable: true }),
    }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    /** Of the request as a whole; up to v2 that of the member. */
    errorCode: int16(),
    members: array('3+', {
      memberId: string(),
      groupInstanceId: string('all', { nullable: true }),
      errorCode: int16(),
    }),
  },
});

export type LeaveGroupRequest = RequestOf<typeof LeaveGroup>;
export type LeaveGroupResponse = ResponseOf<typeof LeaveGroup>;
