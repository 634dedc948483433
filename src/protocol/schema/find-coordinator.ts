/**
 * FindCoordinator (key 10): finds the broker that coordinates a group or a transaction.
 *
 * - Key types: 0 group, 1 transaction (v1), 2 share group partition (v6).
 * - COORDINATOR_NOT_AVAILABLE is answered with node -1 and an empty host.
 *
 * Versions:
 * - v1 adds key types.
 * - v3 is flexible.
 * - v4 asks for several keys at a time (KIP-699).
 * - v5 may answer TRANSACTION_ABORTABLE (KIP-890).
 * - v6 adds share groups, whose keys are "group:topic id:partition" (KIP-932).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const FindCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: '0-6',
  flexible: '3+',
  request: {
    /** Up to v3. */
    key: string('0-3'),
    keyType: int8('1+', { default: 0 }),
    /** From v4. */
    coordinatorKeys: array('4+', 'string'),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    /** Up to v3, as the other fields beside it. */
    errorCode: int16('0-3'),
    errorMessage: string('1-3', { nullable: true, ignorable: true }),
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    /** From v4, one for each key. */
    coordinators: array('4+', {
      key: string(),
      nodeId: int32(),
      host: string(),
      port: int32(),
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
    }),
  },
});

export type FindCoordinatorRequest = RequestOf<typeof FindCoordinator>;
export type FindCoordinatorResponse = ResponseOf<typeof FindCoordinator>;
