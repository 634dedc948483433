import type { Logger } from '../../logging/logger.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { Clock, Timer } from '../../time/clock.js';
import { SessionTimer } from '../classic/session-timer.js';
import { GroupState, type ConsumerGroupState } from './group-state.js';
import type { ConsumerHeartbeat, HeartbeatResult } from './heartbeat.js';
import { isAway, JOIN_EPOCH, LEAVE_EPOCH, STATIC_LEAVE_EPOCH, type ConsumerMember } from './member.js';
import { admit, isFullRequest, requireMember, withReported } from './membership.js';
import { listPartitions, NO_PARTITIONS, partitionsOf, samePartitions, type Partitions } from './partitions.js';
import type { GroupSnapshot } from './snapshot.js';
import { StateSaver } from './state-saver.js';
import type { TopicsView } from './subscriptions.js';

/** Times in ms; the names in brackets are Apache Kafka's settings of the same meaning. */
export interface ConsumerGroupOptions {
  /** How often members are to send heartbeats (`group.consumer.heartbeat.interval.ms`). */
  readonly heartbeatIntervalMs: number;
  /** How long a member may be silent (`group.consumer.session.timeout.ms`). */
  readonly sessionTimeoutMs: number;
  /** How long a target is kept at least, so that members who come together get one together (`group.consumer.assignment.interval.ms`). */
  readonly assignmentIntervalMs: number;
  /** Members that a group may have (`group.consumer.max.size`). */
  readonly maxGroupSize: number;
}

export interface ConsumerGroupEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: ConsumerGroupOptions;
  readonly topics: TopicsView;
  readonly newUuid: () => string;
  /** Told of every target assignment that is made. */
  readonly onRebalanced?: () => void;
  /**
   * Makes a state of the group durable. Calls take effect in their order.
   *
   * @throws KafkaError when it is not, or is not known to be: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
   *   UNKNOWN_SERVER_ERROR
   */
  save(snapshot: GroupSnapshot): Promise<void>;
}

interface Answer {
  readonly result: HeartbeatResult;
  /** The version of the state that must be durable before the answer is given. */
  readonly version: number;
}

interface MemberTimers {
  readonly session: SessionTimer;
  revocation: Timer | undefined;
}

/**
 * A group of the consumer protocol (KIP-848): the coordinator gives partitions to its members, who only say what they
 * subscribe to and what they have.
 *
 * What it is asked is carried out at once, in the order of the calls. The answer waits until what it says is durable, so
 * that whoever coordinates the group next knows of every partition that a member was given.
 */
export class ConsumerGroup {
  private readonly group: GroupState;
  private readonly saver: StateSaver;
  private readonly timers = new Map<string, MemberTimers>();
  /** The version of the state with the last change of each member. */
  private readonly versions = new Map<string, number>();
  private assignmentTimer: Timer | undefined;
  private lastAssignedAt = -Infinity;
  private isDead = false;

  constructor(
    readonly id: string,
    private readonly env: ConsumerGroupEnvironment,
  ) {
    this.group = new GroupState(id, env.topics, () => env.clock.now());
    this.saver = new StateSaver(() => env.save(this.group.snapshot()));
  }

  /** A group as it was stored. Its members' sessions begin anew. */
  static restore(snapshot: GroupSnapshot, env: ConsumerGroupEnvironment): ConsumerGroup {
    const restored = new ConsumerGroup(snapshot.groupId, env);
    restored.group.restore(snapshot);
    for (const member of restored.group.all()) {
      restored.extendSession(member);
      restored.watchRevocation(undefined, member);
    }
    return restored;
  }

  get state(): ConsumerGroupState {
    return this.isDead ? 'Dead' : this.group.state;
  }

  get groupEpoch(): number {
    return this.group.groupEpoch;
  }

  /** The group epoch for which the target assignment was made. */
  get targetEpoch(): number {
    return this.group.targetEpoch;
  }

  /** Wall-clock time when it last became empty or ceased to be, ms. */
  get changedAt(): number {
    return this.group.changedAt;
  }

  get assignorName(): string {
    return this.group.assignor.name;
  }

  /** In the order in which they came. */
  get members(): readonly ConsumerMember[] {
    return this.group.all();
  }

  /** What a member is to have. */
  targetOf(memberId: string): Partitions {
    return this.group.targetOf(memberId);
  }

  /** The ids of the topics that members subscribe to, by name or by pattern. */
  subscribedTopics(): ReadonlySet<string> {
    return new Set(
      this.group.all().flatMap(({ subscription }) => [...this.group.subscriptions.topicIds(subscription)]),
    );
  }

  /**
   * Joins, reports, or leaves, as the epoch says. The request has been validated.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID,
   *   GROUP_MAX_SIZE_REACHED, INVALID_REGULAR_EXPRESSION; and as `save`, COORDINATOR_NOT_AVAILABLE when it takes too long
   */
  async heartbeat(request: ConsumerHeartbeat): Promise<HeartbeatResult> {
    this.checkAlive();
    const { memberEpoch } = request;
    const isLeaving = memberEpoch === LEAVE_EPOCH || memberEpoch === STATIC_LEAVE_EPOCH;
    const { result, version } = isLeaving ? this.leave(request) : this.report(request);
    await this.saver.untilSaved(version);
    return result;
  }

  /** Topics were created or deleted, or have more partitions. Members hear of it with their next heartbeats. */
  topicsChanged(): void {
    this.group.topicsChanged();
  }

  /** Ends the group in memory. */
  stop(): void {
    this.isDead = true;
    this.assignmentTimer?.cancel();
    for (const id of [...this.timers.keys()]) this.stopTimers(id);
  }

  private report(request: ConsumerHeartbeat): Answer {
    const { group } = this;
    const isJoining = request.memberEpoch === JOIN_EPOCH;
    const { known, member } = admit(group, request, this.env.options.maxGroupSize, this.env.newUuid);
    const reported = withReported(member, request);
    if (known !== undefined && known.id !== reported.id) this.replaceStatic(known, reported);
    else group.put(reported);

    group.beginEpoch(known?.subscription !== reported.subscription);
    this.assignWhenDue();
    const owned = request.topicPartitions === null ? undefined : partitionsOf(request.topicPartitions);
    const next = group.step(reported, owned);
    if (next !== known) this.changed(next.id);
    this.extendSession(next);
    this.watchRevocation(known, next);

    const isNews = known === undefined || !samePartitions(known.assigned, next.assigned);
    const result = {
      memberId: next.id,
      memberEpoch: next.epoch,
      heartbeatIntervalMs: this.env.options.heartbeatIntervalMs,
      assignment: isJoining || isFullRequest(request) || isNews ? listPartitions(next.assigned) : null,
    };
    // Also when nothing has changed now: an earlier change may not be durable yet.
    return { result, version: this.versions.get(next.id) ?? 0 };
  }

  private leave(request: ConsumerHeartbeat): Answer {
    const { memberId, memberEpoch } = request;
    const member = requireMember(this.group, request);
    const isForAWhile = memberEpoch === STATIC_LEAVE_EPOCH;
    const version = isForAWhile ? this.leaveForAWhile(member) : this.remove(member, 'member_left');
    return { result: { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }, version };
  }

  /** What it was told to give back is free: it has stopped consuming. The rest waits for it until its session ends. */
  private leaveForAWhile(member: ConsumerMember): number {
    const away: ConsumerMember = {
      ...member,
      epoch: STATIC_LEAVE_EPOCH,
      state: 'stable',
      pendingRevocation: NO_PARTITIONS,
    };
    this.group.put(away);
    this.watchRevocation(member, away);
    this.log('member_away', { member: member.id, instance: member.instanceId });
    return this.changed(member.id);
  }

  private replaceStatic(before: ConsumerMember, after: ConsumerMember): void {
    this.group.replaceStatic(before, after);
    this.stopTimers(before.id);
    this.versions.delete(before.id);
    this.log('static_member_replaced', { member: after.id, instance: after.instanceId, previous: before.id });
  }

  /** The others get what it had with their next heartbeats. @returns the version of the state without it */
  private remove(member: ConsumerMember, event: string): number {
    this.stopTimers(member.id);
    this.group.remove(member);
    this.group.beginEpoch(true);
    this.versions.delete(member.id);
    this.log(event, { member: member.id, epoch: this.group.groupEpoch });
    return this.saver.changed();
  }

  /** Makes a target for the group's epoch, now or when the present one has been there for long enough. */
  private assignWhenDue(): void {
    const { group, env } = this;
    if (group.targetEpoch >= group.groupEpoch) return;
    const waitMs = this.lastAssignedAt + env.options.assignmentIntervalMs - env.clock.monotonic();
    if (waitMs <= 0) this.assign();
    else this.assignmentTimer ??= env.clock.setTimer(waitMs, () => this.assign());
  }

  private assign(): void {
    this.assignmentTimer?.cancel();
    this.assignmentTimer = undefined;
    this.lastAssignedAt = this.env.clock.monotonic();
    this.group.assign();
    this.log('target_assigned', {
      epoch: this.group.targetEpoch,
      members: this.group.size,
      assignor: this.assignorName,
    });
    this.env.onRebalanced?.();
  }

  /** @returns the version of the state with the change */
  private changed(memberId: string): number {
    const version = this.saver.changed();
    this.versions.set(memberId, version);
    return version;
  }

  private extendSession(member: ConsumerMember): void {
    this.timersOf(member.id).session.extend(this.env.options.sessionTimeoutMs);
  }

  /** A member that takes too long to give back what others wait for is put out. */
  private watchRevocation(before: ConsumerMember | undefined, after: ConsumerMember): void {
    const timers = this.timersOf(after.id);
    if (after.state === before?.state && after.pendingRevocation === before.pendingRevocation) return;
    timers.revocation?.cancel();
    timers.revocation =
      after.state === 'unrevoked'
        ? this.env.clock.setTimer(after.rebalanceTimeoutMs, () => this.expire(after.id, 'revocation_timed_out'))
        : undefined;
  }

  private timersOf(memberId: string): MemberTimers {
    const known = this.timers.get(memberId);
    if (known !== undefined) return known;
    const session = new SessionTimer(this.env.clock, () => this.expire(memberId, 'member_expired'));
    const timers: MemberTimers = { session, revocation: undefined };
    this.timers.set(memberId, timers);
    return timers;
  }

  private stopTimers(memberId: string): void {
    const timers = this.timers.get(memberId);
    timers?.session.stop();
    timers?.revocation?.cancel();
    this.timers.delete(memberId);
  }

  private expire(memberId: string, event: string): void {
    const member = this.group.get(memberId);
    if (member === undefined) return;
    const version = this.remove(member, isAway(member) ? 'absent_member_expired' : event);
    // Nobody waits for it. Until it is stored, a restart finds the member and lets its session expire.
    this.saver.untilSaved(version).catch((error: unknown) => {
      this.env.logger.warn({ event: 'group_save_failed', group: this.id, err: error }, 'group state was not stored');
    });
  }

  private checkAlive(): void {
    if (this.isDead) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }

  private log(event: string, fields: Readonly<Record<string, unknown>>): void {
    this.env.logger.info({ event, group: this.id, ...fields }, 'consumer group');
  }
}
