import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { StoredPartitionState } from '../metadata/partition-state.js';
import type { Tenure } from '../metadata/tenure.js';
import type { Manifest } from '../storage/manifest-format.js';
import { ObjectNotFoundError } from '../storage/object-store.js';
import { BlockReader } from './block-reader.js';
import type { LogDependencies, LogIncarnation, LogOptions } from './log-options.js';
import type { Extent, WalObjectRef } from './extents.js';
import { firstNeededBy, type LiveWal } from './live-wal.js';
import { raiseLogStarts } from './log-starts.js';
import { emptyManifest, readManifest } from './manifests.js';
import { partitionKey, type PartitionId } from '../metadata/partition-id.js';
import { MissingObjects } from './missing-objects.js';
import { PartitionLog } from './partition-log.js';
import { PartitionManifest } from './partition-manifest.js';
import { runIncarnation, type RunningIncarnation } from './running-incarnation.js';
import { segmentRef } from './segment-cut.js';
import { TailCache } from './tail-cache.js';
import { WalRecovery, type RecoveredPartition } from './wal-recovery.js';
import { WriteBudget } from './write-budget.js';

export type { LogDependencies, LogIncarnation, LogOptions } from './log-options.js';
export type { RecoveredPartition } from './wal-recovery.js';

/** A partition that this broker leads and serves. */
interface OpenPartition {
  readonly log: PartitionLog;
  readonly manifest: PartitionManifest;
}

/** The partition logs that this broker leads, and the WAL that they share, for one incarnation after the other. */
export class PartitionLogs {
  private readonly partitions = new Map<string, OpenPartition>();
  readonly missingObjects = new MissingObjects();
  private readonly tailCache: TailCache;
  /** Reads the batches of all partitions. */
  readonly reader: BlockReader;
  private readonly budget: WriteBudget;
  private current: RunningIncarnation | undefined;

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
    return this.partitions.get(partitionKey({ topicId, partition }))?.log;
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
    const open = this.partitions.get(partitionKey(log));
    if (open?.log !== log) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker leads it no longer');
    return open.manifest;
  }

  /** The WAL of the live incarnation, and what is needed of it, here or elsewhere; undefined while there is none. */
  liveWal(): LiveWal | undefined {
    if (this.current === undefined) return undefined;
    const { incarnation, writer, merger } = this.current;
    const firstNeeded = lowest(firstNeededBy(this.all(), incarnation.id), merger.firstNeeded);
    return { incarnationId: incarnation.id, deliveredSequence: writer.deliveredSequence, firstNeeded };
  }

  /**
   * Reads how far the leaders of partitions have come that were given up: {@link liveWal} tells then what they need by now.
   *
   * @throws MetadataUnavailableError
   */
  async refreshHandedOver(): Promise<void> {
    await this.current?.handedOver.refresh();
  }

  /**
   * The batches of an extent, read once for maintenance. When its object was merged away by its incarnation, the log has
   * other extents in its place when this rejects.
   *
   * @throws ObjectStoreError, CorruptBlockError
   */
  async loadForMaintenance(extent: Extent): Promise<readonly Buffer[]> {
    try {
      return await this.reader.load(extent, { readClass: 'maintenance' });
    } catch (error) {
      if (error instanceof ObjectNotFoundError) await this.relocate(extent.object);
      throw error;
    }
  }

  private async relocate(object: WalObjectRef): Promise<boolean> {
    return (await this.current?.relocation.relocate(object)) ?? false;
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
    for (const id of opener.ids()) yield { ...id, hasFailed: opener.hasFailed(partitionKey(id)) };
  }

  /** How many partitions this broker leads and serves. */
  get openCount(): number {
    return this.partitions.size;
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
    const { tailCache, reader, budget } = this;
    const find = (topicId: string, partition: number) => this.find(topicId, partition);
    this.current = runIncarnation(incarnation, this.options, this.dependencies, { tailCache, reader, budget, find });
    return this.current.writer.failed;
  }

  /**
   * Reads what was committed of partitions since their checkpoints.
   *
   * @param partitions with their tenures, oldest first, all released or of incarnations that have ended, and their states,
   *   undefined for those that never had a leader
   * @returns in the same order; with what {@link WalRecovery.recover} has thrown for those that can't be recovered
   */
  recover(
    partitions: readonly {
      readonly id: PartitionId;
      readonly tenures: readonly Tenure[];
      readonly state: StoredPartitionState | undefined;
    }[],
  ): Promise<(RecoveredPartition | { readonly id: PartitionId; readonly error: unknown })[]> {
    const recovery = new WalRecovery(this.running().footers);
    return Promise.all(
      partitions.map(({ id, tenures, state }) =>
        recovery.recover(id, tenures, state).catch((error: unknown) => ({ id, error })),
      ),
    );
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
    running.opener.add(partitionKey(id), id, async () => {
      const manifest = await readManifest(this.dependencies.objects, id, state, running.lifetime.signal);
      return () => this.start(running, partition, leaderEpoch, manifest);
    });
  }

  private start(
    running: RunningIncarnation,
    partition: RecoveredPartition,
    leaderEpoch: number,
    manifest: Manifest,
  ): void {
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
        relocate: (object) => this.relocate(object),
        isLeading: () => incarnation.isLive(),
      },
    );
    const dependencies = {
      ...this.dependencies,
      namespace: this.options.namespace,
      incarnationId: incarnation.id,
    };
    const open = { log, manifest: new PartitionManifest(log, state?.manifestKey ?? '', dependencies) };
    this.partitions.set(partitionKey(id), open);
    running.handedOver.delete(id);
  }

  /** Whether this broker leads the partition, be it open yet or not, and has not been asked to give it up. */
  leads(topicId: string, partition: number): boolean {
    const key = partitionKey({ topicId, partition });
    const open = this.partitions.get(key);
    return open === undefined ? this.current?.opener.has(key) === true : !open.log.isSealed;
  }

  /**
   * Accepts nothing more for partitions, and changes their manifests no more. Resolves with their epochs and high watermarks when
   * everything that was appended to them is committed; undefined for those that are not open (commit protocol, rule 6).
   *
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER when the incarnation has ended
   */
  async settle(
    partitions: readonly PartitionId[],
  ): Promise<({ leaderEpoch: number; endOffset: number } | undefined)[]> {
    const running = this.running();
    const reason = new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker gives the partition up');
    const logs = partitions.map((id) => {
      running.opener.remove(partitionKey(id));
      const open = this.partitions.get(partitionKey(id));
      open?.log.seal();
      // What is under way compares the records that the release changes.
      open?.manifest.close(reason);
      return open?.log;
    });
    await running.writer.flush();
    // Of a topic that is deleted meanwhile nothing is left to be released.
    await Promise.allSettled(logs.map((log) => log?.settled() ?? Promise.resolve()));
    if (this.current !== running) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'the incarnation has ended');
    return logs.map((log) => log && { leaderEpoch: log.leaderEpoch, endOffset: log.highWatermark });
  }

  /** Drops the logs of partitions that are settled. Should they come back, they are read anew. */
  forget(partitions: readonly PartitionId[]): void {
    const reason = new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker has given the partition up');
    for (const id of partitions) {
      const open = this.partitions.get(partitionKey(id));
      if (open === undefined) continue;
      this.current?.handedOver.add(id, open.log.checkpointOffset);
      this.partitions.delete(partitionKey(id));
      close(open, reason);
    }
  }

  /** Somebody asks for a partition: when it is not open yet, it is opened before others. */
  want(topicId: string, partition: number): void {
    this.current?.opener.want(partitionKey({ topicId, partition }));
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
      if (id.topicId === topicId) this.current?.opener.remove(partitionKey(id));
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

  private running(): RunningIncarnation {
    if (this.current === undefined)
      throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker has no incarnation');
    return this.current;
  }
}

function close({ log, manifest }: OpenPartition, reason: KafkaError): void {
  manifest.close(reason);
  log.close(reason);
}

function lowest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
