import { commitKey, trimKey } from '../metadata/keys.js';
import { MetadataFormatError, type MetadataStore } from '../metadata/metadata-store.js';
import { tenuresSince } from '../metadata/partition-assignment.js';
import type { StoredPartitionState } from '../metadata/partition-state.js';
import { decodeIncarnationCommit, decodeTrimMark } from '../metadata/records.js';
import type { Tenure } from '../metadata/tenure.js';
import { walObjectKey } from '../storage/object-keys.js';
import { ObjectNotFoundError, ObjectStoreError, type ObjectEnd, type ObjectStore } from '../storage/object-store.js';
import {
  decodeWalEnd,
  WAL_END_READ_BYTES,
  walEndBytes,
  WalFormatError,
  type WalObjectContents,
} from '../storage/wal-format.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Extent } from './extents.js';
import type { PartitionId } from './manifests.js';

/** Reads of a footer that arrives damaged: what happened on the way does not happen each time. */
const READS_OF_DAMAGED = 5;

/** A committed object is missing from the object store: what it held can't be served. */
export class MissingWalObjectError extends Error {
  override readonly name = 'MissingWalObjectError';
}

export interface WalRecoveryOptions {
  readonly namespace: string;
  /** Most footers read at once, 1 or more. */
  readonly concurrency: number;
}

/** What was committed of a partition. */
export interface RecoveredPartition {
  readonly id: PartitionId;
  /** As the metadata store has it; undefined when the partition never had a leader. */
  readonly state: StoredPartitionState | undefined;
  /** In offset order, those that have batches at or above the checkpoint. */
  readonly extents: readonly Extent[];
  /** Offset after the last committed record. */
  readonly logEndOffset: number;
}

/**
 * Finds out what ended incarnations have committed: from their commit records, which are final, and the footers of the
 * WAL objects that these cover. Uploaded objects beyond a commit record never become visible.
 */
export class WalRecovery {
  private readonly incarnations = new Map<string, Promise<ReadonlyMap<string, Extent[]>>>();

  constructor(
    private readonly objects: ObjectStore,
    private readonly metadata: MetadataStore,
    private readonly options: WalRecoveryOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * What was committed of a partition since its checkpoint. Incarnations are read only while a tenure of theirs is needed.
   *
   * @param tenures oldest first
   * @throws MissingWalObjectError, WalFormatError when a committed object is gone or damaged
   * @throws MetadataUnavailableError when a commit record can't be read
   * @throws Error when committed records are missing (I1, I3)
   */
  async recover(
    id: PartitionId,
    tenures: readonly Tenure[],
    state: StoredPartitionState | undefined,
  ): Promise<RecoveredPartition> {
    const checkpointOffset = state?.checkpointOffset ?? 0;
    const extents: Extent[] = [];
    let end = checkpointOffset;
    for (const extent of await this.extentsOf(id, tenuresSince(tenures, checkpointOffset))) {
      if (extent.lastOffset < checkpointOffset) continue;
      const { baseOffset } = extent;
      if (extents.length === 0 ? baseOffset > end : baseOffset !== end) {
        throw missing(id, `from ${end} to ${baseOffset}: next is ${extent.object.key}`);
      }
      extents.push(extent);
      end = extent.lastOffset + 1;
    }
    if (state !== undefined && end < state.highWatermark) throw missing(id, `from ${end} to ${state.highWatermark}`);
    return { id, state, extents, logEndOffset: end };
  }

  private async extentsOf(id: PartitionId, tenures: readonly Tenure[]): Promise<Extent[]> {
    const extents: Extent[] = [];
    for (const tenure of tenures) {
      const committed = await this.committedBy(tenure.incarnationId);
      for (const extent of committed.get(partitionKey(id.topicId, id.partition)) ?? []) {
        if (extent.leaderEpoch === tenure.epoch && isWithin(extent, tenure)) extents.push(extent);
      }
    }
    return extents;
  }

  /** Everything an incarnation has committed and not trimmed, by partition. */
  private committedBy(incarnationId: string): Promise<ReadonlyMap<string, Extent[]>> {
    let committed = this.incarnations.get(incarnationId);
    if (committed === undefined) {
      committed = this.readIncarnation(incarnationId);
      this.incarnations.set(incarnationId, committed);
    }
    return committed;
  }

  private async readIncarnation(incarnationId: string): Promise<ReadonlyMap<string, Extent[]>> {
    const { committedSequence, trimmedSequence } = await this.readRecords(incarnationId);
    const contents: WalObjectContents[] = [];
    let next = trimmedSequence + 1;
    const worker = async () => {
      for (let sequence = next++; sequence <= committedSequence; sequence = next++) {
        contents[sequence - trimmedSequence - 1] = await this.readContents(incarnationId, sequence);
      }
    };
    const objects = Math.max(0, committedSequence - trimmedSequence);
    await Promise.all(Array.from({ length: Math.min(this.options.concurrency, objects) }, worker));
    return this.groupByPartition(contents);
  }

  /** Both are final: only the incarnation itself writes them while it lives (commit protocol, rules 8 and 11). */
  private async readRecords(
    incarnationId: string,
  ): Promise<{ readonly committedSequence: number; readonly trimmedSequence: number }> {
    const key = commitKey(incarnationId);
    const { reads } = await this.metadata.txn({
      compare: [],
      success: [
        { type: 'get', key },
        { type: 'get', key: trimKey(incarnationId) },
      ],
    });
    const [commit, trim] = reads;
    if (commit === undefined)
      throw new MetadataFormatError(`${key} is missing: what ${incarnationId} committed is unknown`);
    return {
      committedSequence: decodeIncarnationCommit(commit.value, key).committedSequence,
      trimmedSequence: trim === undefined ? 0 : decodeTrimMark(trim.value, trim.key).sequence,
    };
  }

  private groupByPartition(objects: readonly WalObjectContents[]): ReadonlyMap<string, Extent[]> {
    const partitions = new Map<string, Extent[]>();
    for (const { incarnationId, sequence, createdAt, entries } of objects) {
      const key = walObjectKey(this.options.namespace, incarnationId, sequence);
      const object = { key, incarnationId, sequence, createdAt };
      for (const entry of entries) {
        const id = partitionKey(entry.topicId, entry.partition);
        const extents = partitions.get(id);
        const extent: Extent = { ...entry, object, batches: undefined };
        if (extents === undefined) partitions.set(id, [extent]);
        else extents.push(extent);
      }
    }
    return partitions;
  }

  private async readContents(incarnationId: string, sequence: number): Promise<WalObjectContents> {
    const key = walObjectKey(this.options.namespace, incarnationId, sequence);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.readFooter(key);
      } catch (error) {
        if (!(error instanceof WalFormatError) || attempt === READS_OF_DAMAGED) throw error;
        this.logger.warn(
          { event: 'wal_recovery_damaged', key, attempt, err: error },
          'footer damaged, reading it again',
        );
      }
    }
  }

  private async readFooter(key: string): Promise<WalObjectContents> {
    let end = await this.readEnd(key, WAL_END_READ_BYTES);
    const needed = walEndBytes(end.bytes, key);
    if (needed > end.bytes.length) end = await this.readEnd(key, needed);
    return decodeWalEnd(end.bytes, end.objectSize, key);
  }

  private async readEnd(key: string, length: number): Promise<ObjectEnd> {
    for (let attempt = 0; ; attempt += 1) {
      this.signal.throwIfAborted();
      try {
        return await this.objects.readEnd(key, length, { signal: this.signal });
      } catch (error) {
        this.signal.throwIfAborted();
        if (error instanceof ObjectNotFoundError) {
          throw new MissingWalObjectError(`${key} was committed but is not in the object store`, { cause: error });
        }
        if (!(error instanceof ObjectStoreError)) throw error;
        this.logger.warn(
          { event: 'wal_recovery_retry', key, attempt, err: error },
          'footer not readable, trying again',
        );
        await interruptibleSleep(this.clock, backoffDelay(attempt, this.random), this.signal);
      }
    }
  }
}

function partitionKey(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}

function isWithin(extent: Extent, tenure: Tenure): boolean {
  if (extent.baseOffset < tenure.fromOffset) return false;
  return tenure.toOffset === undefined || extent.lastOffset < tenure.toOffset;
}

function missing({ topicName, partition }: PartitionId, range: string): Error {
  return new Error(`I3 violated: committed records of ${topicName}-${partition} are missing, ${range}`);
}
