import type { Operation } from '../metadata/metadata-store.js';
import type { KafkaError } from '../protocol/errors.js';

/** Told once how a write ended: it is durable, or there is an error. */
export type WriteSettled = (error?: KafkaError) => void;

interface Entry {
  operation: Operation;
  readonly waiters: WriteSettled[];
}

/** Writes that go into one transaction, and whoever waits for them. */
export interface WriteBatch {
  readonly operations: readonly Operation[];
  /** Tells whoever waits, in the order of the writes. */
  settle: WriteSettled;
}

/** Writes that wait for a transaction. A later write of a key takes the place of an earlier one that still waits. */
export class WriteQueue {
  private entries: Entry[] = [];
  private readonly byKey = new Map<string, Entry>();

  /**
   * @param maxOperations most operations of a batch
   * @param maxBytes most bytes of a batch, unless a single operation has more
   */
  constructor(
    private readonly maxOperations: number,
    private readonly maxBytes: number,
  ) {}

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** Whether the next batch could hold no more. */
  get isFull(): boolean {
    return this.entries.length >= this.maxOperations;
  }

  /** @param settled called with the batch that carries the operation, or one that replaced it */
  add(operation: Operation, settled: WriteSettled): void {
    const key = 'key' in operation ? operation.key : undefined;
    const waiting = key === undefined ? undefined : this.byKey.get(key);
    if (waiting !== undefined) {
      waiting.operation = operation;
      waiting.waiters.push(settled);
      return;
    }
    const entry: Entry = { operation, waiters: [settled] };
    this.entries.push(entry);
    if (key !== undefined) this.byKey.set(key, entry);
    // What is written later must not take effect before it.
    else this.byKey.clear();
  }

  /** Takes the next batch: as many as fit, in order. A `deletePrefix` is a batch of its own. */
  take(): WriteBatch {
    const batch: Entry[] = [];
    let bytes = 0;
    for (const entry of this.entries) {
      const isPrefix = entry.operation.type === 'deletePrefix';
      bytes += sizeOf(entry.operation);
      if (batch.length > 0 && (isPrefix || bytes > this.maxBytes || batch.length >= this.maxOperations)) break;
      batch.push(entry);
      if (isPrefix) break;
    }
    this.entries = this.entries.slice(batch.length);
    for (const { operation } of batch) {
      if ('key' in operation && this.byKey.get(operation.key)?.operation === operation)
        this.byKey.delete(operation.key);
    }
    return {
      operations: batch.map(({ operation }) => operation),
      settle: (error) => settle(batch, error),
    };
  }

  rejectAll(error: KafkaError): void {
    const { entries } = this;
    this.entries = [];
    this.byKey.clear();
    settle(entries, error);
  }
}

function settle(entries: readonly Entry[], error: KafkaError | undefined): void {
  for (const { waiters } of entries) {
    for (const settled of waiters) settled(error);
  }
}

function sizeOf(operation: Operation): number {
  const name = 'key' in operation ? operation.key : operation.prefix;
  return Buffer.byteLength(name) + (operation.type === 'put' ? operation.value.length : 0);
}
