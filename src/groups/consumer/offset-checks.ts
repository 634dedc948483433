import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { Committer } from '../classic/classic-group.js';
import type { GroupState } from './group-state.js';
import type { ConsumerMember } from './member.js';

export interface CommittedPartition {
  readonly topicId: string;
  readonly partition: number;
}

/**
 * Checks that somebody may commit offsets. A member may still be at an earlier epoch than the group knows it to be at, as
 * long as it has had the partitions since then (KIP-1251).
 *
 * @throws KafkaError UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH; ILLEGAL_GENERATION for members of the classic protocol;
 *   UNSUPPORTED_VERSION when the request has no word for epochs
 */
export function checkCommit(
  group: GroupState,
  { memberId, generationId, knowsEpochs }: Committer,
  partitions: readonly CommittedPartition[],
): void {
  if (generationId < 0 && group.size === 0) return;
  const member = requireKnown(group, memberId);
  if (member.classic === null && !knowsEpochs) {
    throw new KafkaError(
      ErrorCode.UNSUPPORTED_VERSION,
      'OffsetCommit version 9 or above must be used by members using the consumer group protocol',
    );
  }
  if (generationId === member.epoch) return;
  const isStillItsOwn = ({ topicId, partition }: CommittedPartition) => {
    const since = group.assignmentEpoch(memberId, topicId, partition);
    return since !== undefined && since <= generationId;
  };
  if (generationId > member.epoch || !partitions.every(isStillItsOwn)) throw stale(member, generationId);
}

/**
 * Checks that a member that fetches offsets is at the epoch at which it takes itself to be. Others need not be members.
 *
 * @throws KafkaError UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH; ILLEGAL_GENERATION for members of the classic protocol
 */
export function checkFetch(group: GroupState, memberId: string | null, memberEpoch: number): void {
  if (memberId === null && memberEpoch < 0) return;
  const member = requireKnown(group, memberId ?? '');
  if (memberEpoch !== member.epoch) throw stale(member, memberEpoch);
}

function requireKnown(group: GroupState, memberId: string): ConsumerMember {
  const member = group.get(memberId);
  if (member !== undefined) return member;
  throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${group.groupId}.`);
}

function stale({ classic, epoch }: ConsumerMember, received: number): KafkaError {
  return classic === null
    ? new KafkaError(ErrorCode.STALE_MEMBER_EPOCH, `The member epoch is ${epoch}, not ${received}.`)
    : new KafkaError(ErrorCode.ILLEGAL_GENERATION, `The generation is ${epoch}, not ${received}.`);
}
