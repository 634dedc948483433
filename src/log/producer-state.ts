import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { ProducerSnapshot } from '../storage/manifest-format.js';
import type { ProducerBatch } from '../storage/wal-format.js';

/** How many batches of a producer are remembered (KIP-98): a client has at most five requests in flight. */
export const REMEMBERED_BATCHES = 5;

const MAX_SEQUENCE = 0x7fffffff;

/** What an idempotent producer puts into a batch's header. */
export interface SequencedBatch {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** Where an earlier copy of a batch is in the log. */
export interface Duplicate {
  readonly baseOffset: number;
  readonly lastOffset: number;
}

/** What is known of a producer, for those who ask (KIP-664). */
export interface ActiveProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  /** When its last batch was appended, by the broker's clock, ms. */
  readonly lastTimestamp: number;
}

interface Producer {
  epoch: number;
  lastTimestamp: number;
  /** Oldest first, at most {@link REMEMBERED_BATCHES}. */
  batches: ProducerBatch[];
}

export interface ProducerStateOptions {
  /** Producers silent for longer are forgotten, ms (`producer.id.expiration.ms`). */
  readonly expirationMs: number;
  /** Most producers remembered per partition; beyond, the one that wrote longest ago is forgotten. */
  readonly maxProducers: number;
}

export const defaultProducerStateOptions: ProducerStateOptions = { expirationMs: 86_400_000, maxProducers: 10_000 };

/**
 * The idempotent producers of one partition (KIP-98): recognises a batch that was stored before, and refuses gaps (I8).
 *
 * It covers batches from the moment they are appended, committed or not. A producer that is not known, because it is new
 * or was forgotten, may start at any sequence.
 */
export class ProducerState {
  /** In order of their last batch, oldest first. */
  private readonly producers = new Map<number, Producer>();

  constructor(private readonly options: ProducerStateOptions = defaultProducerStateOptions) {}

  get size(): number {
    return this.producers.size;
  }

  /**
   * Decides whether a batch may be appended.
   *
   * @returns where the batch is already, or undefined when it is the next one
   * @throws KafkaError INVALID_PRODUCER_EPOCH for an epoch older than the known one
   * @throws KafkaError OUT_OF_ORDER_SEQUENCE_NUMBER when batches before it are missing, or it is older than remembered
   */
  check(batch: SequencedBatch, now: number): Duplicate | undefined {
    const known = this.find(batch.producerId, now);
    if (known === undefined) return undefined;
    if (batch.producerEpoch < known.epoch) {
      throw new KafkaError(
        ErrorCode.INVALID_PRODUCER_EPOCH,
        `producer ${batch.producerId} has epoch ${known.epoch}, the batch has ${batch.producerEpoch}`,
      );
    }
    if (batch.producerEpoch > known.epoch) {
      if (batch.firstSequence !== 0) throw outOfOrder(batch, 0);
      return undefined;
    }
    const duplicate = known.batches.find(
      (stored) => stored.firstSequence === batch.firstSequence && stored.lastSequence === batch.lastSequence,
    );
    if (duplicate !== undefined) return duplicate;
    const last = known.batches.at(-1);
    const expected = last === undefined ? batch.firstSequence : nextSequence(last.lastSequence);
    if (batch.firstSequence !== expected) throw outOfOrder(batch, expected);
    return undefined;
  }

  /** Remembers a batch that was appended, or that recovery found in the log. Batches come in offset order. */
  record(batch: ProducerBatch): void {
    const known = this.producers.get(batch.producerId);
    const producer =
      known?.epoch === batch.producerEpoch ? known : { epoch: batch.producerEpoch, lastTimestamp: 0, batches: [] };
    producer.batches.push(batch);
    if (producer.batches.length > REMEMBERED_BATCHES) producer.batches.shift();
    producer.lastTimestamp = batch.timestamp;
    this.producers.delete(batch.producerId);
    this.producers.set(batch.producerId, producer);
    this.forgetBeyondBound();
  }

  /** Takes over what a manifest remembers. Producers come in the order of their last batch, and before newer batches. */
  restore({ producerId, producerEpoch, lastTimestamp, batches }: ProducerSnapshot): void {
    this.producers.set(producerId, { epoch: producerEpoch, lastTimestamp, batches: [...batches] });
    this.forgetBeyondBound();
  }

  /**
   * What is remembered of batches below `offset`, the producer that was silent longest first. One that has begun a new
   * epoch since is left out: its later batches tell all that is needed.
   */
  before(offset: number, now: number): ProducerSnapshot[] {
    const snapshots: ProducerSnapshot[] = [];
    for (const [producerId, { epoch, lastTimestamp, batches }] of this.producers) {
      if (now - lastTimestamp > this.options.expirationMs) continue;
      const older = batches.filter(({ lastOffset }) => lastOffset < offset);
      const last = older.at(-1);
      if (last === undefined) continue;
      snapshots.push({ producerId, producerEpoch: epoch, lastTimestamp: last.timestamp, batches: older });
    }
    return snapshots.sort((a, b) => lastOffsetOf(a) - lastOffsetOf(b));
  }

  /** The producers that are not forgotten yet, the one that has been silent for longest first. */
  active(now: number): ActiveProducer[] {
    return [...this.producers]
      .filter(([, { lastTimestamp }]) => now - lastTimestamp <= this.options.expirationMs)
      .map(([producerId, { epoch, lastTimestamp, batches }]) => ({
        producerId,
        producerEpoch: epoch,
        lastSequence: batches.at(-1)?.lastSequence ?? -1,
        lastTimestamp,
      }));
  }

  private find(producerId: number, now: number): Producer | undefined {
    const producer = this.producers.get(producerId);
    if (producer !== undefined && now - producer.lastTimestamp > this.options.expirationMs) {
      this.producers.delete(producerId);
      return undefined;
    }
    return producer;
  }

  private forgetBeyondBound(): void {
    if (this.producers.size <= this.options.maxProducers) return;
    for (const oldest of this.producers.keys()) {
      this.producers.delete(oldest);
      return;
    }
  }
}

/** The sequence number after `sequence`; they wrap from 2^31 − 1 to 0. */
export function nextSequence(sequence: number): number {
  return sequence === MAX_SEQUENCE ? 0 : sequence + 1;
}

function outOfOrder(batch: SequencedBatch, expected: number): KafkaError {
  return new KafkaError(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `producer ${batch.producerId}: expected sequence ${expected}, got ${batch.firstSequence}`,
  );
}

function lastOffsetOf({ batches }: ProducerSnapshot): number {
  return batches.at(-1)?.lastOffset ?? -1;
}
