import type { Logger } from '../../logging/logger.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import type { StoredAssignment } from '../../metadata/partition-assignment.js';
import type { StoredPartitionState } from '../../metadata/partition-state.js';
import { readPartitions } from '../../metadata/stored-partitions.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { backoffDelay } from '../../time/backoff.js';
import type { Clock, Timer } from '../../time/clock.js';
import { PeriodicTask } from '../../time/periodic-task.js';
import type { BlockReader } from '../block-reader.js';
import { CommittedLog } from '../committed-log.js';
import { emptyManifest, readManifest } from '../manifests.js';
import { partitionKey, type PartitionId } from '../../metadata/partition-id.js';
import { segmentRef } from '../segment-cut.js';
import { WalFooters } from '../wal-footers.js';
import { WalRecovery } from '../wal-recovery.js';
import { FollowedPartition } from './followed-partition.js';
import { FollowedTopic } from './followed-topic.js';
import { FollowedWal } from './followed-wal.js';

export interface FollowedLogsOptions {
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** Most footers read at once, 1 or more. */
  readonly maxConcurrentReads: number;
  /** Most partitions that are followed; who asks for more is sent to their leaders. */
  readonly maxPartitions: number;
  /** A partition that nobody has read for so long is followed no longer, ms. */
  readonly idleMs: number;
}

export interface FollowedLogsDependencies {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly reader: BlockReader;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** The records of a partition that was led at least once. */
interface LedPartition {
  readonly assignment: StoredAssignment;
  readonly state: StoredPartitionState;
}

interface Entry {
  readonly partition: FollowedPartition;
  readonly topic: FollowedTopic;
  /** The WAL of its leader, once that is known. */
  wal: FollowedWal | undefined;
  /** When somebody last read it, monotonic ms. */
  readAt: number;
  /** Looks that have failed in a row. */
  failures: number;
  retry: Timer | undefined;
}

/**
 * Partitions that other brokers lead, for consumers near this broker (KIP-392): looked up when they are first read, kept up
 * to date from the leaders' commit records and the footers of their WAL objects, and dropped when nobody reads them any more.
 */
export class FollowedLogs {
  private readonly entries = new Map<string, Entry>();
  private readonly topics = new Map<string, FollowedTopic>();
  private readonly wals = new Map<string, FollowedWal>();
  /** To be looked up, all at once: partitions of one leader share the footers of its WAL. */
  private readonly pending = new Set<Entry>();
  private looking = false;
  private readonly sweep: PeriodicTask;
  private readonly closing = new AbortController();

  constructor(
    private readonly options: FollowedLogsOptions,
    private readonly dependencies: FollowedLogsDependencies,
  ) {
    const { clock, random, logger } = dependencies;
    this.sweep = new PeriodicTask(
      {
        intervalMs: options.idleMs / 2,
        run: () => Promise.resolve(this.dropIdle()),
        onFailure: (err) => logger.error({ event: 'followed_sweep_failed', err }, 'idle partitions are still followed'),
      },
      clock,
      random,
    );
    this.sweep.start();
  }

  /** Partitions that are followed at the moment. */
  get size(): number {
    return this.entries.size;
  }

  /** A partition, which is followed from now on; undefined when no more can be. */
  follow(id: PartitionId): FollowedPartition | undefined {
    let entry = this.entries.get(partitionKey(id));
    if (entry === undefined) {
      if (this.entries.size >= this.options.maxPartitions || this.closing.signal.aborted) return undefined;
      entry = this.add(id);
    }
    entry.readAt = this.dependencies.clock.monotonic();
    return entry.partition;
  }

  /** Follows nothing any more. */
  close(): void {
    this.closing.abort(new Error('the broker is stopping'));
    this.sweep.stop('the broker is stopping');
    for (const entry of [...this.entries.values()]) this.drop(entry);
  }

  private add(id: PartitionId): Entry {
    const partition = new FollowedPartition(id, () => this.look(entry));
    const topic = this.topicOf(id);
    topic.partitions.set(id.partition, partition);
    const readAt = this.dependencies.clock.monotonic();
    const entry: Entry = { partition, topic, wal: undefined, readAt, failures: 0, retry: undefined };
    this.entries.set(partitionKey(id), entry);
    this.look(entry);
    return entry;
  }

  private topicOf({ topicId, topicName }: PartitionId): FollowedTopic {
    let topic = this.topics.get(topicId);
    if (topic === undefined) {
      topic = new FollowedTopic(topicName, this.dependencies.metadata, {
        leaderChanged: ({ id }) => this.lookAgain(id),
        stateChanged: (partition, state) => this.stateChanged(partition, state),
      });
      this.topics.set(topicId, topic);
    }
    return topic;
  }

  private dropIdle(): void {
    const { clock } = this.dependencies;
    const idleSince = clock.monotonic() - this.options.idleMs;
    for (const entry of [...this.entries.values()]) if (entry.readAt < idleSince) this.drop(entry);
  }

  private drop(entry: Entry): void {
    const { id } = entry.partition;
    this.entries.delete(partitionKey(id));
    this.pending.delete(entry);
    entry.retry?.cancel();
    this.unfollow(entry);
    entry.topic.partitions.delete(id.partition);
    if (entry.topic.partitions.size > 0) return;
    entry.topic.close();
    this.topics.delete(id.topicId);
  }

  private unfollow(entry: Entry): void {
    const { wal } = entry;
    if (wal === undefined) return;
    entry.wal = undefined;
    wal.remove(entry.partition);
    if (wal.isFollowed) return;
    wal.close();
    this.wals.delete(wal.incarnationId);
  }

  private stateChanged(partition: FollowedPartition, state: StoredPartitionState): void {
    partition.raiseLogStart(state.logStartOffset);
    if (partition.leader === undefined || state.manifestKey === partition.manifestKey || state.manifestKey === '')
      return;
    readManifest(this.dependencies.objects, partition.id, state, this.closing.signal).then(
      (manifest) => partition.adoptManifest(state.manifestKey, manifest),
      (err: unknown) => {
        if (this.closing.signal.aborted) return;
        const { topicName: topic, partition: number } = partition;
        this.dependencies.logger.warn(
          { event: 'followed_manifest_unreadable', topic, partition: number, err },
          'looking again',
        );
        this.lookAgain(partition.id);
      },
    );
  }

  private lookAgain(id: PartitionId): void {
    const entry = this.entries.get(partitionKey(id));
    if (entry !== undefined) this.look(entry);
  }

  private look(entry: Entry): void {
    // One that has failed is looked at when its time has come.
    if (entry.retry !== undefined) return;
    this.pending.add(entry);
    if (!this.looking) void this.lookAtAll();
  }

  private async lookAtAll(): Promise<void> {
    this.looking = true;
    // What is asked for in the same turn is looked up together.
    await new Promise<void>((resolve) => this.dependencies.clock.defer(resolve));
    while (this.pending.size > 0) {
      const entries = [...this.pending];
      this.pending.clear();
      try {
        await this.lookAt(entries);
      } catch (error) {
        for (const entry of entries) this.lookLater(entry, error);
      }
    }
    this.looking = false;
  }

  /**
   * Follows the WAL first, and finds out what there was before only then, so that nothing comes between.
   */
  private async lookAt(entries: readonly Entry[]): Promise<void> {
    const before = await this.read(entries);
    for (const [entry, { assignment }] of before) this.followWal(entry, assignment.incarnationId);
    await Promise.all([...before.keys()].flatMap(({ wal }) => (wal === undefined ? [] : [wal.ready])));
    const stored = await this.read([...before.keys()]);
    const { objects, metadata, clock, random, logger } = this.dependencies;
    const { namespace, maxConcurrentReads: concurrency } = this.options;
    const { signal } = this.closing;
    const options = { namespace, concurrency };
    const recovery = new WalRecovery(new WalFooters(objects, metadata, options, clock, random, logger, signal));
    await Promise.all(
      Array.from(stored, async ([entry, partition]) => {
        try {
          if ((entry.wal?.incarnationId ?? '') !== partition.assignment.incarnationId) this.pending.add(entry);
          else await this.open(entry, partition, recovery);
        } catch (error) {
          this.lookLater(entry, error);
        }
      }),
    );
  }

  /** The records of those that are still wanted, and were ever led. */
  private async read(entries: readonly Entry[]): Promise<Map<Entry, LedPartition>> {
    const wanted = entries.filter(({ partition }) => this.entries.has(partitionKey(partition.id)));
    const ids = wanted.map(({ partition }) => partition.id);
    const found = await readPartitions(this.dependencies.metadata, ids);
    const led = new Map<Entry, LedPartition>();
    for (const [index, entry] of wanted.entries()) {
      const partition = found[index];
      if (partition === undefined || partition === 'gone') this.drop(entry);
      else if (partition === 'unassigned') this.lookLater(entry, new Error('it has no leader yet'));
      else if ('error' in partition) this.lookLater(entry, partition.error);
      else if (partition.state === undefined) this.lookLater(entry, new Error('it was never led'));
      else led.set(entry, { assignment: partition.assignment, state: partition.state });
    }
    return led;
  }

  private followWal(entry: Entry, incarnationId: string): void {
    entry.partition.beginLook();
    if (entry.wal?.incarnationId === incarnationId) return;
    this.unfollow(entry);
    if (incarnationId === '') return;
    let wal = this.wals.get(incarnationId);
    if (wal === undefined) {
      wal = new FollowedWal(incarnationId, { ...this.dependencies, namespace: this.options.namespace });
      this.wals.set(incarnationId, wal);
    }
    wal.add(entry.partition);
    entry.wal = wal;
  }

  private async open(entry: Entry, { assignment, state }: LedPartition, recovery: WalRecovery): Promise<void> {
    const { partition } = entry;
    const { id } = partition;
    const { objects, reader } = this.dependencies;
    const [recovered, manifest] = await Promise.all([
      recovery.recover(id, assignment.tenures, state),
      state.manifestKey === '' ? emptyManifest(id) : readManifest(objects, id, state, this.closing.signal),
    ]);
    const { extents, producerBatches } = recovered;
    const log = new CommittedLog(
      `${id.topicName}-${id.partition}`,
      { logStartOffset: state.logStartOffset, manifest, extents, producerBatches },
      reader,
      (segment) => segmentRef(this.options.namespace, id, segment),
    );
    const leader = { incarnationId: assignment.incarnationId, leaderEpoch: assignment.epoch };
    partition.adopt({ leader, log, manifestKey: state.manifestKey });
    entry.failures = 0;
  }

  private lookLater(entry: Entry, err: unknown): void {
    const { clock, random, logger } = this.dependencies;
    const { topicName: topic, partition } = entry.partition;
    if (this.entries.get(partitionKey(entry.partition.id)) !== entry) return;
    logger.warn({ event: 'follow_failed', topic, partition, attempt: entry.failures, err }, 'cannot be followed yet');
    entry.retry?.cancel();
    entry.retry = clock.setTimer(backoffDelay(entry.failures, random), () => {
      entry.retry = undefined;
      this.look(entry);
    });
    entry.failures += 1;
  }
}
