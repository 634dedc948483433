import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { GroupState } from './group-state.js';
import type { ConsumerHeartbeat } from './heartbeat.js';
import {
  isAway,
  JOIN_EPOCH,
  newMember,
  sameSubscription,
  withChanges,
  type ConsumerMember,
  type Subscription,
} from './member.js';
import { isSubset, partitionsOf } from './partitions.js';

export interface Admission {
  /** The member as the group has it: with another id when it is a static one that comes back. */
  readonly known: ConsumerMember | undefined;
  /** The member that the request is from. */
  readonly member: ConsumerMember;
}

/**
 * Finds the member that a heartbeat is from; one that joins may be new. Changes nothing.
 *
 * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID,
 *   GROUP_MAX_SIZE_REACHED
 */
export function admit(
  group: GroupState,
  request: ConsumerHeartbeat,
  maxGroupSize: number,
  newUuid: () => string,
): Admission {
  const { memberId, memberEpoch, instanceId } = request;
  if (memberEpoch !== JOIN_EPOCH) {
    const known = requireMember(group, request);
    checkEpoch(known, request);
    return { known, member: known };
  }
  const same = instanceId === null ? undefined : group.getStatic(instanceId);
  if (same !== undefined && same.id !== memberId) {
    // One that speaks the classic protocol has no way to say that it goes away.
    if (!isAway(same) && same.classic === null) {
      throw new KafkaError(
        ErrorCode.UNRELEASED_INSTANCE_ID,
        `Static member ${memberId} with instance id ${same.instanceId ?? ''} cannot join the group because the ` +
          `instance id is owned by ${same.id} member.`,
      );
    }
    return {
      known: same,
      member: { ...same, id: memberId || newUuid(), epoch: JOIN_EPOCH, previousEpoch: JOIN_EPOCH },
    };
  }
  const known = group.get(memberId);
  // One that comes back under its id begins anew, but for the partitions that are still its own.
  if (known !== undefined) return { known, member: isAway(known) ? { ...known, epoch: JOIN_EPOCH } : known };
  requireRoom(group, maxGroupSize);
  return { known: undefined, member: newMember(memberId || newUuid()) };
}

/** @throws KafkaError GROUP_MAX_SIZE_REACHED */
export function requireRoom(group: GroupState, maxGroupSize: number): void {
  if (group.size < maxGroupSize) return;
  throw new KafkaError(
    ErrorCode.GROUP_MAX_SIZE_REACHED,
    `The consumer group has reached its maximum capacity of ${maxGroupSize} members.`,
  );
}

/**
 * The member that a request names, by its instance id if it has one.
 *
 * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID
 */
export function requireMember(
  group: GroupState,
  { memberId, instanceId }: Pick<ConsumerHeartbeat, 'memberId' | 'instanceId'>,
): ConsumerMember {
  if (instanceId === null) {
    const member = group.get(memberId);
    if (member !== undefined) return member;
    throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${group.groupId}.`);
  }
  const member = group.getStatic(instanceId);
  if (member === undefined) {
    throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  }
  if (member.id !== memberId) {
    throw new KafkaError(
      ErrorCode.FENCED_INSTANCE_ID,
      `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.id}.`,
    );
  }
  return member;
}

/** The member with all that its heartbeat says of it. */
export function withReported(member: ConsumerMember, request: ConsumerHeartbeat): ConsumerMember {
  return withChanges(member, {
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    assignorName: request.serverAssignor ?? member.assignorName,
    subscription: reportedSubscription(member.subscription, request),
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: null,
  });
}

/** Whether a heartbeat says everything, as the first does, and the first after a failure. */
export function isFullRequest(request: ConsumerHeartbeat): boolean {
  const { rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, topicPartitions } = request;
  const hasSubscription = subscribedTopicNames !== null || subscribedTopicRegex !== null;
  return rebalanceTimeoutMs !== -1 && hasSubscription && topicPartitions !== null;
}

function reportedSubscription(before: Subscription, request: ConsumerHeartbeat): Subscription {
  const { subscribedTopicNames: names, subscribedTopicRegex: pattern } = request;
  const after: Subscription = {
    names: names === null ? before.names : new Set(names),
    pattern: pattern ?? before.pattern,
  };
  return sameSubscription(before, after) ? before : after;
}

/**
 * A member may come with the epoch before its own when it has not heard of that: it then has no more than what was
 * assigned to it.
 */
function checkEpoch({ epoch, previousEpoch, assigned }: ConsumerMember, request: ConsumerHeartbeat): void {
  const { memberEpoch, topicPartitions } = request;
  if (memberEpoch === epoch) return;
  const mayHaveMissed =
    memberEpoch < epoch &&
    memberEpoch === previousEpoch &&
    topicPartitions !== null &&
    isSubset(partitionsOf(topicPartitions), assigned);
  if (mayHaveMissed) return;
  throw new KafkaError(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${memberEpoch > epoch ? 'greater' : 'smaller'} member epoch (${memberEpoch}) than ` +
      `the one known by the group coordinator (${epoch}). The member must abandon all its partitions and rejoin.`,
  );
}
