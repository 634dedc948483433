import { Module } from '@nestjs/common';
import type { BrokerConfig } from '../../config/broker-config.js';
import { BROKER_CONFIG } from '../../config/config.module.js';
import type { Logger } from '../../logging/logger.js';
import { LOGGER } from '../../logging/logging.module.js';
import { ReadMetrics } from '../../metrics/read-metrics.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { OBJECT_STORE } from '../../storage/storage.module.js';
import { systemClock } from '../../time/clock.js';
import { PartitionLogs } from '../partition-logs.js';
import { Scrubber } from './scrubber.js';

/** The verification of stored segments in the background. */
@Module({
  providers: [
    {
      provide: Scrubber,
      inject: [BROKER_CONFIG, PartitionLogs, OBJECT_STORE, LOGGER, ReadMetrics],
      useFactory: (
        { objects: { namespace }, cleanup }: BrokerConfig,
        logs: PartitionLogs,
        objects: ObjectStore,
        logger: Logger,
        observer: ReadMetrics,
      ) =>
        new Scrubber(
          { namespace, bytesPerSec: cleanup.scrubBytesPerSec },
          { logs, objects, logger, observer, clock: systemClock, random: Math.random },
        ),
    },
  ],
})
export class ScrubModule {}
