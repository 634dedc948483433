import type { Logger } from '../logging/logger.js';
import { groupMetadataKey } from '../metadata/keys.js';
import type { Operation } from '../metadata/metadata-store.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Clock } from '../time/clock.js';
import { ClassicGroup } from './classic/classic-group.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import type { ClassicEnvironment } from './classic/rebalance.js';
import { ConsumerGroup } from './consumer/consumer-group.js';
import type { ConsumerGroupEnvironment } from './consumer/coordination.js';
import { encodeConsumerGroupRecord } from './consumer/group-record.js';
import type { ConsumerGroupSnapshot } from './consumer/snapshot.js';
import type { TopicsView } from './consumer/subscriptions.js';
import type { Membership } from './group.js';
import { withGroupConfig } from './group-config.js';
import type { CoordinatorOptions } from './group-options.js';
import { encodeGroup } from './group-records.js';
import type { StoredMembership } from './read-groups.js';

export interface GroupFactoryDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topics: TopicsView;
  /** What groups have of their own instead of the options for all. */
  readonly configs: { get(groupId: string): ReadonlyMap<string, string> | undefined };
  readonly newUuid: () => string;
  /** Told of every rebalance that ended with an assignment. */
  readonly onRebalanced?: () => void;
  /** Told when a group of the consumer protocol has none but members who speak the classic one. */
  readonly onOnlyClassic: (groupId: string) => Promise<void> | undefined;
  /** Whether a group's deletion is under way, after which no record of it may be left. */
  readonly isBeingDeleted: (groupId: string) => boolean;
}

/** Makes groups whose state is written by one incarnation of this broker. */
export class GroupFactory {
  /** @param write makes one write durable; throws KafkaError */
  constructor(
    private readonly options: CoordinatorOptions,
    private readonly dependencies: GroupFactoryDependencies,
    private readonly write: (operation: Operation) => Promise<void>,
  ) {}

  classic(groupId: string): ClassicGroup {
    return new ClassicGroup(groupId, this.classicEnvironment(groupId), this.dependencies.newUuid);
  }

  consumer(groupId: string): ConsumerGroup {
    return new ConsumerGroup(groupId, this.consumerEnvironment(groupId));
  }

  restore({ type, snapshot }: StoredMembership): Membership {
    return type === 'classic' ? this.restoreClassic(snapshot) : this.restoreConsumer(snapshot);
  }

  restoreClassic(snapshot: GroupSnapshot): ClassicGroup {
    return ClassicGroup.restore(snapshot, this.classicEnvironment(snapshot.groupId), this.dependencies.newUuid);
  }

  restoreConsumer(snapshot: ConsumerGroupSnapshot): ConsumerGroup {
    return ConsumerGroup.restore(snapshot, this.consumerEnvironment(snapshot.groupId));
  }

  /** Stores a group that has not been asked anything yet. @throws KafkaError as `write` */
  saveClassic(snapshot: GroupSnapshot): Promise<void> {
    return this.classicEnvironment(snapshot.groupId).save(snapshot);
  }

  private classicEnvironment(groupId: string): ClassicEnvironment {
    const { clock, logger, onRebalanced } = this.dependencies;
    return {
      clock,
      logger,
      options: this.options,
      ...(onRebalanced && { onRebalanced }),
      save: (snapshot) => this.save(groupId, () => encodeGroup(snapshot, new Date(clock.now()))),
    };
  }

  private consumerEnvironment(groupId: string): ConsumerGroupEnvironment {
    const { clock, logger, topics, configs, newUuid, onRebalanced, onOnlyClassic } = this.dependencies;
    const { consumer } = this.options;
    const topicName = (id: string) => topics.getById(id)?.name;
    return {
      clock,
      logger,
      topics,
      newUuid,
      get options() {
        return withGroupConfig(consumer, configs.get(groupId));
      },
      onOnlyClassic: () => onOnlyClassic(groupId),
      ...(onRebalanced && { onRebalanced }),
      save: (snapshot) =>
        this.save(groupId, () => encodeConsumerGroupRecord(snapshot, new Date(clock.now()), topicName)),
    };
  }

  private async save(groupId: string, encode: () => Buffer): Promise<void> {
    if (this.dependencies.isBeingDeleted(groupId)) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    await this.write({ type: 'put', key: groupMetadataKey(groupId), value: encode() });
  }
}
