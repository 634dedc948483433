/**
 * OffsetFetch (key 9): reads back the offsets that groups have committed.
 *
 * - Topics null asks for all topics that have an offset (v2).
 * - A partition without an offset is answered with offset -1 and no error.
 * - With requireStable, offsets of open transactions are answered with UNSTABLE_OFFSET_COMMIT, which clients retry.
 *
 * Versions:
 * - v1 is the oldest served (KIP-896).
 * - v2 allows null for all topics, and adds an error for the whole answer.
 * - v3 adds the throttle time.
 * - v5 adds leader epochs (KIP-320).
 * - v6 is flexible.
 * - v7 adds requireStable (KIP-447).
 * - v8 asks for several groups at a time (KIP-709).
 * - v9 adds the member of the consumer protocol, and may answer STALE_MEMBER_EPOCH and UNKNOWN_MEMBER_ID (KIP-848).
 * - v10 names topics by id instead of name, and may answer UNKNOWN_TOPIC_ID (KIP-848).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int64, string, uuid } from '../codec/declare.js';

export const OffsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: '1-10',
  flexible: '6+',
  request: {
    /** Up to v7. */
    groupId: string('1-7'),
    /** Up to v7. */
    topics: array(
      '1-7',
      {
        name: string(),
        partitionIndexes: array('all', 'int32'),
      },
      { nullable: '2+' },
    ),
    /** From v8. */
    groups: array('8+', {
      /** The group whose offsets are asked for. */
      groupId: string(),
      /** Null outside the consumer protocol. */
      memberId: string('9+', { nullable: true, default: null, ignorable: true }),
      /** -1 outside the consumer protocol. */
      memberEpoch: int32('9+', { default: -1, ignorable: true }),
      /** Null for all topics that have an offset. */
      topics: array(
        'all',
        {
          name: string('8-9', { ignorable: true }),
          topicId: uuid('10+', { ignorable: true }),
          partitionIndexes: array('all', 'int32'),
        },
        { nullable: true },
      ),
    }),
    requireStable: bool('7+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('3+', { default: 0, ignorable: true }),
    /** Up to v7. */
    topics: array('1-7', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** The next offset to consume, -1 when there is none. */
        committedOffset: int64(),
        committedLeaderEpoch: int32('5+', { default: -1, ignorable: true }),
        /** What came with the commit. */
        metadata: string('all', { nullable: true }),
        /** Of the partition alone. */
        errorCode: int16(),
      }),
    }),
    /** Up to v7, of the group. */
    errorCode: int16('2-7', { default: 0, ignorable: true }),
    /** From v8. */
    groups: array('8+', {
      groupId: string(),
      /** One for each topic that was asked for. */
      topics: array('all', {
        name: string('8-9', { ignorable: true }),
        topicId: uuid('10+', { ignorable: true }),
        partitions: array('all', {
          partitionIndex: int32(),
          /** The next offset to consume, -1 when there is none. */
          committedOffset: int64(),
          committedLeaderEpoch: int32('all', { default: -1 }),
          /** What came with the commit. */
          metadata: string('all', { nullable: true }),
          errorCode: int16(),
        }),
      }),
      /** Of the group as a whole. */
      errorCode: int16('all', { default: 0 }),
    }),
  },
});

export type OffsetFetchRequest = RequestOf<typeof OffsetFetch>;
export type OffsetFetchResponse = ResponseOf<typeof OffsetFetch>;
