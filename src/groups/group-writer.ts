import type { Logger } from '../logging/logger.js';
import { groupWriterKey, incarnationKey } from '../metadata/keys.js';
import { MAX_TXN_WRITES, type MetadataStore, type Operation, type Transaction } from '../metadata/metadata-store.js';
import { decodeGroupWriter, encodeGroupWriter } from '../metadata/records.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { untilAnswered } from './until-answered.js';
import { WriteQueue, type WriteSettled } from './write-queue.js';

/** Operations of one transaction beside that which names the transaction itself. */
export const MAX_WRITES_PER_TXN = MAX_TXN_WRITES - 1;
/** etcd takes requests of 1.5 MiB. */
const MAX_TXN_BYTES = 1_200_000;
/** While there is much to write, transactions begin this far apart, ms: what comes meanwhile shares the next one. */
const MIN_INTERVAL_MS = 10;

export interface GroupWriterDependencies {
  readonly store: MetadataStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Told of every transaction that was carried out, with the writes it carried. */
  readonly onWritten?: (operations: number) => void;
}

/**
 * Writes groups and offsets for one incarnation of this broker: many writes of many groups in one transaction, one
 * transaction after the other.
 *
 * Each compares that the incarnation lives (I4), and that the writer's record names the transaction before it, so that
 * a late copy of one changes nothing (commit protocol, rules 1 and 2). Writes of one key take effect in the order of the
 * calls.
 */
export class GroupWriter {
  private readonly queue = new WriteQueue(MAX_WRITES_PER_TXN, MAX_TXN_BYTES);
  private readonly stopping = new AbortController();
  private readonly key: string;
  private sequence = 0;
  private running = false;
  private lastBegin = -Infinity;

  constructor(
    private readonly incarnation: { readonly id: string; readonly brokerId: number },
    private readonly dependencies: GroupWriterDependencies,
  ) {
    this.key = groupWriterKey(incarnation.brokerId);
  }

  /** Aborted when nothing can be written any more. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /**
   * Takes over from the writers of earlier incarnations: nothing that they have under way is applied from here on.
   *
   * @throws KafkaError NOT_COORDINATOR when the incarnation has ended
   */
  async open(): Promise<void> {
    const { store } = this.dependencies;
    const previous = await this.untilAnswered(() => store.get(this.key));
    await this.commit({
      compare: [
        { key: incarnationKey(this.incarnation.id), exists: true },
        { key: this.key, modRevision: previous?.modRevision ?? 0 },
      ],
      success: [{ type: 'put', key: this.key, value: this.record(0) }],
      failure: this.reads(),
    });
  }

  /**
   * Has an operation carried out.
   *
   * @param settled told when it was; or NOT_COORDINATOR when the incarnation has ended: then the outcome is unknown; or
   *   COORDINATOR_NOT_AVAILABLE when the metadata store refuses it. It must not throw.
   */
  begin(operation: Operation, settled: WriteSettled): void {
    const { signal } = this.stopping;
    if (signal.aborted) {
      settled(signal.reason as KafkaError);
      return;
    }
    this.queue.add(operation, settled);
    void this.pump();
  }

  /** Resolves when an operation has been carried out. @throws KafkaError what {@link begin} tells */
  write(operation: Operation): Promise<void> {
    return new Promise((resolve, reject) => {
      this.begin(operation, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Ends all writes: those that are not known to have been carried out are rejected. */
  stop(reason: string): void {
    const error = new KafkaError(ErrorCode.NOT_COORDINATOR, reason);
    this.stopping.abort(error);
    this.queue.rejectAll(error);
  }

  private async pump(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      while (!this.queue.isEmpty) {
        await this.pace();
        await this.writeNext();
      }
    } catch (error) {
      // The incarnation has ended: `stop` has told everybody, or does so now.
      this.stop(error instanceof Error ? error.message : String(error));
    } finally {
      this.running = false;
    }
  }

  private async pace(): Promise<void> {
    const { clock } = this.dependencies;
    const waitMs = this.lastBegin + MIN_INTERVAL_MS - clock.monotonic();
    if (waitMs > 0 && !this.queue.isFull) await interruptibleSleep(clock, waitMs, this.stopping.signal);
    this.lastBegin = clock.monotonic();
  }

  private async writeNext(): Promise<void> {
    const batch = this.queue.take();
    try {
      await this.commit({
        compare: [
          { key: incarnationKey(this.incarnation.id), exists: true },
          { key: this.key, value: this.record(this.sequence) },
        ],
        success: [...batch.operations, { type: 'put', key: this.key, value: this.record(this.sequence + 1) }],
        failure: this.reads(),
      });
      this.sequence += 1;
      this.dependencies.onWritten?.(batch.operations.length);
      batch.settle();
    } catch (error) {
      if (error instanceof KafkaError) {
        batch.settle(error);
        throw error;
      }
      this.dependencies.logger.error({ event: 'group_write_refused', err: error }, 'groups could not be stored');
      batch.settle(
        new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE, 'the metadata store refused the write', { cause: error }),
      );
    }
  }

  /** @throws KafkaError NOT_COORDINATOR when the incarnation has ended */
  private async commit(transaction: Transaction): Promise<void> {
    const { store } = this.dependencies;
    const result = await this.untilAnswered(() => store.txn(transaction));
    if (result.succeeded) return;
    const [incarnation, writer] = result.reads;
    const [expected] = transaction.success.slice(-1);
    // An earlier try, to which no answer came, may have been carried out.
    const wasApplied = expected?.type === 'put' && writer?.value.equals(expected.value) === true;
    if (incarnation !== undefined && wasApplied) return;
    const found = writer && decodeGroupWriter(writer.value, writer.key);
    throw new KafkaError(
      ErrorCode.NOT_COORDINATOR,
      incarnation === undefined
        ? `incarnation ${this.incarnation.id} has ended`
        : `groups were written by incarnation ${found?.incarnationId ?? ''}, transaction ${found?.sequence ?? 0}`,
    );
  }

  /** Repeats a call as it is until the store answers it. */
  private untilAnswered<T>(call: () => Promise<T>): Promise<T> {
    return untilAnswered(this.dependencies, this.stopping.signal, call);
  }

  private reads(): Operation[] {
    return [
      { type: 'get', key: incarnationKey(this.incarnation.id) },
      { type: 'get', key: this.key },
    ];
  }

  private record(sequence: number): Buffer {
    return encodeGroupWriter({ incarnationId: this.incarnation.id, sequence });
  }
}
