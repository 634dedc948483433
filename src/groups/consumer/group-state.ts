import type { Assignor } from './assignors/assignor.js';
import { assignors, DEFAULT_ASSIGNOR } from './heartbeat.js';
import type { ConsumerMember } from './member.js';
import { Ownership } from './ownership.js';
import { difference, filterPartitions, NO_PARTITIONS, type Partitions } from './partitions.js';
import { reconcile } from './reconcile.js';
import type { ConsumerGroupSnapshot } from './snapshot.js';
import { Subscriptions, type TopicsView } from './subscriptions.js';

/** As ListGroups and describe calls name it. */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable' | 'Dead';

/** Of a group without members, whose target is nothing. So whoever joins is at an epoch that is none of joining. */
const FIRST_EPOCH = 1;

/** The members of a consumer group, what they have and what they are to have. Knows nothing of time and storage. */
export class GroupState {
  /** Grows with every change of members, subscriptions or subscribed topics. */
  groupEpoch = FIRST_EPOCH;
  /** The group epoch for which the target was made. */
  targetEpoch = FIRST_EPOCH;
  /** Wall-clock time when it last became empty or ceased to be, ms. */
  changedAt: number;
  readonly subscriptions: Subscriptions;
  private readonly members = new Map<string, ConsumerMember>();
  private readonly idsByInstance = new Map<string, string>();
  private readonly ownership = new Ownership();
  private targets = new Map<string, Partitions>();
  /** Of the topics that the present epoch is about; undefined when nobody has asked since it began. */
  private fingerprint: string | undefined;
  private mayHaveNewTopics = false;

  constructor(
    readonly groupId: string,
    topics: TopicsView,
    private readonly now: () => number,
  ) {
    this.changedAt = now();
    this.subscriptions = new Subscriptions(topics);
  }

  get state(): Exclude<ConsumerGroupState, 'Dead'> {
    if (this.members.size === 0) return 'Empty';
    if (this.groupEpoch > this.targetEpoch) return 'Assigning';
    return this.all().every((member) => this.hasArrived(member)) ? 'Stable' : 'Reconciling';
  }

  get size(): number {
    return this.members.size;
  }

  /** In the order in which they came. */
  all(): ConsumerMember[] {
    return [...this.members.values()];
  }

  get(memberId: string): ConsumerMember | undefined {
    return this.members.get(memberId);
  }

  getStatic(instanceId: string): ConsumerMember | undefined {
    const id = this.idsByInstance.get(instanceId);
    return id === undefined ? undefined : this.members.get(id);
  }

  targetOf(memberId: string): Partitions {
    return this.targets.get(memberId) ?? NO_PARTITIONS;
  }

  ownerOf(topicId: string, partition: number): string | undefined {
    return this.ownership.ownerOf(topicId, partition);
  }

  /** The epoch at which a member got a partition; undefined when it doesn't have it. */
  assignmentEpoch(memberId: string, topicId: string, partition: number): number | undefined {
    return this.ownership.epochOf(memberId, topicId, partition);
  }

  /** Adds a member, or replaces it by another state of it. */
  put(member: ConsumerMember): void {
    const before = this.members.get(member.id);
    if (before === member) return;
    this.ownership.replace(before, member);
    if (before !== undefined && before.instanceId !== member.instanceId) this.forgetInstance(before);
    if (this.members.size === 0) this.changedAt = this.now();
    this.members.set(member.id, member);
    if (member.instanceId !== null) this.idsByInstance.set(member.instanceId, member.id);
  }

  /** Puts a static member's new incarnation in its place, with the partitions and the target of the old one. */
  replaceStatic(before: ConsumerMember, after: ConsumerMember): void {
    this.ownership.replace(before, after);
    this.targets.set(after.id, this.targetOf(before.id));
    this.targets.delete(before.id);
    this.members.delete(before.id);
    this.members.set(after.id, after);
    if (after.instanceId !== null) this.idsByInstance.set(after.instanceId, after.id);
  }

  /** Takes a member out: what it had is free. */
  remove(member: ConsumerMember): void {
    this.ownership.replace(member, undefined);
    this.members.delete(member.id);
    this.targets.delete(member.id);
    this.forgetInstance(member);
    if (this.members.size === 0) this.changedAt = this.now();
  }

  topicsChanged(): void {
    this.subscriptions.topicsChanged();
    this.mayHaveNewTopics = true;
  }

  /**
   * Begins another epoch if there is a reason.
   *
   * @param isDue there is: the members or their subscriptions have changed
   */
  beginEpoch(isDue: boolean): void {
    if (!isDue && !this.mayHaveNewTopics) return;
    const fingerprint = isDue ? undefined : this.currentFingerprint();
    if (isDue || fingerprint !== this.fingerprint) this.groupEpoch += 1;
    this.fingerprint = fingerprint;
    this.mayHaveNewTopics = false;
  }

  /** Makes the target of the present epoch. */
  assign(): void {
    const members = this.all().map(({ id, instanceId, subscription }) => ({
      id,
      instanceId,
      topics: this.subscriptions.topicIds(subscription),
      assigned: this.targetOf(id),
    }));
    const partitionCount = (topicId: string) => this.subscriptions.partitionCount(topicId);
    this.targets = new Map(members.length === 0 ? [] : this.assignor.assign(members, partitionCount));
    this.targetEpoch = this.groupEpoch;
  }

  /** Takes a member one step nearer to its target. @param owned what it says that it has */
  step(member: ConsumerMember, owned: Partitions | undefined): ConsumerMember {
    const next = reconcile(member, {
      target: this.targetOf(member.id),
      targetEpoch: this.targetEpoch,
      subscribed: this.subscriptions.topicIds(member.subscription),
      owned,
      ownerOf: (topicId, partition) => this.ownership.ownerOf(topicId, partition),
    });
    this.put(next);
    return next;
  }

  /** What most members ask for, of those who ask. */
  get assignor(): Assignor {
    const votes = new Map<string, number>();
    for (const { assignorName } of this.members.values()) {
      if (assignorName !== null) votes.set(assignorName, (votes.get(assignorName) ?? 0) + 1);
    }
    const most = Math.max(...votes.values());
    const [winner] = [...votes].filter(([, count]) => count === most).map(([name]) => assignors.get(name));
    return winner ?? DEFAULT_ASSIGNOR;
  }

  snapshot(): ConsumerGroupSnapshot {
    const { groupId, groupEpoch, targetEpoch, changedAt } = this;
    if (!this.mayHaveNewTopics) this.fingerprint ??= this.currentFingerprint();
    // Nothing is like the empty one: whoever takes over looks at the topics.
    const fingerprint = this.fingerprint ?? '';
    const members = this.all().map((member) => ({
      member,
      target: this.targetOf(member.id),
      epochOf: (topicId: string, partition: number) => this.ownership.epochOf(member.id, topicId, partition) ?? 0,
    }));
    return { groupId, groupEpoch, targetEpoch, changedAt, fingerprint, assignorName: this.assignor.name, members };
  }

  restore(snapshot: ConsumerGroupSnapshot): void {
    for (const { member, target, epochOf } of snapshot.members) {
      this.put(member);
      this.ownership.restoreEpochs(member, epochOf);
      this.targets.set(member.id, target);
    }
    this.groupEpoch = snapshot.groupEpoch;
    this.targetEpoch = snapshot.targetEpoch;
    this.changedAt = snapshot.changedAt;
    this.fingerprint = snapshot.fingerprint;
    // They may have changed since the snapshot was taken.
    this.mayHaveNewTopics = true;
  }

  private currentFingerprint(): string {
    return this.subscriptions.fingerprint(this.all().map(({ subscription }) => subscription));
  }

  private hasArrived(member: ConsumerMember): boolean {
    return member.state === 'stable' && member.epoch === this.targetEpoch;
  }

  private forgetInstance({ id, instanceId }: ConsumerMember): void {
    if (instanceId !== null && this.idsByInstance.get(instanceId) === id) this.idsByInstance.delete(instanceId);
  }
}

/** Whether some of what a member is to have, and hasn't got yet, is still another's. */
export function isWaitingForOthers(group: GroupState, member: ConsumerMember): boolean {
  const missing = difference(group.targetOf(member.id), member.assigned);
  const taken = filterPartitions(missing, (topicId, partition) => group.ownerOf(topicId, partition) !== undefined);
  return taken.size > 0;
}
