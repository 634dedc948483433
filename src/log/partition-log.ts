import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import type { ProducerBatch } from '../storage/wal-format.js';
import type { Clock } from '../time/clock.js';
import type { BlockReader } from './block-reader.js';
import { batchFrom, blockKey, type Block } from './blocks.js';
import { ExtentIndex, type Extent } from './extents.js';
import { ProducerState, type ActiveProducer } from './producer-state.js';
import type { WalParticipant } from './wal-object.js';
import type { WalWriter } from './wal-writer.js';

/** Which partition this is, and under which leadership. */
export interface PartitionIdentity {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
}

/** What recovery found of a partition: everything that was committed. */
export interface RecoveredLog {
  readonly logStartOffset: number;
  readonly extents: readonly Extent[];
}

export interface PartitionLogContext {
  readonly writer: WalWriter;
  readonly reader: BlockReader;
  readonly clock: Clock;
  /** Whether this broker may still accept writes and speak for the partition's end (commit protocol, rule 14). */
  readonly isLeading: () => boolean;
}

export interface Append {
  readonly baseOffset: number;
  /** Resolves when the batch is durable and committed; rejects when the incarnation ended before that was known. */
  readonly committed: Promise<void>;
}

/** Where a leader epoch ends. */
export interface EpochEnd {
  readonly leaderEpoch: number;
  /** Exclusive. */
  readonly endOffset: number;
}

/** What one read found. */
export interface LogRead {
  /** Whole batches, the first of which may start before the offset that was asked for. */
  readonly batches: readonly Buffer[];
  readonly sizeBytes: number;
  /** Set when nothing could be read because these batches are not in memory: load them, then read again. */
  readonly cold?: Block;
}

/** Batches of blocks that were read from the object store, by {@link blockKey}. */
export type LoadedBlocks = ReadonlyMap<string, readonly Buffer[]>;

const NOTHING: LogRead = { batches: [], sizeBytes: 0 };
const NONE_LOADED: LoadedBlocks = new Map();

/**
 * One partition under one leadership: assigns offsets to what is appended, and shows what is committed.
 *
 * `logStartOffset ≤ highWatermark ≤ logEndOffset`. Readers see batches below the high watermark only, which moves when
 * the WAL object that holds them is committed (I1, I3). A log is used for one leader epoch and thrown away after it.
 */
export class PartitionLog implements WalParticipant {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  private readonly extents = new ExtentIndex();
  private readonly producers = new ProducerState();
  private readonly advanceListeners = new Set<() => void>();
  private readonly commitWaiters: { offset: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  private startOffset: number;
  private nextOffset: number;
  private committedEnd: number;
  private closedBy: KafkaError | undefined;

  constructor(
    identity: PartitionIdentity,
    recovered: RecoveredLog,
    private readonly context: PartitionLogContext,
  ) {
    this.topicName = identity.topicName;
    this.topicId = identity.topicId;
    this.partition = identity.partition;
    this.leaderEpoch = identity.leaderEpoch;
    this.startOffset = recovered.logStartOffset;
    // Extents below the log start are read once more for the producers' sake.
    this.committedEnd = recovered.extents[0]?.baseOffset ?? recovered.logStartOffset;
    for (const extent of recovered.extents) this.adopt(extent);
    for (const extent of recovered.extents) for (const batch of extent.producerBatches) this.producers.record(batch);
    if (this.startOffset > this.committedEnd) {
      throw new Error(
        `I3 violated: ${this.topicName}-${this.partition} starts at ${this.startOffset}, but what is committed ends at ${this.committedEnd}`,
      );
    }
    this.extents.dropBefore(this.startOffset);
    this.nextOffset = this.committedEnd;
  }

  /** Offset of the first record that was not deleted. */
  get logStartOffset(): number {
    return this.startOffset;
  }

  /** Offset after the last committed record: what consumers can see. */
  get highWatermark(): number {
    return this.committedEnd;
  }

  /** Offset that the next record gets. */
  get logEndOffset(): number {
    return this.nextOffset;
  }

  /** Whether this broker may accept writes and answer for the partition's end. */
  get isLeading(): boolean {
    return this.closedBy === undefined && this.context.isLeading();
  }

  /** Bytes of all committed batches that were not deleted. */
  get sizeBytes(): number {
    return this.extents.totalBytes;
  }

  /** The idempotent producers that have written lately. */
  activeProducers(): ActiveProducer[] {
    return this.producers.active(this.context.clock.now());
  }

  /**
   * Where the newest epoch ends that is not above `epoch` (KIP-101). For an epoch older than all records that is where
   * they begin, as Apache Kafka answers; undefined for an epoch that is still to come.
   */
  endOfEpoch(epoch: number): EpochEnd | undefined {
    if (epoch < 0 || epoch > this.leaderEpoch) return undefined;
    if (epoch === this.leaderEpoch) return { leaderEpoch: epoch, endOffset: this.committedEnd };
    const last = this.extents.lastUpToEpoch(epoch);
    if (last === undefined) return { leaderEpoch: epoch, endOffset: this.startOffset };
    return { leaderEpoch: last.leaderEpoch, endOffset: last.lastOffset + 1 };
  }

  /**
   * Moves the log start up, which the metadata store knows already. Never back (I3).
   *
   * @param offset at most the high watermark
   */
  raiseLogStart(offset: number): void {
    if (offset <= this.startOffset) return;
    this.startOffset = Math.min(offset, this.committedEnd);
    this.extents.dropBefore(this.startOffset);
  }

  /**
   * Appends one validated batch, patching its base offset and leader epoch. A batch of an idempotent producer that is in
   * the log already is not appended again; its first offset is returned, and committed when the first copy is (rule 12).
   *
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER when this broker no longer leads the partition
   * @throws KafkaError OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH for an idempotent producer's misfit
   */
  append(batch: RecordBatch): Append {
    if (!this.isLeading) throw this.closedBy ?? notLeading();
    const now = this.context.clock.now();
    if (batch.producerId >= 0) {
      const duplicate = this.producers.check(sequencesOf(batch), now);
      if (duplicate !== undefined) {
        return { baseOffset: duplicate.baseOffset, committed: this.whenCommitted(duplicate.lastOffset) };
      }
    }
    batch.assignOffset(this.nextOffset, this.leaderEpoch);
    const baseOffset = this.nextOffset;
    this.nextOffset = batch.lastOffset + 1;
    const producerBatch = batch.producerId >= 0 ? producerBatchOf(batch, now) : undefined;
    if (producerBatch !== undefined) this.producers.record(producerBatch);
    return { baseOffset, committed: this.context.writer.append(this, batch, producerBatch) };
  }

  /** Called by the WAL: an object that holds batches of this log is committed. */
  committed(extent: Extent): void {
    this.adopt(extent);
    while (this.commitWaiters[0] !== undefined && this.commitWaiters[0].offset < this.committedEnd) {
      this.commitWaiters.shift()?.resolve();
    }
    for (const listener of this.advanceListeners) listener();
  }

  /**
   * Reads whole committed batches from memory.
   *
   * @param offset from the log start offset to the high watermark; a batch that contains it is returned from its start
   * @param maxBytes most bytes to return
   * @param atLeastOne return the first batch even when it alone is larger than `maxBytes` (KIP-74)
   * @param loaded what the reader itself has loaded; the cache may have dropped it since, or never have had room for it
   */
  read(offset: number, maxBytes: number, atLeastOne: boolean, loaded: LoadedBlocks = NONE_LOADED): LogRead {
    const found: Buffer[] = [];
    let sizeBytes = 0;
    let index = this.extents.indexOf(offset);
    for (let extent = this.extents.at(index); extent !== undefined; extent = this.extents.at((index += 1))) {
      const batches = this.context.reader.cached(extent) ?? loaded.get(blockKey(extent));
      if (batches === undefined) return found.length > 0 ? { batches: found, sizeBytes } : { ...NOTHING, cold: extent };
      for (let at = found.length > 0 ? 0 : batchFrom(batches, offset); at < batches.length; at += 1) {
        const batch = batches[at] as Buffer;
        const fits = sizeBytes + batch.length <= maxBytes;
        if (!fits && !(atLeastOne && found.length === 0)) return { batches: found, sizeBytes };
        found.push(batch);
        sizeBytes += batch.length;
      }
    }
    return { batches: found, sizeBytes };
  }

  /** The batches that {@link read} found cold, now in memory. Throws ObjectStoreError, CorruptBlockError. */
  load(block: Block): Promise<readonly Buffer[]> {
    return this.context.reader.load(block);
  }

  /** The committed batches that can answer a search by timestamp, see `timestamp-search.ts`. */
  get index(): ExtentIndex {
    return this.extents;
  }

  /** All batches of an extent, in offset order. Throws ObjectStoreError, CorruptBlockError. */
  async batchesOf(extent: Extent): Promise<RecordBatch[]> {
    const batches = await this.load(extent);
    return batches.map((bytes) => new RecordBatch(bytes));
  }

  /** Calls `listener` whenever the high watermark has moved or the log was closed, until the returned function is called. */
  onAdvance(listener: () => void): () => void {
    this.advanceListeners.add(listener);
    return () => this.advanceListeners.delete(listener);
  }

  /** Ends this leadership: nothing is accepted any more, and who waits is told why. Committed data stays readable. */
  close(reason: KafkaError): void {
    if (this.closedBy !== undefined) return;
    this.closedBy = reason;
    for (const waiter of this.commitWaiters.splice(0)) waiter.reject(reason);
    for (const listener of this.advanceListeners) listener();
  }

  private adopt(extent: Extent): void {
    if (extent.baseOffset !== this.committedEnd) {
      throw new Error(
        `I3 violated: ${this.topicName}-${this.partition} ends at ${this.committedEnd}, ${extent.object.key} starts at ${extent.baseOffset}`,
      );
    }
    this.extents.append(extent);
    this.committedEnd = extent.lastOffset + 1;
  }

  private whenCommitted(offset: number): Promise<void> {
    if (offset < this.committedEnd) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    // Kept in offset order: commits resolve them from the front.
    const at = this.commitWaiters.findIndex((waiter) => waiter.offset > offset);
    const waiter = { offset, resolve: () => resolve(undefined), reject };
    this.commitWaiters.splice(at < 0 ? this.commitWaiters.length : at, 0, waiter);
    return promise;
  }
}

function sequencesOf(batch: RecordBatch) {
  const { producerId, producerEpoch, baseSequence: firstSequence, lastSequence } = batch;
  return { producerId, producerEpoch, firstSequence, lastSequence };
}

/** @param now when the batch was appended: silence is measured by the broker's clock, not by the records' timestamps */
function producerBatchOf(batch: RecordBatch, now: number): ProducerBatch {
  return { ...sequencesOf(batch), baseOffset: batch.baseOffset, lastOffset: batch.lastOffset, timestamp: now };
}

function notLeading(): KafkaError {
  return new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker no longer leads the partition');
}
