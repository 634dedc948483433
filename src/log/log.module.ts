import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import type { RevisionTrackingStore } from '../metadata/revision-tracking-store.js';
import { WalMetrics } from '../metrics/wal-metrics.js';
import { WalMergeMetrics } from '../metrics/wal-merge-metrics.js';
import { PARTITION_ENDS, type PartitionEnds } from '../metrics/consumer-lag.js';
import { ReadMetrics } from '../metrics/read-metrics.js';
import type { ObjectStore } from '../storage/object-store.js';
import { OBJECT_STORE } from '../storage/storage.module.js';
import { systemClock } from '../time/clock.js';
import { FollowedLogs } from './followers/followed-logs.js';
import { PartitionLogs } from './partition-logs.js';
import type { OpenerObserver } from './partition-opener.js';
import type { WalObserver } from './wal-writer.js';

/** Uploads at once: more would only share the same bandwidth. */
const MAX_CONCURRENT_UPLOADS = 8;
/** Reads from the object store at once for tail readers. */
const MAX_CONCURRENT_READS = 16;
/** Partitions opened at once: each takes one read of a manifest. */
const MAX_CONCURRENT_OPENINGS = 32;

/** Partitions of other brokers that consumers near this one read at the same time. */
const MAX_FOLLOWED_PARTITIONS = 10_000;
/** A partition that no consumer has read here for so long is followed no longer, ms. */
const FOLLOWED_IDLE_MS = 120_000;

/** The partition logs of this broker, and the WAL behind them. */
@Global()
@Module({})
export class LogModule {
  /** @param tracer told of the WAL objects that are committed, where requests are traced */
  static with(tracer: WalObserver | undefined): DynamicModule {
    return {
      module: LogModule,
      providers: [
        {
          provide: PartitionLogs,
          inject: [BROKER_CONFIG, OBJECT_STORE, METADATA_STORE, LOGGER, WalMetrics, WalMergeMetrics, ReadMetrics],
          useFactory: (
            config: BrokerConfig,
            objects: ObjectStore,
            metadata: RevisionTrackingStore,
            logger: Logger,
            observer: WalMetrics,
            mergeObserver: WalMergeMetrics,
            readObserver: ReadMetrics,
          ) =>
            new PartitionLogs(
              {
                namespace: config.objects.namespace,
                walObjectBytes: config.log.walObjectBytes,
                flushIntervalMs: config.log.flushIntervalMs,
                writeBudgetPerSecond: config.log.writeBudgetPutsPerSec,
                cacheBytes: config.log.cacheBytes,
                maxConcurrentUploads: MAX_CONCURRENT_UPLOADS,
                maxConcurrentReads: MAX_CONCURRENT_READS,
                readaheadBytes: config.log.readaheadBytes,
                maxConcurrentOpenings: MAX_CONCURRENT_OPENINGS,
              },
              {
                objects,
                metadata,
                clock: systemClock,
                random: Math.random,
                logger,
                writtenRevision: () => metadata.writtenRevision,
                observer: tracer === undefined ? observer : bothOf(observer, tracer),
                mergeObserver,
                readObserver,
              },
            ),
        },
        {
          provide: FollowedLogs,
          inject: [BROKER_CONFIG, OBJECT_STORE, METADATA_STORE, PartitionLogs, LOGGER],
          useFactory: (
            { objects: { namespace } }: BrokerConfig,
            objects: ObjectStore,
            metadata: MetadataStore,
            { reader }: PartitionLogs,
            logger: Logger,
          ) =>
            new FollowedLogs(
              {
                namespace,
                maxConcurrentReads: MAX_CONCURRENT_READS,
                maxPartitions: MAX_FOLLOWED_PARTITIONS,
                idleMs: FOLLOWED_IDLE_MS,
              },
              { objects, metadata, reader, clock: systemClock, random: Math.random, logger },
            ),
        },
        {
          provide: PARTITION_ENDS,
          inject: [PartitionLogs],
          useFactory: (logs: PartitionLogs): PartitionEnds => {
            return (topicId, partition) => logs.find(topicId, partition)?.highWatermark;
          },
        },
      ],
      exports: [PartitionLogs, FollowedLogs, PARTITION_ENDS],
    };
  }
}

function bothOf(metrics: WalMetrics, tracer: WalObserver): WalObserver & OpenerObserver {
  return {
    partitionOpenFailed: () => metrics.partitionOpenFailed(),
    walObjectCommitted: (object) => {
      metrics.walObjectCommitted(object);
      tracer.walObjectCommitted(object);
    },
  };
}
