import { randomUUID } from 'node:crypto';
import type { IncarnationTenant, LiveIncarnation } from '../cluster/incarnation-tenant.js';
import type { StoredSlots } from '../metadata/group-slots.js';
import { groupPrefix } from '../metadata/keys.js';
import type { GroupPosition } from '../metrics/consumer-lag.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import type { ConsumerGroup } from './consumer/consumer-group.js';
import type { ConsumerGroupSnapshot } from './consumer/snapshot.js';
import type { TopicsView } from './consumer/subscriptions.js';
import { Group } from './group.js';
import { GroupFactory } from './group-factory.js';
import type { CoordinatorOptions } from './group-options.js';
import type { GroupWriterDependencies } from './group-writer.js';
import { allowsDowngrade, downgraded, upgraded } from './migration.js';
import type { OwnedSlot } from './owned-slot.js';
import { SlotTenancy } from './slot-tenancy.js';

export interface ObservableTopics extends TopicsView {
  /** Calls `listener` after topics may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

/** Who coordinates which groups, as this broker last heard of it. */
export interface ObservableSlots {
  /** Undefined while none were assigned yet. */
  readonly current: StoredSlots | undefined;
  /** Whether every group has a coordinator that lives. */
  readonly isComplete: boolean;
  /** Calls `listener` after slots have changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

export interface GroupDirectoryDependencies extends GroupWriterDependencies {
  readonly topics: ObservableTopics;
  readonly slots: ObservableSlots;
  /** What groups have of their own instead of the options for all. */
  readonly configs: { get(groupId: string): ReadonlyMap<string, string> | undefined };
  /** Told of every rebalance that ended with an assignment. */
  readonly onRebalanced?: () => void;
  readonly newUuid?: () => string;
}

/**
 * The groups that this broker coordinates: those of the slots that its incarnation owns. They are loaded from the
 * metadata store when a slot is assigned to it, and dropped when it gives the slot up or ends. Everything that is written
 * goes through here, and is fenced by the incarnation and the slots (I4).
 */
export class GroupDirectory implements IncarnationTenant {
  private tenancy: SlotTenancy | undefined;
  private isClosed = false;
  private isDraining = false;
  private readonly newUuid: () => string;
  private readonly stopListening: readonly (() => void)[];

  constructor(
    private readonly options: CoordinatorOptions,
    private readonly dependencies: GroupDirectoryDependencies,
  ) {
    const { topics, slots, newUuid } = dependencies;
    this.newUuid = newUuid ?? randomUUID;
    this.stopListening = [
      slots.onChange(() => this.reconcile()),
      topics.onChange(() => {
        for (const { consumer } of this.served()) consumer?.topicsChanged();
      }),
    ];
  }

  begin(incarnation: LiveIncarnation): void {
    this.abandon('another incarnation begins');
    this.tenancy = new SlotTenancy(incarnation, this.dependencies, (slot) => this.factoryFor(slot));
    if (this.isDraining) void this.tenancy.drain();
    this.reconcile();
  }

  abandon(reason: string): void {
    this.tenancy?.stop(reason);
    this.tenancy = undefined;
  }

  /** Gives up all slots in good order: whoever waits is sent away, and what was accepted is written first. */
  async drain(): Promise<void> {
    this.isDraining = true;
    await this.tenancy?.drain();
  }

  undrain(): void {
    this.isDraining = false;
    this.tenancy?.undrain();
  }

  /** Coordinates nothing from here on: whoever waits is sent away. What is being written still is. */
  close(): void {
    this.isClosed = true;
    for (const stop of this.stopListening) stop();
    this.tenancy?.close();
  }

  /** Groups in memory. */
  get size(): number {
    return this.ownedSlots().reduce((sum, { groups }) => sum + groups.size, 0);
  }

  /** Where the groups in memory are, in partitions of topics whose ids are known. */
  *positions(): Generator<GroupPosition> {
    for (const { id, offsets } of this.served()) {
      for (const { topic, partition, committed } of offsets.all()) {
        const { topicId, offset } = committed;
        if (topicId !== undefined) yield { group: id, topic, topicId, partition, offset };
      }
    }
  }

  /**
   * @throws KafkaError NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS; COORDINATOR_NOT_AVAILABLE for a group whose
   *   records can't be read, or that is being deleted
   */
  find(groupId: string): Group | undefined {
    return findIn(this.slotFor(groupId), groupId);
  }

  /** Throws as {@link find}. */
  findOrCreate(groupId: string): Group {
    const slot = this.slotFor(groupId);
    const found = findIn(slot, groupId);
    if (found !== undefined) return found;
    const group = new Group(slot.factory.classic(groupId), slot);
    slot.groups.set(groupId, group);
    return group;
  }

  /**
   * The group as one of the consumer protocol: with its members, if it has some and the policy allows it (KIP-848).
   *
   * @throws KafkaError GROUP_ID_NOT_FOUND when it can't be one; and as {@link find}
   */
  asConsumer(group: Group): ConsumerGroup {
    const { membership } = group;
    if (membership.type === 'consumer') return membership;
    const { factory } = this.slotFor(group.id);
    const replacement =
      membership.state === 'Empty'
        ? factory.consumer(group.id)
        : factory.restoreConsumer(this.upgraded(membership.snapshot()));
    membership.stop(ErrorCode.REBALANCE_IN_PROGRESS);
    group.membership = replacement;
    return replacement;
  }

  /** Makes a group that nobody is in a classic one. Throws as {@link find}. */
  makeClassic(group: Group): void {
    const replacement = this.slotFor(group.id).factory.classic(group.id);
    group.membership.stop(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    group.membership = replacement;
  }

  /**
   * All groups of this broker but those that are being deleted.
   *
   * @throws KafkaError NOT_COORDINATOR; COORDINATOR_LOAD_IN_PROGRESS while there are some that aren't loaded, and
   *   COORDINATOR_NOT_AVAILABLE while there are some in the cluster that nobody coordinates: what brokers list together
   *   is all there are
   */
  all(): Group[] {
    this.current();
    if (!this.dependencies.slots.isComplete) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    if (this.ownedSlots().some(({ isLoading }) => isLoading))
      throw new KafkaError(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    return [...this.served()].filter((group) => !group.isBeingDeleted);
  }

  /** The groups that are served at the moment. Some may be given up while they are gone through. */
  *served(): Generator<Group> {
    for (const { groups } of this.ownedSlots()) yield* groups.values();
  }

  /** Deletes a vacant group with its offsets. Throws as {@link GroupWrites.write}. */
  async delete(group: Group): Promise<void> {
    group.isBeingDeleted = true;
    try {
      await group.writes.write({ type: 'deletePrefix', prefix: groupPrefix(group.id) });
      group.membership.stop(ErrorCode.COORDINATOR_NOT_AVAILABLE);
      for (const { groups } of this.ownedSlots()) if (groups.get(group.id) === group) groups.delete(group.id);
    } finally {
      group.isBeingDeleted = false;
    }
  }

  private factoryFor(slot: OwnedSlot): GroupFactory {
    const { groups } = slot;
    const dependencies = {
      ...this.dependencies,
      newUuid: this.newUuid,
      onOnlyClassic: (groupId: string) => this.downgrade(groups.get(groupId), slot.factory),
      isBeingDeleted: (groupId: string) => groups.get(groupId)?.isBeingDeleted === true,
    };
    return new GroupFactory(this.options, dependencies, (operation) => slot.write(operation));
  }

  private upgraded(snapshot: GroupSnapshot): ConsumerGroupSnapshot {
    const { consumer } = this.options;
    return upgraded(snapshot, this.dependencies.topics, consumer);
  }

  /** @returns resolves when that is durable; undefined when the group stays as it is */
  private downgrade(group: Group | undefined, factory: GroupFactory): Promise<void> | undefined {
    const { maxGroupSize, consumer } = this.options;
    if (group?.consumer === undefined || !allowsDowngrade(consumer.migrationPolicy)) return undefined;
    if (group.consumer.members.length > maxGroupSize) return undefined;
    const snapshot = downgraded(group.consumer.snapshot(), this.dependencies.topics);
    group.membership.stop(ErrorCode.REBALANCE_IN_PROGRESS);
    const classic = factory.restoreClassic(snapshot);
    group.membership = classic;
    classic.beginRebalance('the members of the consumer protocol have gone');
    return factory.saveClassic(snapshot);
  }

  private reconcile(): void {
    const { current } = this.dependencies.slots;
    if (current !== undefined && !this.isClosed) this.tenancy?.reconcile(current);
  }

  /** @throws KafkaError NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS */
  private slotFor(groupId: string): OwnedSlot {
    return this.current().slotFor(groupId);
  }

  private ownedSlots(): readonly OwnedSlot[] {
    return this.tenancy?.slots ?? [];
  }

  /** @throws KafkaError NOT_COORDINATOR */
  private current(): SlotTenancy {
    const { tenancy } = this;
    if (tenancy === undefined || this.isClosed || tenancy.hasEnded || !tenancy.incarnation.isLive()) {
      throw new KafkaError(ErrorCode.NOT_COORDINATOR, 'this broker coordinates no groups at the moment');
    }
    return tenancy;
  }
}

/** @throws KafkaError COORDINATOR_NOT_AVAILABLE */
function findIn(slot: OwnedSlot, groupId: string): Group | undefined {
  const unreadable = slot.unreadable.get(groupId);
  if (unreadable !== undefined) {
    const message = `group ${groupId} cannot be read`;
    throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE, message, { cause: unreadable });
  }
  const group = slot.groups.get(groupId);
  if (group?.isBeingDeleted === true) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  return group;
}
