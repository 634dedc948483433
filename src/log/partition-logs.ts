import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Logger } from '../logging/logger.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Clock } from '../time/clock.js';
import { CommitLog } from './commit-log.js';
import { ExtentReader, type CacheObserver } from './extent-reader.js';
import { PartitionLog, type PartitionIdentity, type RecoveredLog } from './partition-log.js';
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

export type LogObserver = WalObserver & CacheObserver;

export interface LogDependencies {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer?: LogObserver;
}

/** The partition logs that this broker leads, and the WAL that they share, for one incarnation after the other. */
export class PartitionLogs {
  private readonly logs = new Map<string, PartitionLog>();
  private readonly tailCache: TailCache;
  private readonly reader: ExtentReader;
  private readonly budget: WriteBudget;
  private current: { incarnation: LogIncarnation; writer: WalWriter; recovery: AbortController } | undefined;

  constructor(
    private readonly options: LogOptions,
    private readonly dependencies: LogDependencies,
  ) {
    const half = Math.floor(options.cacheBytes / 2);
    this.tailCache = new TailCache(half);
    this.reader = new ExtentReader(
      dependencies.objects,
      { cacheBytes: half, maxConcurrentReads: options.maxConcurrentReads },
      dependencies.observer,
    );
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

  /** Reads what ended incarnations have committed; one of these serves all partitions that are opened together. */
  recovery(): WalRecovery {
    const { objects, metadata, clock, random, logger } = this.dependencies;
    const { namespace, maxConcurrentReads } = this.options;
    const { signal } = this.running().recovery;
    return new WalRecovery(objects, metadata, { namespace, concurrency: maxConcurrentReads }, clock, random, logger, signal);
  }

  /** Starts to lead a partition whose history is `recovered`. */
  open(identity: PartitionIdentity, recovered: RecoveredLog): PartitionLog {
    const { incarnation, writer } = this.running();
    const log = new PartitionLog(identity, recovered, {
      writer,
      reader: this.reader,
      clock: this.dependencies.clock,
      isLeading: () => incarnation.isLive(),
    });
    this.logs.set(logKey(identity.topicId, identity.partition), log);
    return log;
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
    if (this.current === undefined) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker has no incarnation');
    return this.current;
  }
}

function logKey(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}
