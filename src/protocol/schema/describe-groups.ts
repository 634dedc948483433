/**
 * DescribeGroups (key 15): describes groups of the classic protocol: state, protocol and members.
 *
 * - Up to v5 an unknown group is described as Dead, without an error.
 *
 * Versions:
 * - v1 adds the throttle time.
 * - v3 can report what the client may do (KIP-430).
 * - v4 adds static membership (KIP-345).
 * - v5 is flexible.
 * - v6 answers GROUP_ID_NOT_FOUND for an unknown group, with a message (KIP-1043).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, bytes, defineApi, int16, int32, string } from '../codec/declare.js';

export const DescribeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: '0-6',
  flexible: '5+',
  request: {
    groups: array('all', 'string'),
    includeAuthorizedOperations: bool('3+'),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    groups: array('all', {
      errorCode: int16(),
      errorMessage: string('6+', { nullable: true, default: null }),
      groupId: string(),
      /** PreparingRebalance, CompletingRebalance, Stable, Dead or Empty. */
      groupState: string(),
      protocolType: string(),
      /** Name of the chosen protocol, empty while there is none. */
      protocolData: string(),
      members: array('all', {
        memberId: string(),
        /** Set for static members. */
        groupInstanceId: string('4+', { nullable: true, default: null, ignorable: true }),
        clientId: string(),
        clientHost: string(),
        /** What the member sent for the chosen protocol. */
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      /** One bit per operation; the default says "was not asked for". */
      authorizedOperations: int32('3+', { default: -2147483648 }),
    }),
  },
});

export type DescribeGroupsRequest = RequestOf<typeof DescribeGroups>;
export type DescribeGroupsResponse = ResponseOf<typeof DescribeGroups>;
