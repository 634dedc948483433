import type { Logger } from '../logging/logger.js';
import { decodeSlotsRecord, encodeSlotsRecord, type StoredSlots } from '../metadata/group-slots.js';
import { GROUP_SLOTS_KEY, groupWriterKey, incarnationKey } from '../metadata/keys.js';
import {
  MAX_TXN_WRITES,
  type KeyValue,
  type MetadataStore,
  type Operation,
  type Transaction,
} from '../metadata/metadata-store.js';
import { decodeGroupWriter, encodeGroupWriter } from '../metadata/records.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { untilAnswered } from '../metadata/repeat.js';
import {
  settle,
  WriteQueue,
  type HeldSlot,
  type QueuedWrite,
  type SlotOperation,
  type WriteSettled,
} from './write-queue.js';

/** Operations of one transaction beside that which names the transaction itself, and that which releases slots. */
export const MAX_WRITES_PER_TXN = MAX_TXN_WRITES - 2;
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
 * Each compares that the incarnation lives (I4); that the writer's record names the last transaction before it that was
 * carried out, so that a late copy of one changes nothing (commit protocol, rules 1 and 2); and that the slots are as
 * they were when all slots concerned were this incarnation's own (rule 13). Writes of one key take effect in the order
 * of the calls; the release of a slot, after all writes for it.
 */
export class GroupWriter {
  private readonly queue = new WriteQueue(MAX_WRITES_PER_TXN, MAX_TXN_BYTES);
  private readonly stopping = new AbortController();
  private readonly key: string;
  private slots: StoredSlots | undefined;
  /**
   * What the writer's record holds, as the last transaction that is known to have been carried out wrote it: the format
   * version may change from one to the next.
   */
  private lastRecord: Buffer;
  /** Never used before: also not by a transaction that the store refused, of which an earlier try may be on its way. */
  private nextSequence = 1;
  private running = false;
  private lastBegin = -Infinity;

  constructor(
    private readonly incarnation: { readonly id: string; readonly brokerId: number },
    private readonly dependencies: GroupWriterDependencies,
  ) {
    this.key = groupWriterKey(incarnation.brokerId);
    this.lastRecord = this.record(0);
  }

  /** Aborted when nothing can be written any more. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** Tells of the slots as they are, or were a moment ago. */
  hear(slots: StoredSlots): void {
    if (slots.modRevision > (this.slots?.modRevision ?? 0)) this.slots = slots;
  }

  /**
   * Takes over from the writers of earlier incarnations: nothing that they have under way is applied from here on.
   *
   * @throws KafkaError NOT_COORDINATOR when the incarnation has ended; then nothing can be written any more
   */
  async open(): Promise<void> {
    const { store } = this.dependencies;
    const previous = await this.untilAnswered(() => store.get(this.key));
    const transaction: Transaction = {
      compare: [
        { key: incarnationKey(this.incarnation.id), exists: true },
        { key: this.key, modRevision: previous?.modRevision ?? 0 },
      ],
      success: [{ type: 'put', key: this.key, value: this.lastRecord }],
      failure: this.reads(),
    };
    const { succeeded, reads } = await this.untilAnswered(() => store.txn(transaction));
    if (succeeded || this.sequenceFound(reads) === 0) return;
    const error = this.superseded(reads);
    this.stop(error.message);
    throw error;
  }

  /**
   * Has an operation carried out.
   *
   * @param slot of the group that it is about
   * @param settled told when it was; or NOT_COORDINATOR when the slot was lost, or the incarnation has ended: then the
   *   outcome is unknown; or COORDINATOR_NOT_AVAILABLE when the metadata store refuses it. It must not throw.
   */
  begin(slot: HeldSlot, operation: SlotOperation, settled: WriteSettled): void {
    const { signal } = this.stopping;
    if (signal.aborted) {
      settled(signal.reason as KafkaError);
      return;
    }
    this.queue.add(slot, operation, settled);
    void this.pump();
  }

  /** Resolves when an operation has been carried out. @throws KafkaError what {@link begin} tells */
  write(slot: HeldSlot, operation: SlotOperation): Promise<void> {
    return new Promise((resolve, reject) => {
      this.begin(slot, operation, (error) => (error === undefined ? resolve() : reject(error)));
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
    let writes = this.refuseLost(this.queue.take());
    try {
      while (writes.length > 0 && !(await this.commit(writes))) writes = this.refuseLost(writes);
      if (writes.length > 0) this.dependencies.onWritten?.(writes.length);
      settle(writes);
    } catch (error) {
      if (error instanceof KafkaError) {
        settle(writes, error);
        throw error;
      }
      this.dependencies.logger.error({ event: 'group_write_refused', err: error }, 'groups could not be stored');
      const message = 'the metadata store refused the write';
      settle(writes, new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE, message, { cause: error }));
    }
  }

  /** @returns the writes for slots that are this incarnation's own; whoever waits for others is sent away */
  private refuseLost(writes: readonly QueuedWrite[]): QueuedWrite[] {
    const isOwn = ({ slot: { number, epoch } }: QueuedWrite) => {
      const slot = this.slots?.slots[number];
      return slot?.incarnationId === this.incarnation.id && slot.epoch === epoch;
    };
    const lost = writes.filter((write) => !isOwn(write));
    settle(lost, new KafkaError(ErrorCode.NOT_COORDINATOR, 'the slot of the group has another coordinator'));
    return writes.filter(isOwn);
  }

  /**
   * @returns false when what the transaction was built on has changed: it was not, and will not be carried out, and is
   *   to be built anew
   * @throws KafkaError NOT_COORDINATOR when the incarnation has ended
   */
  private async commit(writes: readonly QueuedWrite[]): Promise<boolean> {
    const { store } = this.dependencies;
    const sequence = this.nextSequence;
    this.nextSequence += 1;
    const record = this.record(sequence);
    const transaction = this.transactionOf(writes, record);
    const { succeeded, reads } = await this.untilAnswered(() => store.txn(transaction));
    if (!succeeded) {
      const found = this.sequenceFound(reads);
      const [, writer, slots] = reads;
      if (found === undefined || writer === undefined) throw this.superseded(reads);
      this.lastRecord = writer.value;
      this.slots = slots && decodeSlotsRecord(slots);
      // Otherwise an earlier try, to which no answer came, was carried out.
      if (found !== sequence) return false;
    }
    this.lastRecord = record;
    return true;
  }

  private transactionOf(writes: readonly QueuedWrite[], record: Buffer): Transaction {
    const { slots = [], modRevision = 0 } = this.slots ?? {};
    const operations: Operation[] = [];
    const released = new Set<number>();
    for (const { operation, slot } of writes) {
      if (operation.type === 'release') released.add(slot.number);
      else operations.push(operation);
    }
    if (released.size > 0) {
      const left = slots.map((slot, number) => (released.has(number) ? { ...slot, incarnationId: '' } : slot));
      operations.push({ type: 'put', key: GROUP_SLOTS_KEY, value: encodeSlotsRecord(left) });
    }
    return {
      compare: [
        { key: incarnationKey(this.incarnation.id), exists: true },
        { key: this.key, value: this.lastRecord },
        { key: GROUP_SLOTS_KEY, modRevision },
      ],
      success: [...operations, { type: 'put', key: this.key, value: record }],
      failure: this.reads(),
    };
  }

  /** Of the last of this writer's transactions that was carried out; undefined when it may write no more. */
  private sequenceFound([incarnation, writer]: readonly (KeyValue | undefined)[]): number | undefined {
    if (incarnation === undefined || writer === undefined) return undefined;
    const { incarnationId, sequence } = decodeGroupWriter(writer.value, writer.key);
    return incarnationId === this.incarnation.id ? sequence : undefined;
  }

  private superseded([incarnation]: readonly (KeyValue | undefined)[]): KafkaError {
    const { id } = this.incarnation;
    const message = incarnation === undefined ? `incarnation ${id} has ended` : 'another process writes as this broker';
    return new KafkaError(ErrorCode.NOT_COORDINATOR, message);
  }

  /** Repeats a call as it is until the store answers it. */
  private untilAnswered<T>(call: () => Promise<T>): Promise<T> {
    return untilAnswered(this.dependencies, 'group_store_retry', this.stopping.signal, call);
  }

  private reads(): Operation[] {
    return [
      { type: 'get', key: incarnationKey(this.incarnation.id) },
      { type: 'get', key: this.key },
      { type: 'get', key: GROUP_SLOTS_KEY },
    ];
  }

  private record(sequence: number): Buffer {
    return encodeGroupWriter({ incarnationId: this.incarnation.id, sequence });
  }
}
