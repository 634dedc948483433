import type { Logger } from '../logging/logger.js';
import type { CommittedWalObject } from '../metrics/wal-metrics.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { RecordBatch } from '../protocol/records/record-batch.js';
import { walObjectKey } from '../storage/object-keys.js';
import type { ProducerBatch } from '../storage/wal-format.js';
import type { Clock, Timer } from '../time/clock.js';
import type { CommitLog } from './commit-log.js';
import { IncarnationLostError } from './commit-log.js';
import type { Extent, WalObjectRef } from './extents.js';
import { OpenWalObject, type SealedWalObject, type WalParticipant } from './wal-object.js';
import type { WalUploader } from './wal-uploader.js';
import type { WriteBudget } from './write-budget.js';

export interface WalWriterOptions {
  readonly namespace: string;
  readonly incarnationId: string;
  /** An object is sealed when it has reached this size, bytes. */
  readonly objectBytes: number;
  /** Longest that an append waits for others while uploads are under way, ms. */
  readonly lingerMs: number;
  /** The newest revision of the metadata store that this broker has made. */
  readonly writtenRevision: () => number;
}

/** Who looks after objects once they are committed. */
export interface WalKeeper {
  /** Called after the logs have taken over the extents. */
  objectCommitted(ref: WalObjectRef, extents: readonly Extent[]): void;
}

export interface WalObserver {
  walObjectCommitted(object: CommittedWalObject): void;
}

interface InFlightObject {
  readonly object: SealedWalObject;
  readonly sealedAt: number;
  /** Monotonic ms at which the object was stored; undefined while it is being uploaded. */
  uploadedAt: number | undefined;
}

/**
 * Writes the WAL of one incarnation: gathers batches of all partitions into objects (group commit), uploads them in
 * parallel, commits them in sequence order, and only then tells the logs and the waiters (I1).
 *
 * An object is sealed when
 * (a) no upload is under way and the write budget allows it: at low load a record waits for no timer;
 * (b) its first batch has waited for the linger time and the write budget allows it;
 * (c) it has reached its size. Only this may exceed the write budget (I7).
 */
export class WalWriter {
  /** Settles when the incarnation can commit nothing more: rejects with the reason. Never resolves. */
  readonly failed: Promise<never>;
  private open: OpenWalObject | undefined;
  /** Sealed and not yet committed, in sequence order. */
  private readonly inFlight: InFlightObject[] = [];
  private nextSequence = 1;
  private delivered = 0;
  private sealCheckQueued = false;
  private sealTimer: Timer | undefined;
  private committing = false;
  private failure: KafkaError | undefined;
  private readonly abort = new AbortController();
  private readonly fail: (error: Error) => void;

  constructor(
    private readonly options: WalWriterOptions,
    private readonly uploader: WalUploader,
    private readonly commitLog: CommitLog,
    private readonly budget: WriteBudget,
    private readonly keeper: WalKeeper,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly observer?: WalObserver,
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.fail = reject;
    promise.catch(() => undefined);
  }

  /** The last object that is committed and that the logs know of; 0 for none. */
  get deliveredSequence(): number {
    return this.delivered;
  }

  /**
   * Adds a batch whose offsets are assigned. Its bytes must not change any more.
   *
   * @returns resolves when the batch is committed; rejects with KafkaError NOT_LEADER_OR_FOLLOWER when the incarnation
   *   ends before that is known
   */
  append(participant: WalParticipant, batch: RecordBatch, producerBatch?: ProducerBatch): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.open ??= new OpenWalObject(this.clock.monotonic());
    const object = this.open;
    object.append(participant, batch, producerBatch);
    if (object.sizeBytes >= this.options.objectBytes) this.seal();
    else this.queueSealCheck();
    return object.committed;
  }

  /** Commits everything appended so far, at once and whatever the write budget says. */
  async flush(): Promise<void> {
    const last = this.open?.committed ?? this.inFlight.at(-1)?.object.committed;
    if (this.open !== undefined) this.seal();
    await last;
  }

  /** Ends the writer: nothing more is committed, and everybody who waits is told to look for another leader. */
  abandon(reason: Error): void {
    if (this.failure !== undefined) return;
    const refusal = new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, reason.message, { cause: reason });
    this.failure = refusal;
    this.sealTimer?.cancel();
    this.abort.abort(reason);
    for (const { object } of this.inFlight) object.reject(refusal);
    this.inFlight.length = 0;
    this.open?.abandon(refusal);
    this.open = undefined;
    this.fail(reason);
  }

  /** Waits for the end of the current turn, so that one object takes all that arrived in it. */
  private queueSealCheck(): void {
    if (this.sealCheckQueued) return;
    this.sealCheckQueued = true;
    this.clock.defer(() => {
      this.sealCheckQueued = false;
      this.sealIfDue();
    });
  }

  private sealIfDue(): void {
    this.sealTimer?.cancel();
    this.sealTimer = undefined;
    if (this.open === undefined) return;
    const uploading = this.inFlight.some((object) => object.uploadedAt === undefined);
    const lingerLeft = uploading ? this.open.openedAt + this.options.lingerMs - this.clock.monotonic() : 0;
    if (lingerLeft <= 0 && this.budget.tryTake()) {
      this.seal();
      return;
    }
    // The end of an upload checks again, before this timer when it comes first.
    this.sealTimer = this.clock.setTimer(Math.max(lingerLeft, this.budget.msUntilNext(), 1), () => this.sealIfDue());
  }

  private seal(): void {
    const open = this.open as OpenWalObject;
    this.open = undefined;
    const sequence = this.nextSequence;
    this.nextSequence += 1;
    const { namespace, incarnationId } = this.options;
    const key = walObjectKey(namespace, incarnationId, sequence);
    const object = open.seal(
      { key, incarnationId, firstSequence: sequence, sequence, createdAt: this.clock.now() },
      this.options.writtenRevision(),
    );
    const entry: InFlightObject = { object, sealedAt: this.clock.monotonic(), uploadedAt: undefined };
    this.inFlight.push(entry);
    void this.upload(entry);
  }

  private async upload(entry: InFlightObject): Promise<void> {
    try {
      await this.uploader.upload(entry.object, this.abort.signal);
      entry.uploadedAt = this.clock.monotonic();
      this.sealIfDue();
      await this.commitUploaded();
    } catch (error) {
      if (this.failure !== undefined) return;
      this.logger.error({ event: 'wal_failed', key: entry.object.ref.key, err: error }, 'the WAL cannot go on');
      this.abandon(error as Error);
    }
  }

  /** Commits the uploaded objects at the head of the queue, as many as one transaction can cover (rule 3). */
  private async commitUploaded(): Promise<void> {
    if (this.committing) return;
    this.committing = true;
    try {
      for (let last = this.lastContiguouslyUploaded(); last !== undefined; last = this.lastContiguouslyUploaded()) {
        await this.commitUpTo(last);
      }
    } finally {
      this.committing = false;
    }
  }

  private async commitUpTo(sequence: number): Promise<void> {
    try {
      await this.commitLog.commit(sequence, this.abort.signal);
    } catch (error) {
      if (error instanceof IncarnationLostError) this.deliver(error.committedSequence);
      throw error;
    }
    this.deliver(sequence);
  }

  private lastContiguouslyUploaded(): number | undefined {
    let last: number | undefined;
    for (const { object, uploadedAt } of this.inFlight) {
      if (uploadedAt === undefined) break;
      last = object.ref.sequence;
    }
    return last;
  }

  /** The objects up to `sequence` are committed: shows them to readers, then resolves their waiters. */
  private deliver(sequence: number): void {
    const now = this.clock.monotonic();
    for (
      let entry = this.inFlight[0];
      entry !== undefined && entry.object.ref.sequence <= sequence;
      entry = this.inFlight[0]
    ) {
      this.inFlight.shift();
      const { object, sealedAt, uploadedAt = now } = entry;
      for (const { participant, extent, producerBatches } of object.parts)
        participant.committed(extent, producerBatches);
      this.delivered = object.ref.sequence;
      const extents = object.parts.map((part) => part.extent);
      this.keeper.objectCommitted(object.ref, extents);
      object.resolve();
      this.observer?.walObjectCommitted({
        key: object.ref.key,
        extents,
        committedAt: now,
        bytes: object.sizeBytes,
        records: extents.reduce((sum, { recordCount }) => sum + recordCount, 0),
        queueMs: sealedAt - object.openedAt,
        uploadMs: uploadedAt - sealedAt,
        commitMs: now - uploadedAt,
      });
    }
  }
}
