import { commitKey, mergesKey, trimKey } from '../metadata/keys.js';
import { MetadataFormatError, type KeyValue, type MetadataStore } from '../metadata/metadata-store.js';
import { tenuresSince } from '../metadata/partition-assignment.js';
import type { StoredPartitionState } from '../metadata/partition-state.js';
import { decodeIncarnationCommit, decodeTrimMark, decodeWalMerges } from '../metadata/records.js';
import type { Tenure } from '../metadata/tenure.js';
import { walObjectKey } from '../storage/object-keys.js';
import { ObjectNotFoundError, ObjectStoreError, type ObjectEnd, type ObjectStore } from '../storage/object-store.js';
import {
  WAL_END_READ_BYTES,
  WalFormatError,
  type ProducerBatch,
  type WalObjectContents,
} from '../storage/wal-format.js';
import { readWalContents } from '../storage/read-wal-contents.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import { extentOf, type Extent } from './extents.js';
import { inParallel } from '../time/in-parallel.js';
import type { PartitionId } from './manifests.js';

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
  /** Of idempotent producers, in offset order: at least those in {@link extents}. */
  readonly producerBatches: readonly ProducerBatch[];
  /** Offset after the last committed record. */
  readonly logEndOffset: number;
}

/**
 * Finds out what ended incarnations have committed: from their commit records, which are final, and the footers of the
 * WAL objects that these cover, or of the objects that these were merged into. Uploaded objects beyond a commit record
 * never become visible.
 */
export class WalRecovery {
  private readonly incarnations = new Map<string, Promise<Contents>>();

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
    const batches: ProducerBatch[] = [];
    let end = checkpointOffset;
    for (const { extent, producerBatches } of await this.entriesOf(id, tenuresSince(tenures, checkpointOffset))) {
      if (extent.lastOffset < checkpointOffset) continue;
      const { baseOffset } = extent;
      if (extents.length === 0 ? baseOffset > end : baseOffset !== end) {
        throw missing(id, `from ${end} to ${baseOffset}: next is ${extent.object.key}`);
      }
      extents.push(extent);
      for (const batch of producerBatches) batches.push(batch);
      end = extent.lastOffset + 1;
    }
    if (state !== undefined && end < state.highWatermark) throw missing(id, `from ${end} to ${state.highWatermark}`);
    return { id, state, extents, producerBatches: batches, logEndOffset: end };
  }

  private async entriesOf(id: PartitionId, tenures: readonly Tenure[]): Promise<RecoveredEntry[]> {
    const entries: RecoveredEntry[] = [];
    for (const tenure of tenures) {
      const committed = await this.committedBy(tenure.incarnationId);
      for (const entry of committed.get(partitionKey(id.topicId, id.partition)) ?? []) {
        if (entry.extent.leaderEpoch === tenure.epoch && isWithin(entry.extent, tenure)) entries.push(entry);
      }
    }
    return entries;
  }

  /** Everything an incarnation has committed and not trimmed, by partition. */
  private committedBy(incarnationId: string): Promise<Contents> {
    let committed = this.incarnations.get(incarnationId);
    if (committed === undefined) {
      committed = this.readIncarnation(incarnationId);
      this.incarnations.set(incarnationId, committed);
    }
    return committed;
  }

  private async readIncarnation(incarnationId: string): Promise<Contents> {
    const objects = await this.objectsOf(incarnationId);
    const contents = new Array<WalObjectContents>(objects.length);
    await inParallel(this.options.concurrency, objects, async (object, index) => {
      contents[index] = await this.readContents(incarnationId, object);
    });
    return groupByPartition(objects, contents);
  }

  /**
   * What has to be read of an incarnation, in sequence order. The three records are final: only the incarnation itself
   * writes them while it lives (commit protocol, rules 8 and 11).
   */
  private async objectsOf(incarnationId: string): Promise<StoredObject[]> {
    const key = commitKey(incarnationId);
    const { reads } = await this.metadata.txn({
      compare: [],
      success: [
        { type: 'get', key },
        { type: 'get', key: trimKey(incarnationId) },
        { type: 'get', key: mergesKey(incarnationId) },
      ],
    });
    const [commit, trim, merges] = reads;
    if (commit === undefined)
      throw new MetadataFormatError(`${key} is missing: what ${incarnationId} committed is unknown`);
    const { committedSequence } = decodeIncarnationCommit(commit.value, key);
    const trimmedSequence = trim === undefined ? 0 : decodeTrimMark(trim.value, trim.key).sequence;
    const merged = merges === undefined ? [] : mergesIn(merges);
    const objects: StoredObject[] = [];
    let at = 0;
    for (let next = trimmedSequence + 1; next <= committedSequence; next = (objects.at(-1)?.to ?? next) + 1) {
      while (at < merged.length && (merged[at] as StoredObject).to < next) at += 1;
      const merge = merged[at];
      if (merge !== undefined && merge.from <= next) objects.push(merge);
      else objects.push(originalAt(this.options.namespace, incarnationId, next));
    }
    return objects;
  }

  private async readContents(incarnationId: string, object: StoredObject): Promise<WalObjectContents> {
    const { key, from, to, endBytes } = object;
    const persistent = { readEnd: (name: string, length: number) => this.readEnd(name, length) };
    const contents = await readWalContents(persistent, key, {
      endBytes,
      onDamage: (err, attempt) => {
        this.logger.warn({ event: 'wal_recovery_damaged', key, attempt, err }, 'footer damaged, reading it again');
      },
    });
    if (contents.incarnationId !== incarnationId || contents.firstSequence !== from || contents.sequence !== to) {
      throw new WalFormatError(
        `${key} holds ${contents.firstSequence} to ${contents.sequence} of ${contents.incarnationId}, not ${from} to ${to}`,
      );
    }
    return contents;
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

/** One object that a restart reads. */
interface StoredObject {
  readonly key: string;
  /** Sequences that it holds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** How much of its end to read first, bytes. */
  readonly endBytes: number;
}

interface RecoveredEntry {
  readonly extent: Extent;
  readonly producerBatches: readonly ProducerBatch[];
}

/** Entries in offset order, by partition. */
type Contents = ReadonlyMap<string, readonly RecoveredEntry[]>;

/** In sequence order. */
function mergesIn({ key, value }: KeyValue): StoredObject[] {
  return decodeWalMerges(value, key).merges.map((merge) => ({
    key: merge.key ?? '',
    from: merge.from ?? 0,
    to: merge.to ?? 0,
    endBytes: merge.endBytes ?? WAL_END_READ_BYTES,
  }));
}

function originalAt(namespace: string, incarnationId: string, sequence: number): StoredObject {
  const key = walObjectKey(namespace, incarnationId, sequence);
  return { key, from: sequence, to: sequence, endBytes: WAL_END_READ_BYTES };
}

function groupByPartition(objects: readonly StoredObject[], contents: readonly WalObjectContents[]): Contents {
  const partitions = new Map<string, RecoveredEntry[]>();
  contents.forEach(({ incarnationId, firstSequence, sequence, createdAt, entries }, index) => {
    const object = { key: (objects[index] as StoredObject).key, incarnationId, firstSequence, sequence, createdAt };
    for (const entry of entries) {
      const id = partitionKey(entry.topicId, entry.partition);
      const recovered = { extent: extentOf(entry, object), producerBatches: entry.producerBatches };
      const known = partitions.get(id);
      if (known === undefined) partitions.set(id, [recovered]);
      else known.push(recovered);
    }
  });
  return partitions;
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
