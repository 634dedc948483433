import { Module } from '@nestjs/common';
import { ClusterView } from '../cluster/cluster-view.js';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import { PartitionLogs } from '../log/partition-logs.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { GroupConfigs } from '../metadata/group-configs.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { TopicDefaults } from '../metadata/topic-defaults.js';
import { AlterClientQuotasHandler } from './cluster/alter-client-quotas.handler.js';
import { AlterConfigsHandler } from './configs/alter-configs.handler.js';
import { AlterPartitionReassignmentsHandler } from './topics/alter-partition-reassignments.handler.js';
import { ApiModule } from './api.module.js';
import { ConfigAlteration } from './configs/config-alteration.js';
import { CreateAclsHandler } from './cluster/create-acls.handler.js';
import { CreatePartitionsHandler } from './topics/create-partitions.handler.js';
import { CreateTopicsHandler } from './topics/create-topics.handler.js';
import { DeleteAclsHandler } from './cluster/delete-acls.handler.js';
import { DeleteRecordsHandler } from './records/delete-records.handler.js';
import { DeleteTopicsHandler } from './topics/delete-topics.handler.js';
import { DescribeAclsHandler } from './cluster/describe-acls.handler.js';
import { DescribeClientQuotasHandler } from './cluster/describe-client-quotas.handler.js';
import { DescribeClusterHandler } from './cluster/describe-cluster.handler.js';
import { DescribeConfigsHandler } from './configs/describe-configs.handler.js';
import { DescribeLogDirsHandler } from './cluster/describe-log-dirs.handler.js';
import { DescribeProducersHandler } from './records/describe-producers.handler.js';
import { DescribeTopicPartitionsHandler } from './topics/describe-topic-partitions.handler.js';
import { ElectLeadersHandler } from './topics/elect-leaders.handler.js';
import { IncrementalAlterConfigsHandler } from './configs/incremental-alter-configs.handler.js';
import { ListConfigResourcesHandler } from './configs/list-config-resources.handler.js';
import { ListPartitionReassignmentsHandler } from './topics/list-partition-reassignments.handler.js';
import { logDirOf } from './cluster/log-dir.js';
import { TopicCreation } from './topics/topic-creation.js';
import { UpdateFeaturesHandler } from './cluster/update-features.handler.js';

/** What the broker answers to administrators and their tools. */
@Module({
  imports: [ApiModule],
  providers: [
    AlterClientQuotasHandler,
    CreateAclsHandler,
    DeleteAclsHandler,
    DescribeAclsHandler,
    DescribeClientQuotasHandler,
    {
      provide: CreateTopicsHandler,
      useFactory: (
        catalogue: TopicCatalogue,
        cluster: ClusterView,
        creation: TopicCreation,
        defaults: TopicDefaults,
        config: BrokerConfig,
      ) => new CreateTopicsHandler(catalogue, cluster, creation, defaults, config.topics),
      inject: [TopicCatalogue, ClusterView, TopicCreation, TopicDefaults, BROKER_CONFIG],
    },
    {
      provide: DeleteTopicsHandler,
      useFactory: (catalogue: TopicCatalogue, logger: Logger, config: BrokerConfig) =>
        new DeleteTopicsHandler(catalogue, logger, config.topics),
      inject: [TopicCatalogue, LOGGER, BROKER_CONFIG],
    },
    {
      provide: CreatePartitionsHandler,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView, logger: Logger, config: BrokerConfig) =>
        new CreatePartitionsHandler(catalogue, cluster, logger, config.topics),
      inject: [TopicCatalogue, ClusterView, LOGGER, BROKER_CONFIG],
    },
    {
      provide: DescribeConfigsHandler,
      useFactory: (catalogue: TopicCatalogue, defaults: TopicDefaults, groups: GroupConfigs, config: BrokerConfig) =>
        new DescribeConfigsHandler(catalogue, defaults, groups, config),
      inject: [TopicCatalogue, TopicDefaults, GroupConfigs, BROKER_CONFIG],
    },
    {
      provide: ConfigAlteration,
      useFactory: (
        catalogue: TopicCatalogue,
        defaults: TopicDefaults,
        groups: GroupConfigs,
        logger: Logger,
        { topics, groups: groupOptions }: BrokerConfig,
      ) => new ConfigAlteration(catalogue, defaults, groups, logger, topics, groupOptions.consumer),
      inject: [TopicCatalogue, TopicDefaults, GroupConfigs, LOGGER, BROKER_CONFIG],
    },
    {
      provide: AlterConfigsHandler,
      useFactory: (alteration: ConfigAlteration) => new AlterConfigsHandler(alteration),
      inject: [ConfigAlteration],
    },
    {
      provide: IncrementalAlterConfigsHandler,
      useFactory: (alteration: ConfigAlteration) => new IncrementalAlterConfigsHandler(alteration),
      inject: [ConfigAlteration],
    },
    {
      provide: ListConfigResourcesHandler,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView, groups: GroupConfigs) =>
        new ListConfigResourcesHandler(catalogue, cluster, groups),
      inject: [TopicCatalogue, ClusterView, GroupConfigs],
    },
    {
      provide: DescribeClusterHandler,
      useFactory: (cluster: ClusterView) => new DescribeClusterHandler(cluster),
      inject: [ClusterView],
    },
    {
      provide: DescribeTopicPartitionsHandler,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView) =>
        new DescribeTopicPartitionsHandler(catalogue, cluster),
      inject: [TopicCatalogue, ClusterView],
    },
    {
      provide: DescribeLogDirsHandler,
      useFactory: (logs: PartitionLogs, config: BrokerConfig) =>
        new DescribeLogDirsHandler(logs, logDirOf(config.objects)),
      inject: [PartitionLogs, BROKER_CONFIG],
    },
    {
      provide: DescribeProducersHandler,
      useFactory: (catalogue: TopicCatalogue, logs: PartitionLogs) => new DescribeProducersHandler(catalogue, logs),
      inject: [TopicCatalogue, PartitionLogs],
    },
    {
      provide: DeleteRecordsHandler,
      useFactory: (catalogue: TopicCatalogue, defaults: TopicDefaults, logs: PartitionLogs, config: BrokerConfig) =>
        new DeleteRecordsHandler(catalogue, defaults, logs, config.topics),
      inject: [TopicCatalogue, TopicDefaults, PartitionLogs, BROKER_CONFIG],
    },
    {
      provide: ElectLeadersHandler,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView) => new ElectLeadersHandler(catalogue, cluster),
      inject: [TopicCatalogue, ClusterView],
    },
    {
      provide: AlterPartitionReassignmentsHandler,
      useFactory: (catalogue: TopicCatalogue, store: MetadataStore, { topics }: BrokerConfig) =>
        new AlterPartitionReassignmentsHandler(catalogue, store, topics),
      inject: [TopicCatalogue, METADATA_STORE, BROKER_CONFIG],
    },
    {
      provide: ListPartitionReassignmentsHandler,
      useFactory: (catalogue: TopicCatalogue, cluster: ClusterView) =>
        new ListPartitionReassignmentsHandler(catalogue, cluster),
      inject: [TopicCatalogue, ClusterView],
    },
    {
      provide: UpdateFeaturesHandler,
      useFactory: (store: MetadataStore, logger: Logger, { topics }: BrokerConfig) =>
        new UpdateFeaturesHandler(store, logger, topics),
      inject: [METADATA_STORE, LOGGER, BROKER_CONFIG],
    },
  ],
})
export class AdminModule {}
