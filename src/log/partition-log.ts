import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import type { Manifest, Segment } from '../storage/manifest-format.js';
import { ObjectNotFoundError } from '../storage/object-store.js';
import type { ProducerBatch } from '../storage/wal-format.js';
import type { Clock } from '../time/clock.js';
import type { BlockReader } from './block-reader.js';
import type { Block } from './blocks.js';
import type { ColdData, LoadedData } from './cold-data.js';
import { CommittedLog, type Backlog, type LogPart, type LogRead, type RecoveredLog } from './committed-log.js';
import { isExtent, type Extent, type WalObjectRef } from './extents.js';
import { ProducerState, type ActiveProducer } from './producer-state.js';
import type { SegmentBlock, SegmentRef } from './segment-cut.js';
import type { WalParticipant } from './wal-object.js';
import type { WalWriter } from './wal-writer.js';

export type { LogPart, LogRead, RecoveredLog } from './committed-log.js';

/** Which partition this is, and under which leadership. */
export interface PartitionIdentity {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
}

export interface PartitionLogContext {
  readonly writer: WalWriter;
  readonly reader: BlockReader;
  /** Where a segment of this partition is. */
  readonly refOf: (segment: Segment) => SegmentRef;
  readonly clock: Clock;
  /** Finds the records of a WAL object that is gone, see {@link WalRelocation}. */
  readonly relocate: (object: WalObjectRef) => Promise<boolean>;
  /** Whether this broker leads the partition, within its lease: it may accept writes. */
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
  private readonly data: CommittedLog;
  /** As of all that was appended. */
  private readonly producers = new ProducerState();
  /** As of what is committed: what a manifest may remember. */
  private readonly committedProducers = new ProducerState();
  private readonly advanceListeners = new Set<() => void>();
  private readonly commitWaiters: { offset: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  private nextOffset: number;
  private closedBy: KafkaError | undefined;
  private sealed = false;

  /** @throws Error when what was recovered has holes or overlaps (I2, I3) */
  constructor(
    identity: PartitionIdentity,
    recovered: RecoveredLog,
    private readonly context: PartitionLogContext,
  ) {
    this.topicName = identity.topicName;
    this.topicId = identity.topicId;
    this.partition = identity.partition;
    this.leaderEpoch = identity.leaderEpoch;
    const name = `${identity.topicName}-${identity.partition}`;
    this.data = new CommittedLog(name, recovered, context.reader, context.refOf);
    this.nextOffset = this.data.endOffset;
    const { producers, checkpointOffset } = recovered.manifest;
    for (const state of [this.producers, this.committedProducers]) {
      for (const producer of producers) state.restore(producer);
      for (const batch of recovered.producerBatches) if (batch.baseOffset >= checkpointOffset) state.record(batch);
    }
  }

  /** Offset of the first record that was not deleted. */
  get logStartOffset(): number {
    return this.data.logStartOffset;
  }

  /** Offset after the last committed record: what consumers can see. */
  get highWatermark(): number {
    return this.data.endOffset;
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
    return this.data.sizeBytes;
  }

  /** What is committed, in no segment yet, and was not deleted. */
  get backlog(): Backlog {
    return this.data.backlog;
  }

  /** What is told of offsets below the checkpoint. Changed by `PartitionManifest` alone. */
  get manifest(): Manifest {
    return this.data.manifest;
  }

  /** The committed extents that have records at or above the checkpoint, in offset order, also below the log start. */
  uncompacted(): Extent[] {
    return this.data.uncompacted();
  }

  /** Offset from which on nothing is in segments. */
  get checkpointOffset(): number {
    return this.data.manifest.checkpointOffset;
  }

  /** The records of these extents are in a merged object from now on, see {@link CommittedLog.replaceExtents}. */
  replaceExtents(merged: readonly Extent[]): void {
    this.data.replaceExtents(merged);
  }

  /** The leader epochs that began below `offset`, as a manifest with that checkpoint tells them. */
  epochsBefore(offset: number): Manifest['epochs'] {
    return this.data.epochsBefore(offset);
  }

  /** The idempotent producers as of `offset`, at most the high watermark, as a manifest with that checkpoint tells them. */
  producersBefore(offset: number): Manifest['producers'] {
    return this.committedProducers.before(offset, this.context.clock.now());
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
    if (epoch === this.leaderEpoch) return { leaderEpoch: epoch, endOffset: this.highWatermark };
    const last = this.data.endOfEpoch(epoch);
    if (last === undefined) return { leaderEpoch: epoch, endOffset: this.logStartOffset };
    return { leaderEpoch: last.epoch, endOffset: last.endOffset };
  }

  /**
   * Moves the log start up, which the metadata store knows already. Never back (I3).
   *
   * @param offset at most the high watermark
   */
  raiseLogStart(offset: number): void {
    const before = this.logStartOffset;
    this.data.raiseLogStart(offset);
    if (this.logStartOffset > before) this.notify();
  }

  /** Takes over a manifest that the metadata store knows already: its segments stand for extents from now on. */
  adoptManifest(manifest: Manifest): void {
    const before = this.logStartOffset;
    this.data.adoptManifest(manifest);
    if (this.logStartOffset > before) this.notify();
  }

  /**
   * Appends one validated batch, patching its base offset and leader epoch. A batch of an idempotent producer that is in
   * the log already is not appended again; its first offset is returned, and committed when the first copy is (rule 12).
   *
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER when this broker no longer leads the partition
   * @throws KafkaError OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH for an idempotent producer's misfit
   */
  append(batch: RecordBatch): Append {
    if (!this.isLeading || this.sealed) throw this.closedBy ?? notLeading();
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
  committed(extent: Extent, producerBatches: readonly ProducerBatch[]): void {
    this.data.adopt(extent);
    for (const batch of producerBatches) this.committedProducers.record(batch);
    while (this.commitWaiters[0] !== undefined && this.commitWaiters[0].offset < this.highWatermark) {
      this.commitWaiters.shift()?.resolve();
    }
    this.notify();
  }

  /** Reads whole committed batches from memory, see {@link CommittedLog.read}. */
  read(offset: number, maxBytes: number, atLeastOne: boolean, loaded?: LoadedData): LogRead {
    return this.data.read(offset, maxBytes, atLeastOne, loaded);
  }

  /** Takes note of what a reader was given: the blocks of a {@link LogRead}. */
  served(blocks: readonly Block[]): void {
    this.data.served(blocks);
  }

  /**
   * Brings what {@link read} found cold into memory, or finds out that it is elsewhere by now. Throws ObjectStoreError,
   * CorruptBlockError.
   */
  async load(cold: ColdData, loaded?: LoadedData): Promise<void> {
    try {
      await this.data.load(cold, loaded);
    } catch (error) {
      if (!('block' in cold) || !(await this.hasMoved(cold.block, error))) throw error;
    }
  }

  /** The first part of what is committed that has records at or after `offset`. */
  partFrom(offset: number): LogPart | undefined {
    return this.data.partFrom(offset);
  }

  /** The earliest part with the largest timestamp, of those with records at or after `offset`. */
  partWithMaxTimestamp(offset: number): LogPart | undefined {
    return this.data.partWithMaxTimestamp(offset);
  }

  /** The blocks of a part, in offset order. Throws ObjectStoreError. */
  blocksOf(part: LogPart): Promise<readonly SegmentBlock[]> {
    return this.data.blocksOf(part);
  }

  /** All batches of a block, in offset order. Throws ObjectStoreError, CorruptBlockError. */
  async batchesOf(block: SegmentBlock): Promise<RecordBatch[]> {
    try {
      const batches = await this.context.reader.load(block);
      return batches.map((bytes) => new RecordBatch(bytes));
    } catch (error) {
      // Who asks again finds the records where they are now.
      await this.hasMoved(block, error);
      throw error;
    }
  }

  /**
   * Calls `listener` whenever the high watermark or the log start has moved or the log was closed, until the returned
   * function is called.
   */
  onAdvance(listener: () => void): () => void {
    this.advanceListeners.add(listener);
    return () => this.advanceListeners.delete(listener);
  }

  /** Whether {@link seal} was called. */
  get isSealed(): boolean {
    return this.sealed;
  }

  /** Accepts nothing more. What is committed can still be read, and what was appended goes on to be committed. */
  seal(): void {
    this.sealed = true;
  }

  /**
   * Resolves when all that was appended is committed.
   *
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION when the log is closed before
   */
  settled(): Promise<void> {
    return this.whenCommitted(this.nextOffset - 1);
  }

  /** Ends this leadership: nothing is accepted any more, and who waits is told why. Committed data stays readable. */
  close(reason: KafkaError): void {
    if (this.closedBy !== undefined) return;
    this.closedBy = reason;
    for (const waiter of this.commitWaiters.splice(0)) waiter.reject(reason);
    this.notify();
  }

  private async hasMoved(block: Block, error: unknown): Promise<boolean> {
    return error instanceof ObjectNotFoundError && isExtent(block) && (await this.context.relocate(block.object));
  }

  private notify(): void {
    for (const listener of this.advanceListeners) listener();
  }

  private whenCommitted(offset: number): Promise<void> {
    if (offset < this.highWatermark) return Promise.resolve();
    if (this.closedBy !== undefined) return Promise.reject(this.closedBy);
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
