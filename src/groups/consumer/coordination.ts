import type { Logger } from '../../logging/logger.js';
import { KafkaError, type ErrorCode } from '../../protocol/errors.js';
import type { Clock, Timer } from '../../time/clock.js';
import type { ConsumerGroupOptions } from '../group-options.js';
import { inWriteTime } from '../in-write-time.js';
import { GroupState } from './group-state.js';
import { isAway, type ConsumerMember } from './member.js';
import { MemberTimers } from './member-timers.js';
import type { Partitions } from './partitions.js';
import type { ConsumerGroupSnapshot } from './snapshot.js';
import { StateSaver } from './state-saver.js';
import type { TopicsView } from './subscriptions.js';

export interface ConsumerGroupEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  /** May change at any time. */
  readonly options: ConsumerGroupOptions;
  readonly topics: TopicsView;
  readonly newUuid: () => string;
  /** Told of every target assignment that is made. */
  readonly onRebalanced?: () => void;
  /**
   * Told when nobody is left but members who speak the classic protocol.
   *
   * @returns resolves when the group that takes this one's place is durable; undefined when this one is to go on
   */
  readonly onOnlyClassic?: () => Promise<void> | undefined;
  /**
   * Makes a state of the group durable. Calls take effect in their order.
   *
   * @throws KafkaError when it is not, or is not known to be: NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE,
   *   UNKNOWN_SERVER_ERROR
   */
  save(snapshot: ConsumerGroupSnapshot): Promise<void>;
}

/**
 * What both protocols do to a consumer group: members change, get their share, and are put out when they fall silent.
 * Everything happens at once; what is told of it has to wait until it is durable.
 */
export class Coordination {
  readonly group: GroupState;
  readonly timers: MemberTimers;
  private readonly saver: StateSaver;
  /** The version of the state with the last change of each member. */
  private readonly versions = new Map<string, number>();
  private assignmentTimer: Timer | undefined;
  private lastAssignedAt = -Infinity;
  private endedWith: ErrorCode | undefined;

  constructor(
    groupId: string,
    readonly env: ConsumerGroupEnvironment,
  ) {
    this.group = new GroupState(groupId, env.topics, () => env.clock.now());
    this.saver = new StateSaver(() => env.save(this.group.snapshot()));
    this.timers = new MemberTimers(env.clock, (memberId, event) => this.expire(memberId, event));
  }

  get hasEnded(): boolean {
    return this.endedWith !== undefined;
  }

  /** Begins with a state that was stored. All sessions begin anew. */
  restore(snapshot: ConsumerGroupSnapshot): void {
    this.group.restore(snapshot);
    for (const member of this.group.all()) {
      this.extendSession(member);
      this.timers.watchRevocation(undefined, member);
    }
  }

  /** Ends the group in memory. What is asked of it from here on is answered with the error. */
  stop(errorCode: ErrorCode): void {
    this.endedWith ??= errorCode;
    this.saver.endWith(Promise.reject(new KafkaError(this.endedWith)));
    this.assignmentTimer?.cancel();
    this.timers.stopAll();
  }

  /** @throws KafkaError with what the group has ended */
  checkAlive(): void {
    if (this.endedWith !== undefined) throw new KafkaError(this.endedWith);
  }

  /**
   * Takes over what a member says of itself, and takes it a step nearer to what it is to have.
   *
   * @param known the member before, with another id when a static member has come back; undefined when it is new
   * @param owned what it says that it has; undefined when it says nothing
   * @returns the member as it is now
   */
  update(known: ConsumerMember | undefined, reported: ConsumerMember, owned: Partitions | undefined): ConsumerMember {
    const { group } = this;
    if (known !== undefined && known.id !== reported.id) this.replaceStatic(known, reported);
    else group.put(reported);
    this.refreshTarget(known?.subscription !== reported.subscription);
    const next = group.step(reported, owned);
    if (next !== known) this.changed(next.id);
    this.extendSession(next);
    this.timers.watchRevocation(known, next);
    return next;
  }

  /** Replaces a member by another state of it. */
  put(before: ConsumerMember, after: ConsumerMember): void {
    this.group.put(after);
    this.timers.watchRevocation(before, after);
    this.changed(after.id);
  }

  /** Takes a member out. The others get what it had as they show up. @returns the version of the state without it */
  remove(member: ConsumerMember, event: string): number {
    this.timers.stop(member.id);
    this.group.remove(member);
    this.group.beginEpoch(true);
    this.versions.delete(member.id);
    const version = this.saver.changed();
    this.log(event, { member: member.id, epoch: this.group.groupEpoch });
    this.handOverIfOnlyClassic();
    return version;
  }

  /** The same, when nobody waits for it. Until it is stored, a restart finds the member and lets its session expire. */
  removeUnasked(member: ConsumerMember, event: string): void {
    this.saver.untilSaved(this.remove(member, event)).catch((error: unknown) => {
      const { logger } = this.env;
      logger.warn({ event: 'group_save_failed', group: this.group.groupId, err: error }, 'group state was not stored');
    });
  }

  /**
   * Begins another epoch if there is a reason, and makes a target for it, now or when the present one has been there for
   * long enough.
   *
   * @param isDue there is a reason other than that topics may have changed
   */
  refreshTarget(isDue: boolean): void {
    const { group, env } = this;
    group.beginEpoch(isDue);
    if (group.targetEpoch >= group.groupEpoch) return;
    const waitMs = this.lastAssignedAt + env.options.assignmentIntervalMs - env.clock.monotonic();
    if (waitMs <= 0) this.assign();
    else this.assignmentTimer ??= env.clock.setTimer(waitMs, () => this.assign());
  }

  extendSession({ id, classic }: ConsumerMember): void {
    this.timers.extendSession(id, classic?.sessionTimeoutMs ?? this.env.options.sessionTimeoutMs);
  }

  /** The version of the state that tells all that a member may be told. */
  versionOf(memberId: string): number {
    return this.versions.get(memberId) ?? 0;
  }

  /** @throws KafkaError as `save`, and COORDINATOR_NOT_AVAILABLE when it takes too long */
  untilSaved(version: number): Promise<void> {
    return inWriteTime(this.env.clock, this.saver.untilSaved(version));
  }

  /** Leaves the group to another in its place when all members who are left speak the classic protocol. */
  handOverIfOnlyClassic(): void {
    const members = this.group.all();
    if (members.length === 0 || members.some(({ classic }) => classic === null)) return;
    const successor = this.env.onOnlyClassic?.();
    if (successor !== undefined) this.saver.endWith(successor);
  }

  log(event: string, fields: Readonly<Record<string, unknown>>): void {
    this.env.logger.info({ event, group: this.group.groupId, ...fields }, 'consumer group');
  }

  private replaceStatic(before: ConsumerMember, after: ConsumerMember): void {
    this.group.replaceStatic(before, after);
    this.timers.stop(before.id);
    this.versions.delete(before.id);
    this.log('static_member_replaced', { member: after.id, instance: after.instanceId, previous: before.id });
  }

  private changed(memberId: string): void {
    this.versions.set(memberId, this.saver.changed());
  }

  private assign(): void {
    const { group } = this;
    this.assignmentTimer?.cancel();
    this.assignmentTimer = undefined;
    this.lastAssignedAt = this.env.clock.monotonic();
    group.assign();
    this.log('target_assigned', { epoch: group.targetEpoch, members: group.size, assignor: group.assignor.name });
    this.env.onRebalanced?.();
  }

  private expire(memberId: string, event: string): void {
    const member = this.group.get(memberId);
    if (member !== undefined) this.removeUnasked(member, isAway(member) ? 'absent_member_expired' : event);
  }
}
