/**
 * ListOffsets (key 2): looks up offsets by time, or one of the special places in a log.
 *
 * - timestamp -1 asks for the end, -2 for the start, -3 for the record with the largest timestamp (v7),
 *   -4 for the start of the local log (v8), -5 for the end of the tiered log (v9), -6 for the start of what still has to
 *   be tiered (v11); others for the first record at or after that time.
 * - "No such record" is offset -1 and timestamp -1 without an error.
 * - With isolation level 1 the end is the last stable offset.
 *
 * Versions:
 * - v1 is the oldest served (KIP-896); it answers one offset a partition (KIP-79).
 * - v2 adds the isolation level (KIP-98) and the throttle time.
 * - v4 adds leader epochs (KIP-320).
 * - v5 may answer OFFSET_NOT_AVAILABLE (KIP-207).
 * - v6 is flexible.
 * - v7 adds -3 (KIP-734), v8 adds -4 (KIP-405), v9 adds -5 (KIP-1005), v11 adds -6 (KIP-1023).
 * - v10 adds the timeout, for lookups in tiered storage (KIP-1075).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, int8, string } from '../codec/declare.js';

export const ListOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: '1-11',
  flexible: '6+',
  request: {
    /** -1 for consumers. */
    replicaId: int32(),
    /** 0: read uncommitted. 1: read committed. */
    isolationLevel: int8('2+'),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** The epoch that the client believes in; -1 skips the check. */
        currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
        /** Milliseconds since 1970, or one of the special values above. */
        timestamp: int64(),
      }),
    }),
    timeoutMs: int32('10+', { ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('2+', { default: 0, ignorable: true }),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        errorCode: int16(),
        /** That of the record that was found, -1 for the special places. */
        timestamp: int64('all', { default: -1 }),
        offset: int64('all', { default: -1 }),
        /** The epoch in which the record was written. */
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
});

export type ListOffsetsRequest = RequestOf<typeof ListOffsets>;
export type ListOffsetsResponse = ResponseOf<typeof ListOffsets>;
