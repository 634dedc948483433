import { Module } from '@nestjs/common';
import { BrokerSession } from '../cluster/broker-session.js';
import { ClusterView } from '../cluster/cluster-view.js';
import { GroupSlots } from '../cluster/group-slots.js';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import { FollowedLogs } from '../log/followers/followed-logs.js';
import { PartitionLogs } from '../log/partition-logs.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { ProducerIdAllocator } from '../metadata/producer-ids.js';
import { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { TopicDefaults } from '../metadata/topic-defaults.js';
import { HandlerTable, KafkaServer } from '../protocol/transport/index.js';
import { StoreHealth } from '../storage/health/store-health.js';
import { systemClock } from '../time/clock.js';
import { ApiVersionsHandler } from './cluster/api-versions.handler.js';
import { FetchHandler } from './records/fetch.handler.js';
import { FindCoordinatorHandler } from './groups/find-coordinator.handler.js';
import { groupHandlers } from './groups/group-handlers.js';
import { InitProducerIdHandler } from './records/init-producer-id.handler.js';
import { ListOffsetsHandler } from './records/list-offsets.handler.js';
import { MetadataHandler } from './topics/metadata.handler.js';
import { OffsetForLeaderEpochHandler } from './records/offset-for-leader-epoch.handler.js';
import { ReplicaSelection } from './records/replica-selection.js';
import { ProduceHandler } from './records/produce.handler.js';
import { producerThrottle, storeThrottle } from './records/producer-throttle.js';
import { TopicCreation } from './topics/topic-creation.js';

/**
 * What the broker answers: one handler for each API. The protocol module finds them by their decorator. Those of
 * administration are in `admin.module.ts`.
 */
@Module({
  providers: [
    ...groupHandlers,
    {
      provide: ProduceHandler,
      useFactory: (
        catalogue: TopicCatalogue,
        logs: PartitionLogs,
        cluster: ClusterView,
        topicDefaults: TopicDefaults,
        server: KafkaServer,
        config: BrokerConfig,
        { writes }: StoreHealth,
      ) =>
        new ProduceHandler(catalogue, logs, cluster, topicDefaults, systemClock, {
          deepValidation: config.log.deepValidation,
          throttleTimeMs: () => {
            return Math.max(producerThrottle(server.budget.utilisation), storeThrottle(writes.state, writes.severity));
          },
          admitsWrites: () => writes.admit(),
        }),
      inject: [TopicCatalogue, PartitionLogs, ClusterView, TopicDefaults, KafkaServer, BROKER_CONFIG, StoreHealth],
    },
    {
      provide: FetchHandler,
      useFactory: (
        catalogue: TopicCatalogue,
        logs: PartitionLogs,
        followed: FollowedLogs,
        cluster: ClusterView,
        session: BrokerSession,
        logger: Logger,
        { rack }: BrokerConfig,
      ) => {
        const replicas = new ReplicaSelection(cluster, rack, followed, systemClock);
        return new FetchHandler(catalogue, logs, replicas, cluster, session, systemClock, logger);
      },
      inject: [TopicCatalogue, PartitionLogs, FollowedLogs, ClusterView, BrokerSession, LOGGER, BROKER_CONFIG],
    },
    {
      provide: ListOffsetsHandler,
      useFactory: (catalogue: TopicCatalogue, logs: PartitionLogs, logger: Logger) =>
        new ListOffsetsHandler(catalogue, logs, logger),
      inject: [TopicCatalogue, PartitionLogs, LOGGER],
    },
    {
      provide: OffsetForLeaderEpochHandler,
      useFactory: (catalogue: TopicCatalogue, logs: PartitionLogs) => new OffsetForLeaderEpochHandler(catalogue, logs),
      inject: [TopicCatalogue, PartitionLogs],
    },
    {
      provide: ApiVersionsHandler,
      useFactory: (handlers: HandlerTable, cluster: ClusterView) => new ApiVersionsHandler(handlers, cluster),
      inject: [HandlerTable, ClusterView],
    },
    {
      provide: TopicCreation,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView, config: BrokerConfig, logger: Logger) =>
        new TopicCreation(catalogue, cluster, config.topics, logger),
      inject: [TopicCatalogue, ClusterView, BROKER_CONFIG, LOGGER],
    },
    {
      provide: MetadataHandler,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView, creation: TopicCreation, config: BrokerConfig) =>
        new MetadataHandler(catalogue, cluster, creation, { autoCreateTopics: config.topics.autoCreate }),
      inject: [TopicCatalogue, ClusterView, TopicCreation, BROKER_CONFIG],
    },
    {
      provide: FindCoordinatorHandler,
      useFactory: (slots: GroupSlots) => new FindCoordinatorHandler(slots),
      inject: [GroupSlots],
    },
    {
      provide: InitProducerIdHandler,
      useFactory: (producerIds: ProducerIdAllocator, logger: Logger) => new InitProducerIdHandler(producerIds, logger),
      inject: [ProducerIdAllocator, LOGGER],
    },
  ],
  exports: [TopicCreation],
})
export class ApiModule {}
