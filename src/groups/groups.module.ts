import { Global, Module } from '@nestjs/common';
import { ClusterView } from '../cluster/cluster-view.js';
import { GroupSlots } from '../cluster/group-slots.js';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { GroupConfigs } from '../metadata/group-configs.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { GroupMetrics } from '../metrics/group-metrics.js';
import { lagOf, PARTITION_ENDS, type PartitionEnds } from '../metrics/consumer-lag.js';
import { systemClock } from '../time/clock.js';
import { GroupCoordinator } from './group-coordinator.js';
import { GroupDirectory } from './group-directory.js';
import { OffsetCoordinator } from './offset-coordinator.js';
import { OffsetExpiry } from './offset-expiry.js';

/** The consumer groups that this broker coordinates. */
@Global()
@Module({
  providers: [
    {
      provide: GroupSlots,
      inject: [METADATA_STORE, ClusterView, LOGGER],
      useFactory: (store: MetadataStore, view: ClusterView, logger: Logger) => new GroupSlots(store, view, logger),
    },
    {
      provide: GroupDirectory,
      inject: [BROKER_CONFIG, METADATA_STORE, GroupSlots, TopicCatalogue, GroupConfigs, LOGGER, GroupMetrics],
      useFactory: (
        { groups }: BrokerConfig,
        store: MetadataStore,
        slots: GroupSlots,
        topics: TopicCatalogue,
        configs: GroupConfigs,
        logger: Logger,
        metrics: GroupMetrics,
      ) =>
        new GroupDirectory(groups, {
          store,
          slots,
          topics,
          configs,
          clock: systemClock,
          random: Math.random,
          logger,
          onWritten: () => metrics.groupWrite(),
          onRebalanced: () => metrics.groupRebalanced(),
        }),
    },
    {
      provide: GroupCoordinator,
      inject: [GroupDirectory, BROKER_CONFIG],
      useFactory: (directory: GroupDirectory, { groups }: BrokerConfig) => new GroupCoordinator(directory, groups),
    },
    {
      provide: OffsetCoordinator,
      inject: [GroupDirectory, TopicCatalogue, GroupMetrics, PARTITION_ENDS],
      useFactory: (directory: GroupDirectory, topics: TopicCatalogue, metrics: GroupMetrics, ends: PartitionEnds) =>
        new OffsetCoordinator(directory, topics, systemClock, {
          offsetCommitted: (position) => metrics.offsetCommitted(lagOf(position, ends)),
        }),
    },
    {
      provide: OffsetExpiry,
      inject: [GroupDirectory, OffsetCoordinator, BROKER_CONFIG, LOGGER],
      useFactory: (directory: GroupDirectory, offsets: OffsetCoordinator, { groups }: BrokerConfig, logger: Logger) =>
        new OffsetExpiry(directory, offsets, groups, systemClock, logger),
    },
  ],
  exports: [GroupSlots, GroupDirectory, GroupCoordinator, OffsetCoordinator, OffsetExpiry],
})
export class GroupsModule {}
