import { Module } from '@nestjs/common';
import type { BrokerConfig } from '../../config/broker-config.js';
import { BROKER_CONFIG } from '../../config/config.module.js';
import type { Logger } from '../../logging/logger.js';
import { LOGGER } from '../../logging/logging.module.js';
import { METADATA_STORE } from '../../metadata/metadata.module.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { TopicDefaults } from '../../metadata/topic-defaults.js';
import { CompactionMetrics } from '../../metrics/compaction-metrics.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { OBJECT_STORE } from '../../storage/storage.module.js';
import { systemClock } from '../../time/clock.js';
import { PartitionLogs } from '../partition-logs.js';
import { Compactor } from './compactor.js';
import { createCompactor } from './create-compactor.js';

/** The compaction of the partitions that this broker leads. It runs while the broker has an incarnation. */
@Module({
  providers: [
    {
      provide: Compactor,
      inject: [
        BROKER_CONFIG,
        PartitionLogs,
        OBJECT_STORE,
        METADATA_STORE,
        TopicCatalogue,
        TopicDefaults,
        LOGGER,
        CompactionMetrics,
      ],
      useFactory: (
        config: BrokerConfig,
        logs: PartitionLogs,
        objects: ObjectStore,
        metadata: MetadataStore,
        catalogue: TopicCatalogue,
        defaults: TopicDefaults,
        logger: Logger,
        observer: CompactionMetrics,
      ) =>
        createCompactor(
          {
            namespace: config.objects.namespace,
            segmentBytes: config.log.compaction.segmentBytes,
            maxAgeMs: config.log.compaction.maxAgeMs,
            putsPerSecond: config.log.compaction.putsPerSec,
          },
          logs,
          {
            objects,
            metadata,
            configsOf: (topicId) => defaults.under(catalogue.getById(topicId)?.configs ?? new Map()),
            clock: systemClock,
            random: Math.random,
            logger,
            observer,
          },
        ),
    },
  ],
})
export class CompactionModule {}
