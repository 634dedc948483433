/**
 * JoinGroup (key 11): enters a group of the classic protocol, or comes back into it for a rebalance.
 *
 * - The answer waits until all members have come, or the rebalance times out.
 * - The leader gets the members and their metadata and assigns; the others get an empty list.
 * - From v4 a new member is first sent away with MEMBER_ID_REQUIRED and an id, and joins again with it (KIP-394).
 *
 * Versions:
 * - v1 adds the rebalance timeout; in v0 the session timeout takes its place (KIP-62).
 * - v2 adds the throttle time.
 * - v4 may answer MEMBER_ID_REQUIRED (KIP-394).
 * - v5 adds static membership (KIP-345).
 * - v6 is flexible.
 * - v7 returns the protocol type, and the protocol name may be null (KIP-559).
 * - v8 adds the reason (KIP-800).
 * - v9 can tell the leader to keep the assignment (KIP-814).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, bytes, defineApi, int16, int32, string } from '../codec/declare.js';

export const JoinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string(),
    /** Without a heartbeat for this long the member counts as dead. */
    sessionTimeoutMs: int32(),
    /** How long the others may take to join; -1 before v1. */
    rebalanceTimeoutMs: int32('1+', { default: -1, ignorable: true }),
    /** Empty for a member that has none yet. */
    memberId: string(),
    /** Set by static members. */
    groupInstanceId: string('5+', { nullable: true, default: null }),
    /** "consumer" for consumers, "connect" for Connect workers. */
    protocolType: string(),
    /** What the member can do, best first. */
    protocols: array('all', {
      name: string(),
      /** Opaque to the coordinator, such as a subscription. */
      metadata: bytes(),
    }),
    /** For the broker's log. */
    reason: string('8+', { nullable: true, default: null, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { default: 0, ignorable: true }),
    errorCode: int16(),
    /** -1 after an error. */
    generationId: int32('all', { default: -1 }),
    protocolType: string('7+', { nullable: true, default: null, ignorable: true }),
    /** The protocol that all members know; null allowed from v7. */
    protocolName: string('all', { nullable: '7+' }),
    /** Member id of the leader. */
    leader: string(),
    /** A static leader came back: the assignment stands. */
    skipAssignment: bool('9+', { default: false }),
    /** The member's own id. */
    memberId: string(),
    /** Empty for all but the leader. */
    members: array('all', {
      memberId: string(),
      groupInstanceId: string('5+', { nullable: true, default: null, ignorable: true }),
      /** What the member sent for the chosen protocol. */
      metadata: bytes(),
    }),
  },
});

export type JoinGroupRequest = RequestOf<typeof JoinGroup>;
export type JoinGroupResponse = ResponseOf<typeof JoinGroup>;
