import { randomUUID } from 'node:crypto';
import type { IncarnationTenant, LiveIncarnation } from '../cluster/incarnation-tenant.js';
import { CONSUMERS_PREFIX, groupPrefix } from '../metadata/keys.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { interruptibleSleep } from '../time/backoff.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import type { ConsumerGroup } from './consumer/consumer-group.js';
import type { ConsumerGroupSnapshot } from './consumer/snapshot.js';
import type { TopicsView } from './consumer/subscriptions.js';
import { Group } from './group.js';
import { GroupFactory } from './group-factory.js';
import type { CoordinatorOptions } from './group-options.js';
import { GroupWriter, type GroupWriterDependencies } from './group-writer.js';
import { allowsDowngrade, downgraded, upgraded } from './migration.js';
import { readGroups } from './read-groups.js';
import { untilAnswered } from './until-answered.js';

export interface ObservableTopics extends TopicsView {
  /** Calls `listener` after topics may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

export interface GroupDirectoryDependencies extends GroupWriterDependencies {
  readonly topics: ObservableTopics;
  /** What groups have of their own instead of the options for all. */
  readonly configs: { get(groupId: string): ReadonlyMap<string, string> | undefined };
  /** Told of every rebalance that ended with an assignment. */
  readonly onRebalanced?: () => void;
  /** Whether this broker coordinates a group. Without it, it coordinates all. */
  readonly owns?: (groupId: string) => boolean;
  readonly newUuid?: () => string;
}

/** The groups in memory, for as long as one incarnation lives. */
interface Tenancy {
  readonly incarnation: LiveIncarnation;
  readonly writer: GroupWriter;
  readonly factory: GroupFactory;
  readonly groups: Map<string, Group>;
  /** Groups whose records can't be read. They are left alone: taken for empty, their offsets would be lost. */
  readonly unreadable: Map<string, Error>;
  loaded: boolean;
}

const RELOAD_DELAY_MS = 2_000;

/**
 * The groups that this broker coordinates, loaded from the metadata store when an incarnation begins, and dropped when
 * it ends. Everything that is written goes through here, and is fenced by the incarnation (I4).
 */
export class GroupDirectory implements IncarnationTenant {
  private tenancy: Tenancy | undefined;
  private isClosed = false;
  private readonly owns: (groupId: string) => boolean;
  private readonly newUuid: () => string;
  private readonly stopListening: () => void;

  constructor(
    private readonly options: CoordinatorOptions,
    private readonly dependencies: GroupDirectoryDependencies,
  ) {
    this.owns = dependencies.owns ?? (() => true);
    this.newUuid = dependencies.newUuid ?? randomUUID;
    this.stopListening = dependencies.topics.onChange(() => {
      for (const { consumer } of this.tenancy?.groups.values() ?? []) consumer?.topicsChanged();
    });
  }

  begin(incarnation: LiveIncarnation): void {
    this.abandon('another incarnation begins');
    const writer = new GroupWriter(incarnation, this.dependencies);
    const groups = new Map<string, Group>();
    const onOnlyClassic = (groupId: string) => this.downgrade(groups.get(groupId), factory);
    const isBeingDeleted = (groupId: string) => groups.get(groupId)?.isBeingDeleted === true;
    const dependencies = { ...this.dependencies, newUuid: this.newUuid, onOnlyClassic, isBeingDeleted };
    const factory: GroupFactory = new GroupFactory(this.options, dependencies, (operation) => writer.write(operation));
    const tenancy: Tenancy = { incarnation, writer, factory, groups, unreadable: new Map(), loaded: false };
    this.tenancy = tenancy;
    writer.stopped.addEventListener('abort', () => this.end(tenancy), { once: true });
    void this.load(tenancy);
  }

  abandon(reason: string): void {
    this.tenancy?.writer.stop(reason);
  }

  /** Coordinates nothing from here on: whoever waits is sent away. What is being written still is. */
  close(): void {
    this.isClosed = true;
    this.stopListening();
    if (this.tenancy !== undefined) stopGroups(this.tenancy);
  }

  /** Groups in memory. */
  get size(): number {
    return this.tenancy?.groups.size ?? 0;
  }

  /** Where the groups in memory are, in partitions of topics whose ids are known. */
  *positions(): Generator<{ readonly topicId: string; readonly partition: number; readonly offset: number }> {
    for (const { offsets } of this.tenancy?.groups.values() ?? []) {
      for (const { partition, committed } of offsets.all()) {
        const { topicId, offset } = committed;
        if (topicId !== undefined) yield { topicId, partition, offset };
      }
    }
  }

  /**
   * @throws KafkaError NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS; COORDINATOR_NOT_AVAILABLE for a group whose
   *   records can't be read, or that is being deleted
   */
  find(groupId: string): Group | undefined {
    const tenancy = this.current();
    if (!this.owns(groupId)) throw new KafkaError(ErrorCode.NOT_COORDINATOR);
    const unreadable = tenancy.unreadable.get(groupId);
    if (unreadable !== undefined) {
      const message = `group ${groupId} cannot be read`;
      throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE, message, { cause: unreadable });
    }
    const group = tenancy.groups.get(groupId);
    if (group?.isBeingDeleted === true) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    return group;
  }

  /** Throws as {@link find}. */
  findOrCreate(groupId: string): Group {
    const found = this.find(groupId);
    if (found !== undefined) return found;
    const tenancy = this.current();
    const group = new Group(tenancy.factory.classic(groupId));
    tenancy.groups.set(groupId, group);
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
    const { factory } = this.current();
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
    const replacement = this.current().factory.classic(group.id);
    group.membership.stop(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    group.membership = replacement;
  }

  /**
   * All groups but those that are being deleted.
   *
   * @throws KafkaError NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS
   */
  all(): Group[] {
    return [...this.current().groups.values()].filter((group) => !group.isBeingDeleted);
  }

  /** Writes what groups commit. Throws as {@link find}. */
  get writer(): GroupWriter {
    return this.current().writer;
  }

  /** Deletes a vacant group with its offsets. Throws as {@link GroupWriter.write}. */
  async delete(group: Group): Promise<void> {
    const tenancy = this.current();
    group.isBeingDeleted = true;
    try {
      await tenancy.writer.write({ type: 'deletePrefix', prefix: groupPrefix(group.id) });
      group.membership.stop(ErrorCode.COORDINATOR_NOT_AVAILABLE);
      tenancy.groups.delete(group.id);
    } finally {
      group.isBeingDeleted = false;
    }
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

  private current(): Tenancy {
    const { tenancy } = this;
    if (tenancy === undefined || this.isClosed || !tenancy.incarnation.isLive()) {
      throw new KafkaError(ErrorCode.NOT_COORDINATOR, 'this broker coordinates no groups at the moment');
    }
    if (!tenancy.loaded) throw new KafkaError(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    return tenancy;
  }

  private end(tenancy: Tenancy): void {
    stopGroups(tenancy);
    if (this.tenancy === tenancy) this.tenancy = undefined;
  }

  private async load(tenancy: Tenancy): Promise<void> {
    const { logger, clock } = this.dependencies;
    const signal = tenancy.writer.stopped;
    while (!signal.aborted) {
      try {
        await tenancy.writer.open();
        const { entries } = await untilAnswered(this.dependencies, signal, () =>
          this.dependencies.store.range(CONSUMERS_PREFIX),
        );
        this.adopt(tenancy, readGroups(entries));
        return;
      } catch (error) {
        if (error instanceof KafkaError) {
          // The incarnation has ended, or was abandoned.
          tenancy.writer.stop(error.message);
          return;
        }
        logger.error({ event: 'groups_not_loaded', err: error }, 'groups cannot be loaded, trying again');
        await interruptibleSleep(clock, RELOAD_DELAY_MS, signal).catch(() => undefined);
      }
    }
  }

  private adopt(tenancy: Tenancy, stored: ReturnType<typeof readGroups>): void {
    const { logger } = this.dependencies;
    for (const { groupId, membership, offsets, fault } of stored) {
      if (!this.owns(groupId)) continue;
      if (fault !== undefined) {
        logger.error({ event: 'group_unreadable', group: groupId, err: fault }, 'a group cannot be read');
        tenancy.unreadable.set(groupId, fault);
        continue;
      }
      const { factory } = tenancy;
      const group = new Group(membership === undefined ? factory.classic(groupId) : factory.restore(membership));
      for (const { topic, partition, committed } of offsets) group.offsets.set(topic, partition, committed);
      tenancy.groups.set(groupId, group);
    }
    tenancy.loaded = true;
    logger.info({ event: 'groups_loaded', groups: tenancy.groups.size }, 'groups loaded');
    if (this.isClosed) stopGroups(tenancy);
  }
}

function stopGroups(tenancy: Tenancy): void {
  for (const group of tenancy.groups.values()) group.membership.stop(ErrorCode.NOT_COORDINATOR);
  tenancy.groups.clear();
}
