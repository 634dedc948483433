/**
 * Heartbeat (key 12): says that a member of a classic group is alive, and hears whether a rebalance is on.
 *
 * - REBALANCE_IN_PROGRESS tells the member to join again.
 *
 * Versions:
 * - v1 adds the throttle time.
 * - v3 adds static membership (KIP-345).
 * - v4 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { defineApi, int16, int32, string } from '../codec/declare.js';

export const Heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: '0-4',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    /** Set by static members. */
    groupInstanceId: string('3+', { nullable: true, default: null }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    errorCode: int16(),
  },
});

export type HeartbeatRequest = RequestOf<typeof Heartbeat>;
export type HeartbeatResponse = ResponseOf<typeof Heartbeat>;
