import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import { VERSION } from '../config/version.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { clusterIdOf } from '../metadata/cluster-id.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { systemClock } from '../time/clock.js';
import { BrokerSession } from './broker-session.js';
import { ClusterView } from './cluster-view.js';
import type { PartitionHost } from './partition-host.js';

/** How long the cluster waits for a silent broker, ms. */
const LEASE_TTL_MS = 10_000;

/** This broker's membership, and what it tells clients about the cluster. */
@Global()
@Module({})
export class ClusterModule {
  /**
   * @param host the provider that keeps the partitions' logs
   * @param verifyMetadata throws when the metadata store must not be relied on
   */
  static with(host: Type<PartitionHost>, verifyMetadata: (signal: AbortSignal) => Promise<void>): DynamicModule {
    const session = {
      provide: BrokerSession,
      inject: [METADATA_STORE, TopicCatalogue, host, BROKER_CONFIG, LOGGER],
      useFactory: (
        store: MetadataStore,
        catalogue: TopicCatalogue,
        partitionHost: PartitionHost,
        config: BrokerConfig,
        logger: Logger,
      ) =>
        new BrokerSession(
          store,
          catalogue,
          partitionHost,
          {
            broker: identityOf(config),
            leaseTtlMs: LEASE_TTL_MS,
            startTimeoutMs: config.startupTimeoutMs,
            verifyMetadata,
          },
          systemClock,
          Math.random,
          logger,
        ),
    };
    const view = {
      provide: ClusterView,
      inject: [METADATA_STORE, host, BROKER_CONFIG],
      useFactory: async (store: MetadataStore, partitionHost: PartitionHost, config: BrokerConfig) =>
        new ClusterView(
          store,
          await clusterIdOf(store, systemClock),
          config.brokerId,
          systemClock,
          (topicId, partition) => partitionHost.leads(topicId, partition),
        ),
    };
    return { module: ClusterModule, providers: [session, view], exports: [BrokerSession, ClusterView] };
  }
}

function identityOf(config: BrokerConfig) {
  const { brokerId, advertised, rack } = config;
  return { brokerId, host: advertised.host, port: advertised.port, rack: rack ?? undefined, version: VERSION };
}
