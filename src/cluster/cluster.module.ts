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
import { ControllerMetrics } from '../metrics/controller-metrics.js';
import { systemClock } from '../time/clock.js';
import { BrokerSession } from './broker-session.js';
import { Controller, DEFAULT_CONTROLLER_OPTIONS } from './controller/controller.js';
import { ClusterMirror } from './cluster-mirror.js';
import { ClusterView } from './cluster-view.js';
import { FormatLevelWatch } from './format-level-watch.js';
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
    const mirror = {
      provide: ClusterMirror,
      inject: [METADATA_STORE, LOGGER],
      useFactory: (store: MetadataStore, logger: Logger) => new ClusterMirror(store, logger),
    };
    const session = {
      provide: BrokerSession,
      inject: [METADATA_STORE, TopicCatalogue, ClusterMirror, host, BROKER_CONFIG, LOGGER],
      useFactory: (
        store: MetadataStore,
        catalogue: TopicCatalogue,
        clusterMirror: ClusterMirror,
        partitionHost: PartitionHost,
        config: BrokerConfig,
        logger: Logger,
      ) =>
        new BrokerSession(
          {
            broker: identityOf(config),
            leaseTtlMs: LEASE_TTL_MS,
            startTimeoutMs: config.startupTimeoutMs,
            verifyMetadata,
          },
          {
            ...{ store, catalogue, logger },
            mirror: clusterMirror,
            host: partitionHost,
            clock: systemClock,
            random: Math.random,
          },
        ),
    };
    const controller = {
      provide: Controller,
      inject: [METADATA_STORE, TopicCatalogue, LOGGER, ControllerMetrics],
      useFactory: (store: MetadataStore, topics: TopicCatalogue, logger: Logger, observer: ControllerMetrics) =>
        new Controller({
          ...{ store, topics, logger, observer },
          options: DEFAULT_CONTROLLER_OPTIONS,
          clock: systemClock,
          random: Math.random,
        }),
    };
    const view = {
      provide: ClusterView,
      inject: [METADATA_STORE, ClusterMirror, host, BROKER_CONFIG],
      useFactory: async (
        store: MetadataStore,
        clusterMirror: ClusterMirror,
        partitionHost: PartitionHost,
        config: BrokerConfig,
      ) =>
        new ClusterView(
          clusterMirror,
          await clusterIdOf(store, systemClock),
          config.brokerId,
          systemClock,
          (topicId, partition) => partitionHost.leads(topicId, partition),
        ),
    };
    const formatLevel = {
      provide: FormatLevelWatch,
      inject: [METADATA_STORE, LOGGER],
      useFactory: (store: MetadataStore, logger: Logger) => new FormatLevelWatch(store, logger),
    };
    const exported = [BrokerSession, ClusterMirror, Controller, ClusterView, FormatLevelWatch];
    const providers = [mirror, session, controller, view, formatLevel];
    return { module: ClusterModule, providers, exports: exported };
  }
}

function identityOf(config: BrokerConfig) {
  const { brokerId, advertised, rack } = config;
  return { brokerId, host: advertised.host, port: advertised.port, rack: rack ?? undefined, version: VERSION };
}
