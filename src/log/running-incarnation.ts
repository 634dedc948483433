import type { BlockReader } from './block-reader.js';
import { CommitLog } from './commit-log.js';
import { HandedOverPartitions } from './handed-over.js';
import type { LogDependencies, LogIncarnation, LogOptions } from './log-options.js';
import type { PartitionLog } from './partition-log.js';
import { PartitionOpener } from './partition-opener.js';
import type { TailCache } from './tail-cache.js';
import { WalFooters } from './wal-footers.js';
import { DEFAULT_MERGE_LIMITS } from './wal-merging/merge-policy.js';
import { WalMerger } from './wal-merging/wal-merger.js';
import { WalRelocation } from './wal-relocation.js';
import { WalUploader } from './wal-uploader.js';
import { WalWriter } from './wal-writer.js';
import type { WriteBudget } from './write-budget.js';

/** What there is for the time of one incarnation. */
export interface RunningIncarnation {
  readonly incarnation: LogIncarnation;
  readonly writer: WalWriter;
  readonly merger: WalMerger;
  readonly opener: PartitionOpener;
  readonly footers: WalFooters;
  readonly relocation: WalRelocation;
  readonly handedOver: HandedOverPartitions;
  /** Aborted when the incarnation ends. */
  readonly lifetime: AbortController;
}

/** What outlives incarnations. */
export interface SharedByIncarnations {
  readonly tailCache: TailCache;
  readonly reader: BlockReader;
  readonly budget: WriteBudget;
  /** The log of a partition that is open. */
  readonly find: (topicId: string, partition: number) => PartitionLog | undefined;
}

const MIN_MERGE_BYTES = 1024 * 1024;

/** Starts the WAL of an incarnation, and all that goes with it. */
export function runIncarnation(
  incarnation: LogIncarnation,
  options: LogOptions,
  dependencies: LogDependencies,
  shared: SharedByIncarnations,
): RunningIncarnation {
  const { objects, metadata, clock, random, logger, observer, writtenRevision = () => 0 } = dependencies;
  const { namespace } = options;
  const lifetime = new AbortController();
  const handedOver = new HandedOverPartitions(metadata);
  const merger = mergerOf(incarnation, options, dependencies, shared, handedOver, lifetime.signal);
  const writer = new WalWriter(
    {
      namespace,
      incarnationId: incarnation.id,
      objectBytes: options.walObjectBytes,
      lingerMs: options.flushIntervalMs,
      writtenRevision,
    },
    new WalUploader(objects, clock, random, logger, options.maxConcurrentUploads),
    new CommitLog(metadata, incarnation, clock, random, logger),
    shared.budget,
    {
      objectCommitted: (ref, extents) => {
        shared.tailCache.add(extents);
        merger.objectCommitted(ref, extents);
      },
    },
    clock,
    logger,
    observer,
  );
  const footerOptions = { namespace, concurrency: options.maxConcurrentReads };
  const footers = new WalFooters(objects, metadata, footerOptions, clock, random, logger, lifetime.signal);
  return {
    incarnation,
    writer,
    merger,
    opener: new PartitionOpener(options.maxConcurrentOpenings, clock, random, logger, observer),
    footers,
    relocation: new WalRelocation(footers, shared.find),
    handedOver,
    lifetime,
  };
}

function mergerOf(
  incarnation: LogIncarnation,
  { namespace, cacheBytes, mergeLimits = DEFAULT_MERGE_LIMITS }: LogOptions,
  dependencies: LogDependencies,
  { tailCache, reader, find }: SharedByIncarnations,
  handedOver: HandedOverPartitions,
  signal: AbortSignal,
): WalMerger {
  // What is merged is in memory for a moment: little where there is little.
  const targetBytes = Math.min(mergeLimits.targetBytes, Math.max(MIN_MERGE_BYTES, Math.floor(cacheBytes / 4)));
  return new WalMerger(
    { namespace, incarnationId: incarnation.id, limits: { ...mergeLimits, targetBytes } },
    {
      ...dependencies,
      tailCache,
      load: (extent) => reader.load(extent, { readClass: 'maintenance' }),
      findLog: find,
      checkpointOf: (topicId, partition) =>
        find(topicId, partition)?.checkpointOffset ?? handedOver.checkpointOf(topicId, partition),
    },
    signal,
  );
}
