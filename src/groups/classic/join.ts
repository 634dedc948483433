import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { inWriteTime } from '../in-write-time.js';
import type { GroupState } from './group-state.js';
import { snapshotOf } from './group-snapshot.js';
import type { Member, MemberDetails } from './member.js';
import { joinFailure, type JoinRequest, type JoinResult } from './messages.js';
import { joinedAs, type ClassicEnvironment, type Rebalance } from './rebalance.js';

type Answer = (result: JoinResult) => void;

/** How members come into a classic group, and come back into it for each rebalance (KIP-394, KIP-345, KIP-814). */
export class JoinPhase {
  constructor(
    private readonly group: GroupState,
    private readonly rebalance: Rebalance,
    private readonly env: ClassicEnvironment,
    private readonly newUuid: () => string,
  ) {}

  join(request: JoinRequest): Promise<JoinResult> {
    const { promise, resolve } = Promise.withResolvers<JoinResult>();
    try {
      this.admit(request, resolve);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      resolve(joinFailure(request.memberId, error.code));
    }
    return promise;
  }

  private admit(request: JoinRequest, answer: Answer): void {
    const { group } = this;
    if (group.state === 'Dead') throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    if (!this.hasRoomFor(request)) {
      group.remove(request.memberId);
      answer(joinFailure('', ErrorCode.GROUP_MAX_SIZE_REACHED));
    } else if (!group.acceptsProtocols(request.protocolType, request.protocols)) {
      throw new KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    } else if (request.memberId === '') {
      this.admitUnknown(request, answer);
    } else if (group.pendingMembers.has(request.memberId) && request.instanceId === null) {
      this.addMember(request, request.memberId, answer);
    } else {
      this.rejoin(request, group.requireMember(request.memberId, request.instanceId), answer);
    }
  }

  /** Members who already wait are always let in; while joins are gathered, the first to come back keep their place. */
  private hasRoomFor({ memberId, instanceId }: JoinRequest): boolean {
    const { group } = this;
    const { maxGroupSize } = this.env.options;
    const replaced = memberId === '' && instanceId !== null ? group.staticMember(instanceId) : undefined;
    const member = replaced ?? group.members.get(memberId);
    switch (group.state) {
      case 'PreparingRebalance':
        return member?.awaitsJoin === true || group.all().filter(({ awaitsJoin }) => awaitsJoin).length < maxGroupSize;
      case 'CompletingRebalance':
      case 'Stable':
        return member !== undefined || group.members.size < maxGroupSize;
      default:
        return true;
    }
  }

  private admitUnknown(request: JoinRequest, answer: Answer): void {
    const { instanceId, clientId, needsKnownMemberId, sessionTimeoutMs } = request;
    const memberId = `${instanceId ?? clientId}-${this.newUuid()}`;
    const predecessor = instanceId === null ? undefined : this.group.staticMember(instanceId);
    if (predecessor !== undefined) {
      this.replaceStatic(request, predecessor, memberId, answer);
    } else if (instanceId === null && needsKnownMemberId) {
      this.rebalance.expect(memberId, sessionTimeoutMs);
      answer(joinFailure(memberId, ErrorCode.MEMBER_ID_REQUIRED));
    } else {
      this.addMember(request, memberId, answer);
    }
  }

  private addMember(request: JoinRequest, memberId: string, answer: Answer): void {
    const member = this.rebalance.addNewMember(detailsOf(request, memberId), request.protocolType);
    member.parkJoin(answer);
    this.rebalance.begin(`${memberId} joined: ${request.reason}`);
  }

  private rejoin(request: JoinRequest, member: Member, answer: Answer): void {
    const { group } = this;
    const isUnchanged = member.hasProtocols(request.protocols);
    switch (group.state) {
      case 'CompletingRebalance':
        // It did not get the answer, or its metadata changed.
        if (isUnchanged) this.repeatGeneration(member, group.isLeader(member.id), answer);
        else this.parkAgain(request, member, answer);
        return;
      case 'Stable':
        // A leader may have reasons that don't show in its metadata, such as new partitions.
        if (isUnchanged && !group.isLeader(member.id)) this.repeatGeneration(member, false, answer);
        else this.parkAgain(request, member, answer);
        return;
      case 'PreparingRebalance':
        this.parkAgain(request, member, answer);
        return;
      default:
        throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    }
  }

  private repeatGeneration(member: Member, isLeader: boolean, answer: Answer): void {
    member.session.extend(member.sessionTimeoutMs);
    answer(joinedAs(this.group, member.id, isLeader ? this.group.joinedMembers() : []));
  }

  private parkAgain(request: JoinRequest, member: Member, answer: Answer): void {
    update(member, request);
    member.parkJoin(answer);
    member.session.extend(member.sessionTimeoutMs);
    this.rebalance.begin(`${member.id} joined again: ${request.reason}`);
  }

  /** A static member has come back under a new member id: the old one is fenced from here on. */
  private replaceStatic(request: JoinRequest, old: Member, memberId: string, answer: Answer): void {
    const { group } = this;
    const leaderBefore = group.leaderId ?? '';
    const member = this.rebalance.newMember(detailsOf(request, memberId));
    member.assignment = old.assignment;
    group.replace(old, member);
    member.parkJoin(answer);
    if (group.state === 'Stable' && group.electProtocol() === group.protocolName) {
      void this.keepGeneration(request, old, member, leaderBefore);
    } else if (group.canRebalance) {
      // A leader that is assigning knows the old id, so its assignment would miss the new one.
      this.rebalance.prepare(`static member ${member.id} came back: ${request.reason}`);
    } else {
      this.rebalance.completeIfAllJoined();
    }
  }

  /**
   * Nothing that matters has changed: the member goes on where it was, without a rebalance.
   *
   * A leader is told to keep the assignment; one whose version has no word for that is told its old id as the leader's,
   * so that it doesn't assign anew.
   */
  private async keepGeneration(request: JoinRequest, old: Member, member: Member, leaderBefore: string): Promise<void> {
    const { group } = this;
    const { generationId } = group;
    try {
      await inWriteTime(this.env.clock, this.env.save(snapshotOf(group)));
    } catch (error) {
      const errorCode = this.rebalance.saveFailed(error);
      // A later generation has told the member its new id, and what it waits for now is something else.
      if (group.generationId !== generationId) return;
      if (member.answerJoin(joinFailure('', errorCode))) this.putBack(old, member);
      return;
    }
    // If a rebalance began meanwhile, the join takes part in it; if the member was replaced itself, it was answered.
    if (group.state !== 'Stable' || !member.awaitsJoin) return;
    member.session.extend(member.sessionTimeoutMs);
    const isLeader = group.isLeader(member.id);
    const result = joinedAs(group, member.id, []);
    if (!request.canSkipAssignment) member.answerJoin({ ...result, leader: leaderBefore });
    else member.answerJoin({ ...result, skipAssignment: isLeader, members: isLeader ? group.joinedMembers() : [] });
  }

  /** The member's new id was not stored, so the old one stays. */
  private putBack(old: Member, member: Member): void {
    const restored = this.rebalance.newMember(old);
    restored.assignment = member.assignment;
    this.group.replace(member, restored);
  }
}

function detailsOf(request: JoinRequest, id: string): MemberDetails {
  const { instanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocols } = request;
  return { id, instanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocols };
}

function update(member: Member, { sessionTimeoutMs, rebalanceTimeoutMs, protocols }: JoinRequest): void {
  member.sessionTimeoutMs = sessionTimeoutMs;
  member.rebalanceTimeoutMs = rebalanceTimeoutMs;
  member.protocols = protocols;
}
