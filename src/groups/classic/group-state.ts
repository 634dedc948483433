import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { Member } from './member.js';
import { joinFailure, syncFailure, type JoinedMember, type MemberProtocol } from './messages.js';
import { commonProtocols, electProtocol } from './protocol-choice.js';
import type { SessionTimer } from './session-timer.js';

/** As Kafka prints them. */
export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

const PREVIOUS_STATES: Readonly<Record<ClassicState, readonly ClassicState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Empty', 'CompletingRebalance', 'Stable'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'],
};

/**
 * Who is in a classic group, and how far it is:
 *
 *     Empty ─▶ PreparingRebalance ─▶ CompletingRebalance ─▶ Stable
 *       ▲              │  ▲                  │                │
 *       └──────────────┘  └──────────────────┴────────────────┘
 *
 * In PreparingRebalance the joins of all members are gathered; then the generation grows by one. In CompletingRebalance
 * the assignment of the leader is awaited. Timers and persistence are not here.
 */
export class GroupState {
  /** In the order in which they came. */
  readonly members = new Map<string, Member>();
  /** Members that were given an id and have not come back with it, with the time that they have for that (KIP-394). */
  readonly pendingMembers = new Map<string, SessionTimer>();
  /** Members of the generation that have not asked for their assignment. */
  readonly pendingSync = new Set<string>();
  generationId = 0;
  /** Null in groups that never had members. */
  protocolType: string | null = null;
  /** The elected protocol. */
  protocolName: string | null = null;
  leaderId: string | null = null;
  /** Wall-clock time of the last change of state, ms. */
  changedAt: number;
  /** Members came since the initial delay was last looked at. */
  newMemberAdded = false;
  private current: ClassicState = 'Empty';
  private previous: ClassicState = 'Dead';
  private readonly staticMembers = new Map<string, string>();

  constructor(
    readonly groupId: string,
    private readonly now: () => number,
  ) {
    this.changedAt = now();
  }

  get state(): ClassicState {
    return this.current;
  }

  /** Whether the group is gathering its first members, or the first after it was empty. */
  get isInitialRebalance(): boolean {
    return this.current === 'PreparingRebalance' && this.previous === 'Empty';
  }

  /** Whether a change of members starts a rebalance now. */
  get canRebalance(): boolean {
    return PREVIOUS_STATES.PreparingRebalance.includes(this.current);
  }

  /** Whether every member has joined, and nobody is expected back. */
  get hasAllJoined(): boolean {
    return this.pendingMembers.size === 0 && this.all().every((member) => member.awaitsJoin);
  }

  /** The longest that any member may take to join, ms. */
  get rebalanceTimeoutMs(): number {
    return this.all().reduce((longest, member) => Math.max(longest, member.rebalanceTimeoutMs), 0);
  }

  all(): Member[] {
    return [...this.members.values()];
  }

  transitionTo(state: ClassicState): void {
    if (!PREVIOUS_STATES[state].includes(this.current)) {
      throw new Error(`group ${this.groupId} cannot go from ${this.current} to ${state}`);
    }
    this.previous = this.current;
    this.current = state;
    this.changedAt = this.now();
  }

  /** Takes over what the metadata store knows. */
  restore(state: 'Empty' | 'Stable', changedAt: number): void {
    this.current = state;
    this.changedAt = changedAt;
  }

  /** @throws Error when the instance id is taken: replace that member instead */
  add(member: Member, protocolType: string): void {
    if (member.instanceId !== null) {
      if (this.staticMembers.has(member.instanceId)) throw new Error(`instance ${member.instanceId} is in the group`);
      this.staticMembers.set(member.instanceId, member.id);
    }
    if (this.members.size === 0) this.protocolType = protocolType;
    this.leaderId ??= member.id;
    this.members.set(member.id, member);
    this.dropPending(member.id);
  }

  /** Takes a member, or one that was still to come, out of the group. Its session ends; what it has parked stays so. */
  remove(memberId: string): void {
    const member = this.members.get(memberId);
    this.members.delete(memberId);
    member?.session.stop();
    if (member !== undefined && member.instanceId !== null) this.staticMembers.delete(member.instanceId);
    if (this.leaderId === memberId) this.leaderId = this.members.keys().next().value ?? null;
    this.dropPending(memberId);
    this.pendingSync.delete(memberId);
  }

  /** Puts a static member in the place of the one with its instance id, whose parked requests are fenced. */
  replace(old: Member, replacement: Member): void {
    old.answerJoin(joinFailure(old.id, ErrorCode.FENCED_INSTANCE_ID));
    old.answerSync(syncFailure(ErrorCode.FENCED_INSTANCE_ID));
    old.session.stop();
    const members = this.all().map((member) => (member === old ? replacement : member));
    this.members.clear();
    for (const member of members) this.members.set(member.id, member);
    if (this.leaderId === old.id) this.leaderId = replacement.id;
    if (replacement.instanceId !== null) this.staticMembers.set(replacement.instanceId, replacement.id);
    if (this.pendingSync.delete(old.id)) this.pendingSync.add(replacement.id);
  }

  staticMember(instanceId: string): Member | undefined {
    const memberId = this.staticMembers.get(instanceId);
    return memberId === undefined ? undefined : this.members.get(memberId);
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId;
  }

  /**
   * The member that a request speaks for.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when its instance id belongs to another member by now
   */
  requireMember(memberId: string, instanceId: string | null): Member {
    if (instanceId !== null) {
      const owner = this.staticMembers.get(instanceId);
      if (owner !== undefined && owner !== memberId) throw new KafkaError(ErrorCode.FENCED_INSTANCE_ID);
      if (owner === undefined) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    }
    const member = this.members.get(memberId);
    if (member === undefined) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    return member;
  }

  /** Whether somebody with these protocols can be a member. */
  acceptsProtocols(protocolType: string, protocols: readonly MemberProtocol[]): boolean {
    if (this.current === 'Empty') return protocolType !== '' && protocols.length > 0;
    if (protocolType !== this.protocolType) return false;
    if (this.members.size === 0) return protocols.length > 0;
    const common = commonProtocols(this.all());
    return protocols.some(({ name }) => common.includes(name));
  }

  /** The protocol that the members would choose now. */
  electProtocol(): string | undefined {
    return electProtocol(this.all());
  }

  /** Makes somebody who has joined the leader. @returns false when nobody has */
  ensureJoinedLeader(): boolean {
    const leader = this.leaderId === null ? undefined : this.members.get(this.leaderId);
    if (leader?.awaitsJoin === true) return true;
    const joined = this.all().find((member) => member.awaitsJoin);
    if (joined !== undefined) this.leaderId = joined.id;
    return joined !== undefined;
  }

  /** The members as the leader is told of them. */
  joinedMembers(): JoinedMember[] {
    return this.all().map((member) => ({
      memberId: member.id,
      instanceId: member.instanceId,
      metadata: member.metadataFor(this.protocolName),
    }));
  }

  private dropPending(memberId: string): void {
    this.pendingMembers.get(memberId)?.stop();
    this.pendingMembers.delete(memberId);
  }
}
