import { commitKey } from '../metadata/keys.js';
import { MetadataFormatError, type MetadataStore } from '../metadata/metadata-store.js';
import { decodeIncarnationCommit } from '../metadata/records.js';
import type { Tenure } from '../metadata/tenure.js';
import { walObjectKey } from '../storage/object-keys.js';
import { ObjectNotFoundError, ObjectStoreError, type ObjectEnd, type ObjectStore } from '../storage/object-store.js';
import { decodeWalEnd, WAL_END_READ_BYTES, walEndBytes, type WalObjectContents } from '../storage/wal-format.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Extent } from './extents.js';

/** A committed object is missing from the object store: what it held can't be served. */
export class MissingWalObjectError extends Error {
  override readonly name = 'MissingWalObjectError';
}

export interface WalRecoveryOptions {
  readonly namespace: string;
  /** Most footers read at once, 1 or more. */
  readonly concurrency: number;
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
   * The committed extents of a partition, in offset order.
   *
   * @throws MissingWalObjectError, WalFormatError when a committed object is gone or damaged
   * @throws MetadataUnavailableError when a commit record can't be read
   */
  async extentsOf(topicId: string, partition: number, tenures: readonly Tenure[]): Promise<Extent[]> {
    const extents: Extent[] = [];
    for (const tenure of tenures) {
      const committed = await this.committedBy(tenure.incarnationId);
      for (const extent of committed.get(partitionKey(topicId, partition)) ?? []) {
        if (extent.leaderEpoch === tenure.epoch && isWithin(extent, tenure)) extents.push(extent);
      }
    }
    return extents;
  }

  /** Everything an incarnation has committed, by partition. */
  private committedBy(incarnationId: string): Promise<ReadonlyMap<string, Extent[]>> {
    let committed = this.incarnations.get(incarnationId);
    if (committed === undefined) {
      committed = this.readIncarnation(incarnationId);
      this.incarnations.set(incarnationId, committed);
    }
    return committed;
  }

  private async readIncarnation(incarnationId: string): Promise<ReadonlyMap<string, Extent[]>> {
    const key = commitKey(incarnationId);
    const record = await this.metadata.get(key);
    if (record === undefined)
      throw new MetadataFormatError(`${key} is missing: what ${incarnationId} committed is unknown`);
    const { committedSequence } = decodeIncarnationCommit(record.value, key);
    const contents = new Array<WalObjectContents>(committedSequence);
    let next = 1;
    const worker = async () => {
      for (let sequence = next++; sequence <= committedSequence; sequence = next++) {
        contents[sequence - 1] = await this.readContents(incarnationId, sequence);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.options.concurrency, committedSequence) }, worker));
    return this.groupByPartition(contents);
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
