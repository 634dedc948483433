import { Module } from '@nestjs/common';
import type { BrokerConfig } from '../../config/broker-config.js';
import { BROKER_CONFIG } from '../../config/config.module.js';
import type { Logger } from '../../logging/logger.js';
import { LOGGER } from '../../logging/logging.module.js';
import { METADATA_STORE } from '../../metadata/metadata.module.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { TopicDefaults } from '../../metadata/topic-defaults.js';
import { CleanupMetrics } from '../../metrics/cleanup-metrics.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { OBJECT_STORE } from '../../storage/storage.module.js';
import { systemClock } from '../../time/clock.js';
import { PartitionLogs } from '../partition-logs.js';
import { Janitor } from './janitor.js';

/** The removal of what is not needed any more. */
@Module({
  providers: [
    {
      provide: Janitor,
      inject: [
        BROKER_CONFIG,
        PartitionLogs,
        OBJECT_STORE,
        METADATA_STORE,
        TopicCatalogue,
        TopicDefaults,
        LOGGER,
        CleanupMetrics,
      ],
      useFactory: (
        { objects: { namespace }, cleanup }: BrokerConfig,
        logs: PartitionLogs,
        objects: ObjectStore,
        metadata: MetadataStore,
        catalogue: TopicCatalogue,
        topicDefaults: TopicDefaults,
        logger: Logger,
        observer: CleanupMetrics,
      ) => {
        const stores = { objects, metadata };
        const times = { clock: systemClock, random: Math.random };
        return new Janitor(
          { namespace, ...cleanup },
          { logs, catalogue, topicDefaults, logger, observer, ...stores, ...times },
        );
      },
    },
  ],
})
export class CleanupModule {}
