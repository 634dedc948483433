import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { GroupState, type ClassicState } from './group-state.js';
import { snapshotOf, type GroupSnapshot } from './group-snapshot.js';
import { JoinPhase } from './join.js';
import type { Member } from './member.js';
import {
  NO_BYTES,
  syncFailure,
  type ClassicProtocol,
  type JoinRequest,
  type JoinResult,
  type LeavingMember,
  type SyncRequest,
  type SyncResult,
} from './messages.js';
import { Rebalance, type ClassicEnvironment } from './rebalance.js';
import { inWriteTime } from '../in-write-time.js';

/** Who commits offsets, as OffsetCommit says. */
export interface Committer {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** −1 for clients that are no members; the member's epoch in groups of the consumer protocol. */
  readonly generationId: number;
  /** Whether the client can know of epochs: those of the consumer protocol came with v9. */
  readonly knowsEpochs: boolean;
}

/**
 * A group of the classic protocol: its members, who join, are given an assignment by the one that leads them, and are
 * put out when they fall silent.
 *
 * What it is asked is carried out at once, in the order of the calls; only the answers may take time. Nothing is
 * written but the state that a generation ends up with.
 */
export class ClassicGroup implements ClassicProtocol {
  readonly type = 'classic';
  private readonly group: GroupState;
  private readonly rebalance: Rebalance;
  private readonly joins: JoinPhase;
  /** The last generation whose leader has assigned. */
  private assignedGeneration = -1;

  constructor(
    readonly id: string,
    private readonly env: ClassicEnvironment,
    newUuid: () => string,
  ) {
    this.group = new GroupState(id, () => env.clock.now());
    this.rebalance = new Rebalance(this.group, env);
    this.joins = new JoinPhase(this.group, this.rebalance, env, newUuid);
  }

  /** A group as it was stored. Its members' sessions begin anew. */
  static restore(snapshot: GroupSnapshot, env: ClassicEnvironment, newUuid: () => string): ClassicGroup {
    const restored = new ClassicGroup(snapshot.groupId, env, newUuid);
    restored.takeOver(snapshot);
    return restored;
  }

  get state(): ClassicState {
    return this.group.state;
  }

  get generationId(): number {
    return this.group.generationId;
  }

  /** Empty in groups that never had members. */
  get protocolType(): string {
    return this.group.protocolType ?? '';
  }

  /** Wall-clock time of the last change of state, ms. */
  get changedAt(): number {
    return this.group.changedAt;
  }

  /** In the order in which they came. */
  get members(): readonly Member[] {
    return this.group.all();
  }

  /** Whether it never had members: it only keeps offsets. */
  get isSimple(): boolean {
    return this.group.protocolType === null && this.group.pendingMembers.size === 0;
  }

  /** Whether nobody is in it, nor expected. */
  get isVacant(): boolean {
    return this.state === 'Empty' && this.group.pendingMembers.size === 0;
  }

  /** The elected protocol; null when there is none. */
  get protocolName(): string | null {
    return this.group.protocolName;
  }

  /** Waits until the member is in a generation, or is refused. Never rejects. */
  join(request: JoinRequest): Promise<JoinResult> {
    return this.joins.join(request);
  }

  /** Waits for the assignment of the member, or for the news that there will be none. Never rejects. */
  sync(request: SyncRequest): Promise<SyncResult> {
    const { group } = this;
    const { promise, resolve } = Promise.withResolvers<SyncResult>();
    try {
      const member = this.checkSync(request);
      if (group.state === 'PreparingRebalance') throw new KafkaError(ErrorCode.REBALANCE_IN_PROGRESS);
      group.pendingSync.delete(member.id);
      if (group.state === 'Stable') {
        const { protocolType, protocolName } = group;
        member.session.extend(member.sessionTimeoutMs);
        resolve({ errorCode: ErrorCode.NONE, protocolType, protocolName, assignment: member.assignment });
      } else {
        member.parkSync(resolve);
        if (group.isLeader(member.id)) void this.store(request.assignments);
      }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      resolve(syncFailure(error.code));
    }
    return promise;
  }

  /**
   * A sign of life.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION; REBALANCE_IN_PROGRESS to have the
   *   member join again
   */
  heartbeat(memberId: string, instanceId: string | null, generationId: number): void {
    this.checkAlive();
    const member = this.group.requireMember(memberId, instanceId);
    if (generationId !== this.generationId) throw new KafkaError(ErrorCode.ILLEGAL_GENERATION);
    if (!member.isNew) member.session.extend(member.sessionTimeoutMs);
    if (this.state === 'PreparingRebalance') throw new KafkaError(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  /**
   * Takes members out of the group.
   *
   * @returns an error code for each
   * @throws KafkaError COORDINATOR_NOT_AVAILABLE when the group is being deleted
   */
  leave(leaving: readonly LeavingMember[]): ErrorCode[] {
    this.checkAlive();
    const codes = leaving.map((member) => this.leaveOne(member));
    const gone = leaving.filter((_, index) => codes[index] === ErrorCode.NONE);
    if (gone.length > 0) {
      const names = gone.map(({ memberId, instanceId, reason }) => `${memberId || (instanceId ?? '')} (${reason})`);
      this.rebalance.afterDeparture(`${names.join(', ')} left`);
    }
    return codes;
  }

  /**
   * Checks that somebody may commit offsets, which is a sign of life too.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION; REBALANCE_IN_PROGRESS while the
   *   generation has no assignment yet
   */
  checkCommit({ memberId, instanceId, generationId }: Committer): void {
    this.checkAlive();
    if (generationId < 0 && this.state === 'Empty') return;
    if (generationId < 0 && memberId === '' && instanceId === null) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    const member = this.group.requireMember(memberId, instanceId);
    if (generationId !== this.generationId) throw new KafkaError(ErrorCode.ILLEGAL_GENERATION);
    if (this.state === 'CompletingRebalance') throw new KafkaError(ErrorCode.REBALANCE_IN_PROGRESS);
    if (!member.isNew) member.session.extend(member.sessionTimeoutMs);
  }

  /** The group as it would be stored now. */
  snapshot(): GroupSnapshot {
    return snapshotOf(this.group);
  }

  /** Has all members join again. */
  beginRebalance(reason: string): void {
    this.rebalance.begin(reason);
  }

  /** Ends the group in memory. Whoever waits in it is answered with the error. */
  stop(errorCode: ErrorCode): void {
    this.rebalance.stop(errorCode);
  }

  private takeOver({ members, ...stored }: GroupSnapshot): void {
    const { group } = this;
    group.generationId = stored.generationId;
    for (const details of members) {
      const member = this.rebalance.newMember(details);
      member.assignment = details.assignment;
      group.add(member, stored.protocolType ?? '');
    }
    group.protocolType = stored.protocolType;
    group.protocolName = stored.protocolName;
    group.leaderId = stored.leaderId;
    group.restore(members.length === 0 ? 'Empty' : 'Stable', stored.changedAt);
    if (members.length > this.env.options.maxGroupSize) this.rebalance.prepare('the group is larger than allowed');
  }

  private checkAlive(): void {
    if (this.state === 'Dead') throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }

  /** @throws KafkaError */
  private checkSync({ memberId, instanceId, generationId, protocolType, protocolName }: SyncRequest): Member {
    this.checkAlive();
    const { group } = this;
    const member = group.requireMember(memberId, instanceId);
    if (generationId !== group.generationId) throw new KafkaError(ErrorCode.ILLEGAL_GENERATION);
    const isOther = (given: string | null, own: string | null) => given !== null && given !== own;
    if (isOther(protocolType, group.protocolType) || isOther(protocolName, group.protocolName)) {
      throw new KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }
    return member;
  }

  /** Makes the leader's assignment durable, then hands it out. */
  private async store(given: ReadonlyMap<string, Buffer>): Promise<void> {
    const { group, rebalance } = this;
    const { generationId } = group;
    if (this.assignedGeneration === generationId) return;
    this.assignedGeneration = generationId;
    const assignments = new Map(group.all().map(({ id }) => [id, given.get(id) ?? NO_BYTES]));
    const isCurrent = () => group.state === 'CompletingRebalance' && group.generationId === generationId;
    try {
      await inWriteTime(this.env.clock, this.env.save(snapshotOf(group, assignments)));
      // Else the group went on meanwhile: those who waited were told to join again.
      if (isCurrent()) rebalance.assign(assignments);
    } catch (error) {
      const errorCode = rebalance.saveFailed(error);
      if (!isCurrent()) return;
      rebalance.failSync(errorCode);
      rebalance.prepare('the assignment could not be stored');
    }
  }

  private leaveOne({ memberId, instanceId }: LeavingMember): ErrorCode {
    const { group, rebalance } = this;
    if (memberId === '') {
      const member = instanceId === null ? undefined : group.staticMember(instanceId);
      if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
      rebalance.drop(member);
      return ErrorCode.NONE;
    }
    if (group.pendingMembers.has(memberId)) {
      group.remove(memberId);
      return ErrorCode.NONE;
    }
    try {
      rebalance.drop(group.requireMember(memberId, instanceId));
      return ErrorCode.NONE;
    } catch (error) {
      if (error instanceof KafkaError) return error.code;
      throw error;
    }
  }
}
