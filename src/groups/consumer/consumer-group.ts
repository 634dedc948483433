import type { ErrorCode } from '../../protocol/errors.js';
import type { Committer } from '../classic/classic-group.js';
import { CONSUMER_PROTOCOL_TYPE } from '../consumer-protocol.js';
import { ClassicMembers } from './classic-members.js';
import { Coordination, type ConsumerGroupEnvironment } from './coordination.js';
import type { ConsumerGroupState } from './group-state.js';
import type { ConsumerHeartbeat, HeartbeatResult } from './heartbeat.js';
import { JOIN_EPOCH, LEAVE_EPOCH, STATIC_LEAVE_EPOCH, type ConsumerMember } from './member.js';
import { admit, isFullRequest, requireMember, withReported } from './membership.js';
import { checkCommit, checkFetch, type CommittedPartition } from './offset-checks.js';
import { listPartitions, NO_PARTITIONS, partitionsOf, samePartitions, type Partitions } from './partitions.js';
import type { ConsumerGroupSnapshot } from './snapshot.js';

interface Answer {
  readonly result: HeartbeatResult;
  /** The version of the state that must be durable before the answer is given. */
  readonly version: number;
}

/**
 * A group of the consumer protocol (KIP-848): the coordinator gives partitions to its members, who only say what they
 * subscribe to and what they have.
 *
 * What it is asked is carried out at once, in the order of the calls. The answer waits until what it says is durable, so
 * that whoever coordinates the group next knows of every partition that a member was given.
 */
export class ConsumerGroup {
  readonly type = 'consumer';
  readonly protocolType = CONSUMER_PROTOCOL_TYPE;
  /** It is never one that only keeps offsets. */
  readonly isSimple = false;
  /** Those of its members who speak the classic protocol. */
  readonly classicMembers: ClassicMembers;
  private readonly coordination: Coordination;

  constructor(
    readonly id: string,
    private readonly env: ConsumerGroupEnvironment,
  ) {
    this.coordination = new Coordination(id, env);
    this.classicMembers = new ClassicMembers(this.coordination);
  }

  /** A group as it was stored. Its members' sessions begin anew. */
  static restore(snapshot: ConsumerGroupSnapshot, env: ConsumerGroupEnvironment): ConsumerGroup {
    const restored = new ConsumerGroup(snapshot.groupId, env);
    restored.coordination.restore(snapshot);
    return restored;
  }

  get state(): ConsumerGroupState {
    return this.coordination.hasEnded ? 'Dead' : this.group.state;
  }

  get isVacant(): boolean {
    return this.state === 'Empty';
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

  /** The names of the topics that members subscribe to and that exist. */
  subscribedTopicNames(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { subscription } of this.group.all()) {
      for (const id of this.group.subscriptions.topicIds(subscription)) {
        const topic = this.env.topics.getById(id);
        if (topic !== undefined) names.add(topic.name);
      }
    }
    return names;
  }

  snapshot(): ConsumerGroupSnapshot {
    return this.group.snapshot();
  }

  /**
   * Joins, reports, or leaves, as the epoch says. The request has been validated.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID,
   *   GROUP_MAX_SIZE_REACHED; and as `save`, COORDINATOR_NOT_AVAILABLE when it takes too long
   */
  async heartbeat(request: ConsumerHeartbeat): Promise<HeartbeatResult> {
    this.coordination.checkAlive();
    const { memberEpoch } = request;
    const isLeaving = memberEpoch === LEAVE_EPOCH || memberEpoch === STATIC_LEAVE_EPOCH;
    const { result, version } = isLeaving ? this.leave(request) : this.report(request);
    await this.coordination.untilSaved(version);
    return result;
  }

  /** Topics were created or deleted, or have more partitions. Members hear of it with their next heartbeats. */
  topicsChanged(): void {
    this.group.topicsChanged();
  }

  /** Throws KafkaError as {@link checkCommit}. */
  checkCommit(committer: Committer, partitions: readonly CommittedPartition[]): void {
    this.coordination.checkAlive();
    checkCommit(this.group, committer, partitions);
  }

  /** Throws KafkaError as {@link checkFetch}. */
  checkFetch(memberId: string | null, memberEpoch: number): void {
    this.coordination.checkAlive();
    checkFetch(this.group, memberId, memberEpoch);
  }

  /** Ends the group in memory. What is asked of it from here on is answered with the error. */
  stop(errorCode: ErrorCode): void {
    this.coordination.stop(errorCode);
  }

  private get group() {
    return this.coordination.group;
  }

  private report(request: ConsumerHeartbeat): Answer {
    const { options, newUuid } = this.env;
    const { known, member } = admit(this.group, request, options.maxGroupSize, newUuid);
    const owned = request.topicPartitions === null ? undefined : partitionsOf(request.topicPartitions);
    const next = this.coordination.update(known, withReported(member, request), owned);
    const isNews = known === undefined || !samePartitions(known.assigned, next.assigned);
    const isAsked = request.memberEpoch === JOIN_EPOCH || isFullRequest(request);
    const result = {
      memberId: next.id,
      memberEpoch: next.epoch,
      heartbeatIntervalMs: options.heartbeatIntervalMs,
      assignment: isNews || isAsked ? listPartitions(next.assigned) : null,
    };
    // Also when nothing has changed now: an earlier change may not be durable yet.
    return { result, version: this.coordination.versionOf(next.id) };
  }

  private leave(request: ConsumerHeartbeat): Answer {
    const { memberId, memberEpoch } = request;
    const member = requireMember(this.group, request);
    const isForAWhile = memberEpoch === STATIC_LEAVE_EPOCH;
    const version = isForAWhile ? this.leaveForAWhile(member) : this.coordination.remove(member, 'member_left');
    return { result: { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }, version };
  }

  /** What it was told to give back is free: it has stopped consuming. The rest waits for it until its session ends. */
  private leaveForAWhile(member: ConsumerMember): number {
    this.coordination.put(member, {
      ...member,
      epoch: STATIC_LEAVE_EPOCH,
      state: 'stable',
      pendingRevocation: NO_PARTITIONS,
    });
    this.coordination.log('member_away', { member: member.id, instance: member.instanceId });
    return this.coordination.versionOf(member.id);
  }
}
