/**
 * OffsetForLeaderEpoch (key 23): tells where a leader epoch ended.
 *
 * - With it a client finds out whether the log was cut off before its position (KIP-101, KIP-320).
 * - The answer is the largest epoch not above the one asked for, and the first offset of the epoch after it.
 * - An epoch that is not known is answered with epoch -1 and offset -1.
 *
 * Versions:
 * - v2 is the oldest served (KIP-896); it checks the epoch that the client believes in.
 * - v3 adds the replica id (KIP-392).
 * - v4 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, string } from '../codec/declare.js';

export const OffsetForLeaderEpoch = defineApi({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: '2-4',
  flexible: '4+',
  request: {
    /** -1 for consumers, -2 for tools that may look beyond the high watermark. */
    replicaId: int32('3+', { default: -2, ignorable: true }),
    topics: array('all', {
      topic: string(),
      partitions: array('all', {
        partition: int32(),
        /** The epoch that the client believes in; -1 skips the check. */
        currentLeaderEpoch: int32('all', { default: -1 }),
        /** The epoch whose end is asked for. */
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    topics: array('all', {
      topic: string(),
      partitions: array('all', {
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32('all', { default: -1 }),
        /** Exclusive. */
        endOffset: int64('all', { default: -1 }),
      }),
    }),
  },
});

export type OffsetForLeaderEpochRequest = RequestOf<typeof OffsetForLeaderEpoch>;
export type OffsetForLeaderEpochResponse = ResponseOf<typeof OffsetForLeaderEpoch>;
