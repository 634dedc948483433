import { Module, type DynamicModule } from '@nestjs/common';
import { AdminModule } from './api/admin.module.js';
import { ApiModule } from './api/api.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import type { BrokerConfig } from './config/broker-config.js';
import { ConfigModule } from './config/config.module.js';
import { ControlModule } from './control/control.module.js';
import { GroupsModule } from './groups/groups.module.js';
import { HealthModule } from './health/health.module.js';
import { CompactionModule } from './log/compaction/compaction.module.js';
import { CleanupModule } from './log/cleanup/cleanup.module.js';
import { LogModule } from './log/log.module.js';
import { PartitionLogs } from './log/partition-logs.js';
import { ScrubModule } from './log/scrub/scrub.module.js';
import type { Logger } from './logging/logger.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetadataModule } from './metadata/metadata.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import type { Foundation } from './foundation.js';
import type { Stores } from './open-stores.js';
import { verifyStores } from './verify-stores.js';
import { RecoveryModule } from './recovery/recovery.module.js';
import { ProtocolModule } from './protocol/transport/index.js';
import { StorageModule } from './storage/storage.module.js';

/** The whole broker. */
@Module({})
export class BrokerModule {
  static with(
    config: BrokerConfig,
    logger: Logger,
    stores: Stores,
    { metrics, readiness, tracing }: Foundation,
  ): DynamicModule {
    const { host, port } = config.listeners.kafka;
    return {
      module: BrokerModule,
      imports: [
        ConfigModule.with(config),
        LoggingModule.with(logger),
        MetricsModule.with(metrics),
        HealthModule.with(readiness),
        StorageModule.with(stores, config),
        MetadataModule.with(stores.metadata),
        LogModule.with(tracing?.tracer),
        CompactionModule,
        CleanupModule,
        ScrubModule,
        ClusterModule.with(PartitionLogs, (signal) => verifyStores(config, stores, signal)),
        RecoveryModule.with(config.objects.namespace, stores.metadata),
        GroupsModule,
        ApiModule,
        AdminModule,
        ProtocolModule.with({
          host,
          port,
          maxConnections: config.maxConnections,
          maxBufferBytes: config.log.maxBufferBytes,
          // Half of the time is for giving up partitions, and the end takes some too.
          drainTimeoutMs: config.drainTimeoutMs / 4,
          traceRequests: config.logging.traceKafka,
          tracer: tracing?.tracer,
        }),
        ControlModule,
      ],
    };
  }
}
