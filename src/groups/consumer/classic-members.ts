import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import {
  joinFailure,
  NO_BYTES,
  syncFailure,
  type ClassicProtocol,
  type JoinRequest,
  type JoinResult,
  type LeavingMember,
  type SyncRequest,
  type SyncResult,
} from '../classic/messages.js';
import {
  CONSUMER_PROTOCOL_TYPE,
  encodeAssignment,
  parseSubscription,
  type ConsumerSubscriptionInfo,
} from '../consumer-protocol.js';
import type { Coordination } from './coordination.js';
import { isWaitingForOthers } from './group-state.js';
import { newMember, sameSubscription, withChanges, type ConsumerMember } from './member.js';
import { requireMember, requireRoom, type Admission } from './membership.js';
import { fromNamed, toNamed } from './named-partitions.js';

/**
 * Members of a consumer group who speak the classic protocol, while the others already speak the new one (KIP-848,
 * "online migration"). They join and sync as ever, but nobody leads: the coordinator assigns. The generation of each is
 * its epoch; it is told to join again whenever there is a step for it to take.
 */
export class ClassicMembers implements ClassicProtocol {
  constructor(private readonly coordination: Coordination) {}

  /** Never rejects. */
  async join(request: JoinRequest): Promise<JoinResult> {
    try {
      return await this.admitAndAnswer(request);
    } catch (error) {
      if (error instanceof KafkaError) return joinFailure(request.memberId, error.code);
      throw error;
    }
  }

  /** Never rejects. */
  async sync(request: SyncRequest): Promise<SyncResult> {
    try {
      const { coordination } = this;
      const member = this.require(request.memberId, request.instanceId, request.generationId);
      const { protocolType, protocolName } = request;
      const isOther = (given: string | null, own: string) => given !== null && given !== own;
      if (isOther(protocolType, CONSUMER_PROTOCOL_TYPE) || isOther(protocolName, protocolOf(member))) {
        throw new KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      }
      // One that has partitions to give back has to learn that first.
      if (member.epoch < coordination.group.targetEpoch && member.state !== 'unrevoked') this.sendToJoin(member);
      coordination.timers.endWait(member.id);
      coordination.extendSession(member);
      await coordination.untilSaved(coordination.versionOf(member.id));
      return {
        errorCode: ErrorCode.NONE,
        protocolType: CONSUMER_PROTOCOL_TYPE,
        protocolName: protocolOf(member),
        assignment: encodeAssignment(
          toNamed(member.assigned, coordination.env.topics),
          member.classic?.protocols[0]?.metadata ?? NO_BYTES,
        ),
      };
    } catch (error) {
      if (error instanceof KafkaError) return syncFailure(error.code);
      throw error;
    }
  }

  /**
   * A sign of life.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION; REBALANCE_IN_PROGRESS when there is a
   *   newer assignment, when the member has partitions to give back, or when what it waits for has become free
   */
  heartbeat(memberId: string, instanceId: string | null, generationId: number): void {
    const { coordination } = this;
    const member = this.require(memberId, instanceId, generationId);
    coordination.extendSession(member);
    coordination.refreshTarget(false);
    const { group } = coordination;
    const mustRejoin =
      member.epoch < group.targetEpoch ||
      member.state === 'unrevoked' ||
      (member.state === 'unreleased' && !isWaitingForOthers(group, member));
    if (mustRejoin) this.sendToJoin(member);
  }

  /** Takes members out of the group. @returns an error code for each */
  leave(leaving: readonly LeavingMember[]): ErrorCode[] {
    this.coordination.checkAlive();
    return leaving.map((each) => {
      try {
        this.coordination.removeUnasked(this.find(each), 'member_left');
        return ErrorCode.NONE;
      } catch (error) {
        if (error instanceof KafkaError) return error.code;
        throw error;
      }
    });
  }

  private async admitAndAnswer(request: JoinRequest): Promise<JoinResult> {
    const { coordination } = this;
    coordination.checkAlive();
    const memberId = request.memberId || `${request.instanceId ?? request.clientId}-${coordination.env.newUuid()}`;
    const subscription = this.checkProtocols(request);
    const { known, member } = this.admit(request, memberId);
    if (request.memberId === '' && request.instanceId === null && request.needsKnownMemberId) {
      return joinFailure(memberId, ErrorCode.MEMBER_ID_REQUIRED);
    }
    const reported = withJoin(member, request, subscription);
    const next = coordination.update(known, reported, fromNamed(subscription.owned, coordination.env.topics));
    coordination.timers.wait(next.id, request.rebalanceTimeoutMs);
    const version = coordination.versionOf(next.id);
    coordination.handOverIfOnlyClassic();
    await coordination.untilSaved(version);
    return {
      errorCode: ErrorCode.NONE,
      memberId: next.id,
      generationId: next.epoch,
      protocolType: CONSUMER_PROTOCOL_TYPE,
      protocolName: protocolOf(next),
      // Nobody leads.
      leader: '',
      skipAssignment: false,
      members: [],
    };
  }

  private admit({ memberId: given, instanceId }: JoinRequest, memberId: string): Admission {
    const { group, env } = this.coordination;
    if (instanceId !== null) {
      if (given !== '') {
        const known = requireMember(group, { memberId: given, instanceId });
        return { known, member: known };
      }
      const known = group.getStatic(instanceId);
      if (known !== undefined) return { known, member: { ...known, id: memberId, epoch: 0, previousEpoch: 0 } };
    }
    const known = group.get(memberId);
    if (known === undefined) requireRoom(group, env.options.maxGroupSize);
    return { known, member: known ?? newMember(memberId) };
  }

  /** All members who speak the classic protocol must have one of its protocols in common, in case they are left alone. */
  private checkProtocols({ protocolType, protocols, memberId }: JoinRequest): ConsumerSubscriptionInfo {
    const others = this.coordination.group.all().filter(({ id, classic }) => classic !== null && id !== memberId);
    const isCommon = (name: string) =>
      others.every(({ classic }) => classic?.protocols.some((protocol) => protocol.name === name));
    const fits = protocolType === CONSUMER_PROTOCOL_TYPE && protocols.some(({ name }) => isCommon(name));
    const subscription = fits ? parseSubscription(protocols[0]?.metadata ?? NO_BYTES) : undefined;
    if (subscription === undefined) throw new KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    return subscription;
  }

  /** @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION */
  private require(memberId: string, instanceId: string | null, generationId: number): ConsumerMember {
    this.coordination.checkAlive();
    const member = requireMember(this.coordination.group, { memberId, instanceId });
    if (member.classic === null) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    if (member.epoch !== generationId) throw new KafkaError(ErrorCode.ILLEGAL_GENERATION);
    return member;
  }

  /** An administrator names a static member by its instance id alone. */
  private find({ memberId, instanceId }: LeavingMember): ConsumerMember {
    const { group } = this.coordination;
    const named = memberId === '' && instanceId !== null ? group.getStatic(instanceId) : undefined;
    const member = named ?? requireMember(group, { memberId, instanceId });
    if (member.classic === null) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    return member;
  }

  /** It has as long as a rebalance may take to come again. */
  private sendToJoin({ id, rebalanceTimeoutMs }: ConsumerMember): never {
    this.coordination.timers.waitUnlessWaiting(id, rebalanceTimeoutMs);
    throw new KafkaError(ErrorCode.REBALANCE_IN_PROGRESS);
  }
}

function withJoin(member: ConsumerMember, request: JoinRequest, info: ConsumerSubscriptionInfo): ConsumerMember {
  const subscription = { names: new Set(info.topics), pattern: '' };
  return withChanges(member, {
    instanceId: request.instanceId ?? member.instanceId,
    rackId: info.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    clientId: request.clientId,
    clientHost: request.clientHost,
    subscription: sameSubscription(member.subscription, subscription) ? member.subscription : subscription,
    assignorName: null,
    classic: { sessionTimeoutMs: request.sessionTimeoutMs, protocols: request.protocols },
  });
}

/** The protocol under which a member was told that it joined: the one that it likes best. */
function protocolOf({ classic }: ConsumerMember): string {
  return classic?.protocols[0]?.name ?? '';
}
