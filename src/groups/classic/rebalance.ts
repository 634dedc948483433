import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { Logger } from '../../logging/logger.js';
import type { Clock, Timer } from '../../time/clock.js';
import type { GroupOptions } from '../group-options.js';
import type { GroupState } from './group-state.js';
import { snapshotOf, type GroupSnapshot } from './group-snapshot.js';
import { Member, type MemberDetails } from './member.js';
import { joinFailure, NO_BYTES, syncFailure, type JoinedMember, type JoinResult } from './messages.js';
import { SessionTimer } from './session-timer.js';

export interface ClassicEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: GroupOptions;
  /** Told of every rebalance that ended with an assignment. */
  readonly onRebalanced?: () => void;
  /**
   * Makes a state of the group durable. Calls take effect in their order.
   *
   * @throws KafkaError when it is not, or is not known to be: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
   *   UNKNOWN_SERVER_ERROR
   */
  save(snapshot: GroupSnapshot): Promise<void>;
}

/** A new member's join is answered after this time at the latest: its client may have given up on it, ms. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;

/** The steps that a rebalance takes, and the timers that move it on when members do not. */
export class Rebalance {
  private joinTimer: Timer | undefined;
  private syncTimer: Timer | undefined;

  constructor(
    private readonly group: GroupState,
    private readonly env: ClassicEnvironment,
  ) {}

  /** Starts a rebalance unless one is gathering joins; then looks whether it has them all. */
  begin(reason: string): void {
    if (this.group.canRebalance) this.prepare(reason);
    else this.completeIfAllJoined();
  }

  /** Gathers joins. Whoever waits for an assignment of the present generation is told to join again. */
  prepare(reason: string): void {
    const { group } = this;
    if (group.state === 'CompletingRebalance') this.failSync(ErrorCode.REBALANCE_IN_PROGRESS);
    this.endSyncPhase();
    const isInitial = group.state === 'Empty';
    group.transitionTo('PreparingRebalance');
    this.log('rebalance_started', { generation: group.generationId, members: group.members.size, reason });
    if (isInitial) this.waitForFirstMembers();
    else if (group.hasAllJoined) this.completeJoin();
    else this.scheduleJoinEnd();
  }

  /** Ends the join phase if nobody is missing; the initial delay is always waited out. */
  completeIfAllJoined(): void {
    const { group } = this;
    if (group.state === 'PreparingRebalance' && !group.isInitialRebalance && group.hasAllJoined) this.completeJoin();
  }

  /** A member with a session that runs from now on. */
  newMember(details: MemberDetails): Member {
    const member: Member = new Member(details, this.sessionOf(details.id));
    member.session.extend(details.sessionTimeoutMs);
    return member;
  }

  /** A member that has just come, and cannot send heartbeats before its join is answered. */
  addNewMember(details: MemberDetails, protocolType: string): Member {
    const { group } = this;
    const member = new Member(details, this.sessionOf(details.id));
    member.isNew = true;
    if (group.isInitialRebalance) group.newMemberAdded = true;
    group.add(member, protocolType);
    member.session.extend(NEW_MEMBER_JOIN_TIMEOUT_MS);
    return member;
  }

  /** Expects somebody to come back with the id that it was given. */
  expect(memberId: string, sessionTimeoutMs: number): void {
    const session = this.sessionOf(memberId);
    this.group.pendingMembers.set(memberId, session);
    session.extend(sessionTimeoutMs);
  }

  /** Takes a member out; what is still parked of its is answered UNKNOWN_MEMBER_ID. */
  drop(member: Member): void {
    this.group.remove(member.id);
    member.answerJoin(joinFailure('', ErrorCode.UNKNOWN_MEMBER_ID));
    member.answerSync(syncFailure(ErrorCode.UNKNOWN_MEMBER_ID));
  }

  /** Lets the others go on after members have gone. */
  afterDeparture(reason: string): void {
    const { state } = this.group;
    if (state === 'Stable' || state === 'CompletingRebalance') this.prepare(reason);
    else this.completeIfAllJoined();
  }

  /** The leader's assignment is durable: hands it out. */
  assign(assignments: ReadonlyMap<string, Buffer>): void {
    const { group } = this;
    for (const member of group.members.values()) {
      member.assignment = assignments.get(member.id) ?? NO_BYTES;
      const { protocolType, protocolName } = group;
      const { assignment } = member;
      if (member.answerSync({ errorCode: ErrorCode.NONE, protocolType, protocolName, assignment })) {
        member.session.extend(member.sessionTimeoutMs);
      }
    }
    group.transitionTo('Stable');
    this.env.onRebalanced?.();
  }

  /** Answers all who wait for an assignment of this generation that there will be none. */
  failSync(errorCode: ErrorCode): void {
    for (const member of this.group.members.values()) {
      member.assignment = NO_BYTES;
      if (member.answerSync(syncFailure(errorCode))) member.session.extend(member.sessionTimeoutMs);
    }
  }

  /** Ends everything: the group is gone, or this broker doesn't coordinate it any more. */
  stop(errorCode: ErrorCode): void {
    const { group } = this;
    this.joinTimer?.cancel();
    this.endSyncPhase();
    group.transitionTo('Dead');
    for (const id of [...group.pendingMembers.keys()]) group.remove(id);
    for (const member of group.all()) {
      group.remove(member.id);
      member.answerJoin(joinFailure(member.id, errorCode));
      member.answerSync(syncFailure(errorCode));
    }
  }

  /** What a save failed with, as members are told. */
  saveFailed(error: unknown): ErrorCode {
    const { groupId } = this.group;
    this.env.logger.warn({ event: 'group_save_failed', group: groupId, err: error }, 'group state was not stored');
    return error instanceof KafkaError ? error.code : ErrorCode.UNKNOWN_SERVER_ERROR;
  }

  private sessionOf(memberId: string): SessionTimer {
    return new SessionTimer(this.env.clock, () => this.sessionExpired(memberId));
  }

  private sessionExpired(memberId: string): void {
    const { group } = this;
    const member = group.members.get(memberId);
    if (member?.isExcused === true) return;
    this.log('member_expired', { member: memberId });
    if (member === undefined) {
      group.remove(memberId);
      this.completeIfAllJoined();
    } else {
      this.drop(member);
      this.afterDeparture(`the session of ${memberId} expired`);
    }
  }

  /** The first members wait for more: as long as somebody comes in every delay, up to the rebalance timeout. */
  private waitForFirstMembers(): void {
    const { initialRebalanceDelayMs } = this.env.options;
    const remainingMs = Math.max(this.group.rebalanceTimeoutMs - initialRebalanceDelayMs, 0);
    this.group.newMemberAdded = false;
    this.waitForMore(initialRebalanceDelayMs, remainingMs);
  }

  private waitForMore(delayMs: number, remainingMs: number): void {
    const { group } = this;
    this.setJoinTimer(delayMs, () => {
      if (group.newMemberAdded && remainingMs > 0) {
        group.newMemberAdded = false;
        const nextDelayMs = Math.min(this.env.options.initialRebalanceDelayMs, remainingMs);
        this.waitForMore(nextDelayMs, Math.max(remainingMs - delayMs, 0));
      } else {
        this.completeJoin();
      }
    });
  }

  private scheduleJoinEnd(): void {
    this.setJoinTimer(this.group.rebalanceTimeoutMs, () => this.completeJoin());
  }

  private setJoinTimer(delayMs: number, callback: () => void): void {
    this.joinTimer?.cancel();
    this.joinTimer = this.env.clock.setTimer(delayMs, callback);
  }

  /** The join phase is over. Dynamic members who did not join are out; static ones have until their session ends. */
  private completeJoin(): void {
    const { group } = this;
    this.joinTimer?.cancel();
    for (const member of group.all()) if (!member.isStatic && !member.awaitsJoin) this.drop(member);
    if (group.members.size === 0) {
      this.becomeEmpty();
    } else if (group.ensureJoinedLeader()) {
      this.beginGeneration();
    } else {
      this.scheduleJoinEnd();
    }
  }

  private becomeEmpty(): void {
    const { group } = this;
    group.generationId += 1;
    group.protocolName = null;
    group.transitionTo('Empty');
    this.log('group_empty', { generation: group.generationId });
    // Nobody waits for it. Until it is stored, a restart finds the former members and lets their sessions expire.
    this.env.save(snapshotOf(group)).catch((error: unknown) => this.saveFailed(error));
  }

  private beginGeneration(): void {
    const { group } = this;
    group.generationId += 1;
    group.protocolName = group.electProtocol() ?? null;
    group.transitionTo('CompletingRebalance');
    group.pendingSync.clear();
    this.log('generation_started', { generation: group.generationId, members: group.members.size });
    const members = group.joinedMembers();
    for (const member of group.members.values()) {
      group.pendingSync.add(member.id);
      if (!member.awaitsJoin) continue;
      member.isNew = false;
      member.session.extend(member.sessionTimeoutMs);
      member.answerJoin(joinedAs(group, member.id, group.isLeader(member.id) ? members : []));
    }
    this.syncTimer = this.env.clock.setTimer(group.rebalanceTimeoutMs, () => this.syncPhaseTimedOut());
  }

  /** Members who never asked for their assignment are out. */
  private syncPhaseTimedOut(): void {
    const { group } = this;
    if (group.pendingSync.size === 0) return;
    const missing = [...group.pendingSync];
    for (const id of missing) {
      const member = group.members.get(id);
      if (member !== undefined) this.drop(member);
    }
    this.log('members_did_not_sync', { members: missing });
    this.prepare(`${missing.join(', ')} did not sync`);
  }

  private endSyncPhase(): void {
    this.group.pendingSync.clear();
    this.syncTimer?.cancel();
    this.syncTimer = undefined;
  }

  private log(event: string, fields: Readonly<Record<string, unknown>>): void {
    this.env.logger.info({ event, group: this.group.groupId, ...fields }, 'group rebalance');
  }
}

/** Tells a member of the group's present generation. */
export function joinedAs(group: GroupState, memberId: string, members: readonly JoinedMember[]): JoinResult {
  return {
    errorCode: ErrorCode.NONE,
    memberId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    skipAssignment: false,
    members,
  };
}
