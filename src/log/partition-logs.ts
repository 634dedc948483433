import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { StoredPartitionState } from '../metadata/partition-state.js';
import type { Tenure } from '../metadata/tenure.js';
import type { Manifest } from '../storage/manifest-format.js';
import { BlockReader } from './block-reader.js';
import { CommitLog } from './commit-log.js';
import type { LogDependencies, LogIncarnation, LogOptions } from './log-options.js';
import { firstNeededBy, type LiveWal } from './live-wal.js';
import { raiseLogStarts } from './log-starts.js';
import { emptyManifest, readManifest, type PartitionId } from './manifests.js';
import { MissingObjects } from './missing-objects.js';
import { PartitionLog } from './partition-log.js';
import { PartitionManifest } from './partition-manifest.js';
import { PartitionOpener } from './partition-opener.js';
import { segmentRef } from './segment-cut.js';
import { TailCache } from './tail-cache.js';
import { DEFAULT_MERGE_LIMITS } from './wal-merging/merge-policy.js';
import { WalMerger } from './wal-merging/wal-merger.js';
import { WalRecovery, type RecoveredPartition } from './wal-recovery.js';
import { WalUploader } from './wal-uploader.js';
import { WalWriter } from './wal-writer.js';
import { WriteBudget } from './write-budget.js';

export type { LogDependencies, LogIncarnation, LogOptions } from './log-options.js';
export type { RecoveredPartition } from './wal-recovery.js';

const MIN_MERGE_BYTES = 1024 * 1024;

/** A partition that this broker leads and serves. */
interface OpenPartition {
  readonly log: PartitionLog;
  readonly manifest: PartitionManifest;
}

/** What there is for the time of one incarnation. */
interface Running {
  readonly incarnation: LogIncarnation;
  readonly writer: WalWriter;
  readonly merger: WalMerger;
  readonly opener: PartitionOpener;
  /** Aborted when the incarnation ends. */
  readonly lifetime: AbortController;
}

/** The partition logs that this broker leads, and the WAL that they share, for one incarnation after the other. */
export class PartitionLogs {
  private readonly partitions = new Map<string, OpenPartition>();
  readonly missingObjects = new MissingObjects();
  private readonly tailCache: TailCache;
  /** Reads the batches of all partitions. */
  readonly reader: BlockReader;
  private readonly budget: WriteBudget;
  private current: Running | undefined;

  constructor(
    private readonly options: LogOptions,
    private readonly dependencies: LogDependencies,
  ) {
    const half = Math.floor(options.cacheBytes / 2);
    this.tailCache = new TailCache(half);
    const { objects, logger } = dependencies;
    this.reader = new BlockReader(
      this.missingObjects.watch(objects),
      logger,
      {
        cacheBytes: half,
        maxConcurrentReads: options.maxConcurrentReads,
        readaheadBytes: options.readaheadBytes,
      },
      dependencies.readObserver,
    );
    this.budget = new WriteBudget(options.writeBudgetPerSecond, dependencies.clock);
  }

  /** The log of a partition that this broker leads; undefined also while it is being opened. */
  find(topicId: string, partition: number): PartitionLog | undefined {
    return this.partitions.get(keyOf({ topicId, partition }))?.log;
  }

  /** The logs of all open partitions. */
  *all(): Iterable<PartitionLog> {
    for (const { log } of this.partitions.values()) yield log;
  }

  /**
   * The manifest of an open partition.
   *
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER when the log is closed
   */
  manifestOf(log: PartitionLog): PartitionManifest {
    const open = this.partitions.get(keyOf(log));
    if (open?.log !== log) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker leads it no longer');
    return open.manifest;
  }

  /** The WAL of the live incarnation, and what the open partitions need of it; undefined while there is none. */
  liveWal(): LiveWal | undefined {
    if (this.current === undefined) return undefined;
    const { incarnation, writer } = this.current;
    const firstNeeded = firstNeededBy(this.all(), incarnation.id);
    return { incarnationId: incarnation.id, deliveredSequence: writer.deliveredSequence, firstNeeded };
  }

  /** Bytes in the tail cache. */
  get tailCacheBytes(): number {
    return this.tailCache.usedBytes;
  }

  /** Committed WAL objects whose footers a restart would read. */
  get walFooters(): number {
    return this.current?.merger.footers ?? 0;
  }

  /** Keys of WAL objects that merged ones have replaced since the last call: to be deleted when nobody can be reading them. */
  takeReplacedWalObjects(): readonly string[] {
    return this.current?.merger.takeReplaced() ?? [];
  }

  /** The partitions that this broker leads and cannot serve yet. */
  *opening(): Iterable<PartitionId & { readonly hasFailed: boolean }> {
    const opener = this.current?.opener;
    if (opener === undefined) return;
    for (const id of opener.ids()) yield { ...id, hasFailed: opener.hasFailed(keyOf(id)) };
  }

  /** How many partitions this broker leads and cannot serve yet. */
  get openingCount(): number {
    return this.current?.opener.size ?? 0;
  }

  /**
   * Starts the WAL of a new incarnation.
   *
   * @returns rejects when that incarnation can commit nothing more; never resolves
   */
  begin(incarnation: LogIncarnation): Promise<never> {
    const { objects, metadata, clock, random, logger, observer } = this.dependencies;
    const lifetime = new AbortController();
    const merger = this.mergerOf(incarnation, lifetime.signal);
    const writer = new WalWriter(
      {
        namespace: this.options.namespace,
        incarnationId: incarnation.id,
        objectBytes: this.options.walObjectBytes,
        lingerMs: this.options.flushIntervalMs,
        writtenRevision: this.dependencies.writtenRevision ?? (() => 0),
      },
      new WalUploader(objects, clock, random, logger, this.options.maxConcurrentUploads),
      new CommitLog(metadata, incarnation, clock, random, logger),
      this.budget,
      {
        objectCommitted: (ref, extents) => {
          this.tailCache.add(extents);
          merger.objectCommitted(ref, extents);
        },
      },
      clock,
      logger,
      observer,
    );
    const opener = new PartitionOpener(this.options.maxConcurrentOpenings, clock, random, logger, observer);
    this.current = { incarnation, writer, merger, opener, lifetime };
    return writer.failed;
  }

  private mergerOf(incarnation: LogIncarnation, signal: AbortSignal): WalMerger {
    const { namespace, cacheBytes, mergeLimits = DEFAULT_MERGE_LIMITS } = this.options;
    // What is merged is in memory for a moment: little where there is little.
    const targetBytes = Math.min(mergeLimits.targetBytes, Math.max(MIN_MERGE_BYTES, Math.floor(cacheBytes / 4)));
    return new WalMerger(
      { namespace, incarnationId: incarnation.id, limits: { ...mergeLimits, targetBytes } },
      {
        ...this.dependencies,
        tailCache: this.tailCache,
        load: (extent) => this.reader.load(extent, { readClass: 'maintenance' }),
        findLog: (topicId, partition) => this.find(topicId, partition),
      },
      signal,
    );
  }

  /**
   * Reads what ended incarnations have committed of partitions since their checkpoints.
   *
   * @param partitions with their tenures, oldest first, and their states, undefined for those that never had a leader
   * @throws MissingWalObjectError, WalFormatError when a committed object is gone or damaged
   * @throws MetadataUnavailableError when a commit record can't be read
   * @throws Error when committed records are missing (I1, I3)
   */
  recover(
    partitions: readonly {
      readonly id: PartitionId;
      readonly tenures: readonly Tenure[];
      readonly state: StoredPartitionState | undefined;
    }[],
  ): Promise<RecoveredPartition[]> {
    const { objects, metadata, clock, random, logger } = this.dependencies;
    const { namespace, maxConcurrentReads: concurrency } = this.options;
    const { signal } = this.running().lifetime;
    const recovery = new WalRecovery(objects, metadata, { namespace, concurrency }, clock, random, logger, signal);
    return Promise.all(partitions.map(({ id, tenures, state }) => recovery.recover(id, tenures, state)));
  }

  /**
   * Deletes the records of partitions below offsets: durably, and here when it resolves (KIP-107). The objects that hold
   * them stay until they are removed.
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

  /**
   * Starts to lead a partition that `recover` has read: at once when it has no manifest, else as soon as that is read, by
   * one request.
   */
  open(partition: RecoveredPartition, leaderEpoch: number): void {
    const running = this.running();
    const { id, state } = partition;
    if (state === undefined || state.manifestKey === '') {
      this.start(running, partition, leaderEpoch, emptyManifest(id));
      return;
    }
    running.opener.add(keyOf(id), id, async () => {
      const manifest = await readManifest(this.dependencies.objects, id, state, running.lifetime.signal);
      return () => this.start(running, partition, leaderEpoch, manifest);
    });
  }

  private start(running: Running, partition: RecoveredPartition, leaderEpoch: number, manifest: Manifest): void {
    const { id, state, extents, producerBatches } = partition;
    const { incarnation, writer } = running;
    const logStartOffset = state?.logStartOffset ?? 0;
    const log = new PartitionLog(
      { ...id, leaderEpoch },
      { logStartOffset, manifest, extents, producerBatches },
      {
        writer,
        reader: this.reader,
        refOf: (segment) => segmentRef(this.options.namespace, id, segment),
        clock: this.dependencies.clock,
        isLeading: () => incarnation.isLive(),
      },
    );
    const dependencies = {
      ...this.dependencies,
      namespace: this.options.namespace,
      incarnationId: incarnation.id,
    };
    const open = { log, manifest: new PartitionManifest(log, state?.manifestKey ?? '', dependencies) };
    this.partitions.set(keyOf(id), open);
  }

  /** Whether this broker leads the partition, be it open yet or not. */
  leads(topicId: string, partition: number): boolean {
    const key = keyOf({ topicId, partition });
    return this.partitions.has(key) || this.current?.opener.has(key) === true;
  }

  /** Somebody asks for a partition: when it is not open yet, it is opened before others. */
  want(topicId: string, partition: number): void {
    this.current?.opener.want(keyOf({ topicId, partition }));
  }

  /** Ids of the topics of which this broker leads partitions. */
  openTopics(): ReadonlySet<string> {
    const ids = new Set(Array.from(this.partitions.values(), ({ log }) => log.topicId));
    for (const { topicId } of this.current?.opener.ids() ?? []) ids.add(topicId);
    return ids;
  }

  /** Closes the logs of a deleted topic. What it has in the object store stays there until that is removed. */
  closeTopic(topicId: string): void {
    for (const id of [...(this.current?.opener.ids() ?? [])]) {
      if (id.topicId === topicId) this.current?.opener.remove(keyOf(id));
    }
    for (const [key, open] of this.partitions) {
      if (open.log.topicId !== topicId) continue;
      this.current?.merger.topicDeleted(topicId);
      this.partitions.delete(key);
      close(open, new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `topic ${open.log.topicName} was deleted`));
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
    this.current?.opener.clear();
    this.current?.lifetime.abort(reason);
    this.current = undefined;
    for (const open of this.partitions.values()) close(open, reason);
    this.partitions.clear();
    this.tailCache.clear();
  }

  private running(): Running {
    if (this.current === undefined)
      throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker has no incarnation');
    return this.current;
  }
}

function close({ log, manifest }: OpenPartition, reason: KafkaError): void {
  manifest.close(reason);
  log.close(reason);
}

function keyOf({ topicId, partition }: Pick<PartitionId, 'topicId' | 'partition'>): string {
  return `${topicId}/${partition}`;
}
