import { crc32c } from '../checksum/crc32c.js';
import type { RecordBatch } from '../protocol/records/record-batch.js';
import { combineChecksums, encodeWalEnd, walHeader, type ProducerBatch, type WalEntry } from '../storage/wal-format.js';
import { extentOf, type Extent, type WalObjectRef } from './extents.js';

/** A partition log as the WAL sees it: who wrote a run of batches, and whom to tell when it is committed. */
export interface WalParticipant {
  readonly topicId: string;
  readonly topicName: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  /**
   * Called once per committed object that holds batches of this log, in offset order.
   *
   * @param producerBatches those of idempotent producers, in offset order
   */
  committed(extent: Extent, producerBatches: readonly ProducerBatch[]): void;
}

/** The object that is being filled: batches of many partitions, with their offsets assigned. */
export class OpenWalObject {
  readonly committed: Promise<void>;
  private readonly runs = new Map<WalParticipant, Run>();
  private batchBytes = 0;
  private readonly settle: { resolve: () => void; reject: (error: Error) => void };

  /** @param openedAt monotonic ms of the first append */
  constructor(readonly openedAt: number) {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.committed = promise;
    this.settle = { resolve: () => resolve(undefined), reject };
    // Each waiter handles a rejection by itself; an object without waiters (acks=0) must not end the process.
    promise.catch(() => undefined);
  }

  /** Bytes of the batches so far. */
  get sizeBytes(): number {
    return this.batchBytes;
  }

  /**
   * Adds a batch, whose bytes must not change any more.
   *
   * @param producerBatch what to remember of an idempotent producer's batch
   */
  append(participant: WalParticipant, batch: RecordBatch, producerBatch: ProducerBatch | undefined): void {
    let run = this.runs.get(participant);
    if (run === undefined) {
      run = { batches: [], producerBatches: [] };
      this.runs.set(participant, run);
    }
    run.batches.push(batch);
    if (producerBatch !== undefined) run.producerBatches.push(producerBatch);
    this.batchBytes += batch.sizeInBytes;
  }

  /**
   * Lays the object out; nothing can be appended afterwards.
   *
   * @param metadataRevision of the metadata store, as far as this broker has brought it; 0 when it doesn't know
   */
  seal(ref: WalObjectRef, metadataRevision = 0): SealedWalObject {
    const header = walHeader();
    const body: Buffer[] = [header];
    const pieces = [{ crc32c: crc32c(header), length: header.length }];
    const parts: SealedPart[] = [];
    const entries: WalEntry[] = [];
    let position = header.length;
    for (const [participant, run] of this.runs) {
      const entry = describeRun(participant, run, position);
      for (const batch of run.batches) {
        body.push(batch.bytes);
        pieces.push({ crc32c: batch.crc32cOfWholeBatch(), length: batch.sizeInBytes });
      }
      const extent = extentOf(
        entry,
        ref,
        run.batches.map((batch) => batch.bytes),
      );
      parts.push({ participant, extent, producerBatches: run.producerBatches });
      entries.push(entry);
      position += entry.length;
    }
    const end = encodeWalEnd({
      incarnationId: ref.incarnationId,
      sequence: ref.sequence,
      firstSequence: ref.firstSequence,
      createdAt: ref.createdAt,
      metadataRevision,
      entries,
    });
    body.push(end);
    pieces.push({ crc32c: crc32c(end), length: end.length });
    return {
      ref,
      body,
      sizeBytes: position + end.length,
      crc32c: combineChecksums(pieces),
      parts,
      openedAt: this.openedAt,
      committed: this.committed,
      resolve: this.settle.resolve,
      reject: this.settle.reject,
    };
  }

  /** Fails everybody who waits for this object. */
  abandon(error: Error): void {
    this.settle.reject(error);
  }
}

export interface SealedPart {
  readonly participant: WalParticipant;
  readonly extent: Extent;
  readonly producerBatches: readonly ProducerBatch[];
}

/** An object whose bytes are final: it is uploaded, and repeated, exactly like this (commit protocol, rule 3). */
export interface SealedWalObject {
  readonly ref: WalObjectRef;
  readonly body: readonly Buffer[];
  readonly sizeBytes: number;
  readonly crc32c: number;
  readonly parts: readonly SealedPart[];
  readonly openedAt: number;
  readonly committed: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** The batches of one log in one object. */
interface Run {
  readonly batches: RecordBatch[];
  readonly producerBatches: ProducerBatch[];
}

function describeRun(participant: WalParticipant, run: Run, position: number): WalEntry {
  const first = run.batches[0] as RecordBatch;
  const last = run.batches[run.batches.length - 1] as RecordBatch;
  let length = 0;
  let recordCount = 0;
  let maxTimestamp = -1;
  for (const batch of run.batches) {
    length += batch.sizeInBytes;
    recordCount += batch.recordCount;
    maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp);
  }
  return {
    topicId: participant.topicId,
    topicName: participant.topicName,
    partition: participant.partition,
    leaderEpoch: participant.leaderEpoch,
    baseOffset: first.baseOffset,
    lastOffset: last.lastOffset,
    position,
    length,
    maxTimestamp,
    batchCount: run.batches.length,
    recordCount,
    producerBatches: run.producerBatches,
  };
}
