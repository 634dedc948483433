/**
 * OffsetCommit (key 8): stores the offsets up to which a group has consumed.
 *
 * - Every partition gets its own result; errors of the group appear at each partition.
 * - Members of a group give their generation; a client without membership gives -1 and an empty member id.
 *
 * Versions:
 * - v2 is the oldest served (KIP-896).
 * - v3 adds the throttle time.
 * - v5 drops the retention time: the broker's configuration decides (KIP-211).
 * - v6 adds leader epochs (KIP-320).
 * - v7 adds static membership (KIP-345).
 * - v8 is flexible.
 * - v9 can serve members of the consumer protocol, and may answer STALE_MEMBER_EPOCH and GROUP_ID_NOT_FOUND (KIP-848).
 * - v10 names topics by id instead of name (KIP-848).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, string, uuid } from '../codec/declare.js';

export const OffsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: '2-10',
  flexible: '8+',
  request: {
    groupId: string(),
    /** The generation in the classic protocol, the member epoch in the consumer protocol; -1 without membership. */
    generationIdOrMemberEpoch: int32('all', { default: -1 }),
    memberId: string(),
    /** Set by static members. */
    groupInstanceId: string('7+', { nullable: true, default: null }),
    /** How long to keep the offset, -1 for the broker's default. */
    retentionTimeMs: int64('2-4', { default: -1, ignorable: true }),
    topics: array('all', {
      /** Up to v9; empty later. */
      name: string('2-9', { ignorable: true }),
      /** From v10; zero before. */
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('all', {
        partitionIndex: int32(),
        /** The next offset to consume. */
        committedOffset: int64(),
        /** The epoch of the last consumed record, -1 when unknown. */
        committedLeaderEpoch: int32('6+', { default: -1, ignorable: true }),
        /** Kept and given back as it is. */
        committedMetadata: string('all', { nullable: true }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('3+', { default: 0, ignorable: true }),
    topics: array('all', {
      /** Up to v9; empty later. */
      name: string('2-9', { ignorable: true }),
      /** From v10; zero before. */
      topicId: uuid('10+', { ignorable: true }),
      partitions: array('all', {
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});

export type OffsetCommitRequest = RequestOf<typeof OffsetCommit>;
export type OffsetCommitResponse = ResponseOf<typeof OffsetCommit>;
