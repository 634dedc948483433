import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Logger } from '../logging/logger.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import type { Tenure } from '../metadata/tenure.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Clock } from '../time/clock.js';
import { BlockReader } from './block-reader.js';
import { CommitLog } from './commit-log.js';
import { raiseLogStarts, readLogStarts } from './log-starts.js';
import { PartitionLog, type RecoveredLog } from './partition-log.js';
import { TailCache } from './tail-cache.js';
import { WalRecovery } from './wal-recovery.js';
import { WalUploader } from './wal-uploader.js';
import { WalWriter, type WalObserver } from './wal-writer.js';
import { WriteBudget } from './write-budget.js';

export interface LogOptions {
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** Size at which a WAL object is sealed, bytes. */
  readonly walObjectBytes: number;
  /** Linger time of the group commit, ms. */
  readonly flushIntervalMs: number;
  /** Objects written per second at most, but for full ones. */
  readonly writeBudgetPerSecond: number;
  /** Bound of tail cache and block cache together, bytes. */
  readonly cacheBytes: number;
  readonly maxConcurrentUploads: number;
  readonly maxConcurrentReads: number;
}

/** The part of an incarnation that the log needs. */
export interface LogIncarnation {
  readonly id: string;
  readonly brokerId: number;
  /** Whether the lease surely lives, by our own clock. */
  isLive(): boolean;
}

/** A partition by names. */
export interface PartitionId {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
}

/** What was committed of a partition. */
export interface RecoveredPartition extends RecoveredLog {
  readonly id: PartitionId;
  /** Offset after the last committed record. */
  readonly logEndOffset: number;
}

export interface LogDependencies {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer?: WalObserver;
}

/** The partition logs that this broker leads, and the WAL that they share, for one incarnation after the other. */
export class PartitionLogs {
  private readonly logs = new Map<string, PartitionLog>();
  private readonly tailCache: TailCache;
  private readonly reader: BlockReader;
  private readonly budget: WriteBudget;
  private current: { incarnation: LogIncarnation; writer: WalWriter; recovery: AbortController } | undefined;

  constructor(
    private readonly options: LogOptions,
    private readonly dependencies: LogDependencies,
  ) {
    const half = Math.floor(options.cacheBytes / 2);
    this.tailCache = new TailCache(half);
    this.reader = new BlockReader(dependencies.objects, dependencies.logger, {
      cacheBytes: half,
      maxConcurrentReads: options.maxConcurrentReads,
    });
    this.budget = new WriteBudget(options.writeBudgetPerSecond, dependencies.clock);
  }

  find(topicId: string, partition: number): PartitionLog | undefined {
    return this.logs.get(logKey(topicId, partition));
  }

  all(): Iterable<PartitionLog> {
    return this.logs.values();
  }

  /** Bytes in the tail cache. */
  get tailCacheBytes(): number {
    return this.tailCache.usedBytes;
  }

  /**
   * Starts the WAL of a new incarnation.
   *
   * @returns rejects when that incarnation can commit nothing more; never resolves
   */
  begin(incarnation: LogIncarnation): Promise<never> {
    const { objects, metadata, clock, random, logger, observer } = this.dependencies;
    const writer = new WalWriter(
      {
        namespace: this.options.namespace,
        incarnationId: incarnation.id,
        objectBytes: this.options.walObjectBytes,
        lingerMs: this.options.flushIntervalMs,
      },
      new WalUploader(objects, clock, random, logger, this.options.maxConcurrentUploads),
      new CommitLog(metadata, incarnation, clock, random, logger),
      this.budget,
      this.tailCache,
      clock,
      logger,
      observer,
    );
    this.current = { incarnation, writer, recovery: new AbortController() };
    return writer.failed;
  }

  /**
   * Reads what ended incarnations have committed of partitions.
   *
   * @param partitions with their tenures, oldest first
   * @throws MissingWalObjectError, WalFormatError when a committed object is gone or damaged
   * @throws MetadataUnavailableError when a commit record can't be read
   */
  async recover(
    partitions: readonly { readonly id: PartitionId; readonly tenures: readonly Tenure[] }[],
  ): Promise<RecoveredPartition[]> {
    const { objects, metadata, clock, random, logger } = this.dependencies;
    const { namespace, maxConcurrentReads: concurrency } = this.options;
    const { signal } = this.running().recovery;
    const recovery = new WalRecovery(objects, metadata, { namespace, concurrency }, clock, random, logger, signal);
    const starts = await readLogStarts(
      metadata,
      partitions.map(({ id }) => id),
    );
    return Promise.all(
      partitions.map(async ({ id, tenures }, index) => {
        const extents = await recovery.extentsOf(id.topicId, id.partition, tenures);
        const logEndOffset = (extents.at(-1)?.lastOffset ?? -1) + 1;
        return { id, logStartOffset: starts[index] as number, logEndOffset, extents };
      }),
    );
  }

  /**
   * Deletes the records of partitions below offsets: durably, and here when it resolves (KIP-107). What is in WAL objects
   * stays there until those are removed.
   *
   * @param targets partitions of one topic with their new log start offsets, at most their high watermarks
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async deleteRecords(
    targets: readonly { readonly log: PartitionLog; readonly offset: number }[],
    timeoutMs: number,
  ): Promise<void> {
    const { metadata, clock, random } = this.dependencies;
    const { incarnation } = this.running();
    const highest = new Map<PartitionLog, number>();
    for (const { log, offset } of targets) {
      if (offset > (highest.get(log) ?? log.logStartOffset)) highest.set(log, offset);
    }
    const starts = [...highest].map(([log, logStartOffset]) => ({
      topicName: log.topicName,
      topicId: log.topicId,
      partition: log.partition,
      leaderEpoch: log.leaderEpoch,
      logStartOffset,
      highWatermark: log.highWatermark,
    }));
    await raiseLogStarts(metadata, incarnation.id, starts, clock.monotonic() + timeoutMs, clock, random);
    for (const { log, offset } of targets) log.raiseLogStart(offset);
  }

  /** Starts to lead a partition that `recover` has read. */
  open(partition: RecoveredPartition, leaderEpoch: number): void {
    const { incarnation, writer } = this.running();
    const log = new PartitionLog({ ...partition.id, leaderEpoch }, partition, {
      writer,
      reader: this.reader,
      clock: this.dependencies.clock,
      isLeading: () => incarnation.isLive(),
    });
    this.logs.set(logKey(log.topicId, log.partition), log);
  }

  isOpen(topicId: string, partition: number): boolean {
    return this.logs.has(logKey(topicId, partition));
  }

  /** Ids of the topics that have open partitions. */
  openTopics(): ReadonlySet<string> {
    return new Set(Array.from(this.logs.values(), (log) => log.topicId));
  }

  /** Closes the logs of a deleted topic. What it has in WAL objects stays there until those are removed. */
  closeTopic(topicId: string): void {
    for (const [key, log] of this.logs) {
      if (log.topicId !== topicId) continue;
      this.logs.delete(key);
      log.close(new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `topic ${log.topicName} was deleted`));
    }
  }

  /** Commits everything appended so far, at once. */
  async flush(): Promise<void> {
    await this.current?.writer.flush();
  }

  /** Drops all logs, because the incarnation has ended: what was not committed is never shown to anybody (I4). */
  abandon(message: string): void {
    const reason = new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, message);
    this.current?.writer.abandon(reason);
    this.current?.recovery.abort(reason);
    this.current = undefined;
    for (const log of this.logs.values()) log.close(reason);
    this.logs.clear();
    this.tailCache.clear();
  }

  private running() {
    if (this.current === undefined)
      throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker has no incarnation');
    return this.current;
  }
}

function logKey(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}
