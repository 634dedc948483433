import type { Logger } from '../../logging/logger.js';
import { hasDeletedNamesake } from '../../metadata/deleted-namesake.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import type { TopicConfigs } from '../../metadata/topic-configs.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Clock } from '../../time/clock.js';
import type { PartitionLog } from '../partition-log.js';
import type { PartitionLogs } from '../partition-logs.js';
import { WriteBudget } from '../write-budget.js';
import { compactionLimitsOf } from './compaction-limits.js';
import type { CompactablePartition } from './compaction-jobs.js';
import { MERGE_FACTOR, type CompactionLimits } from './compaction-policy.js';
import { CompactionQueue } from './compaction-queue.js';
import { Compactor, type CompactionObserver } from './compactor.js';
import { SegmentWriter } from './write-segment.js';

/**
 * Extents that all partitions together may keep in memory, a few hundred bytes each. Beyond, the partitions with the most
 * are compacted without waiting for their age or for the budget of writes (I6).
 */
export const MAX_UNCOMPACTED_EXTENTS = 1_000_000;

/** How often it looks for work when there was none, ms. */
const LOOK_INTERVAL_MS = 1_000;

export interface CompactionOptions extends CompactionLimits {
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** Objects per second that segments smaller than full ones may cost. */
  readonly putsPerSecond: number;
  /** Default: {@link MAX_UNCOMPACTED_EXTENTS}. */
  readonly maxExtents?: number;
  /** Default: 1 s. */
  readonly lookIntervalMs?: number;
}

export interface CompactionDependencies {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  /** The configurations of a topic, its own and the cluster's. */
  readonly configsOf: (topicId: string) => TopicConfigs;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter and names. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: CompactionObserver;
}

/** What compaction needs of the logs that this broker keeps. */
export type CompactedLogs = Pick<PartitionLogs, 'all' | 'manifestOf' | 'loadForMaintenance'>;

/** Compaction of the partitions whose logs this broker keeps. */
export function createCompactor(
  options: CompactionOptions,
  logs: CompactedLogs,
  { objects, metadata, configsOf, clock, random, logger, observer }: CompactionDependencies,
): Compactor<PartitionLog> {
  const { namespace, segmentBytes, maxExtents = MAX_UNCOMPACTED_EXTENTS } = options;
  const limitsOf = ({ topicId }: CompactablePartition) => compactionLimitsOf(options, configsOf(topicId));
  return new Compactor<PartitionLog>({
    lookIntervalMs: options.lookIntervalMs ?? LOOK_INTERVAL_MS,
    stores: {
      objects,
      namespace,
      writer: new SegmentWriter(objects, namespace, clock, random, logger),
      clock,
      load: (extent) => logs.loadForMaintenance(extent),
      hasDeletedNamesake: (topicName) => hasDeletedNamesake(metadata, topicName),
      commit: (log, change) => logs.manifestOf(log).commit(change),
    },
    queue: new CompactionQueue<PartitionLog>({ largeBytes: segmentBytes / MERGE_FACTOR, maxExtents }, limitsOf, clock),
    budget: new WriteBudget(options.putsPerSecond, clock),
    partitions: () => logs.all(),
    clock,
    random,
    logger,
    observer,
  });
}
