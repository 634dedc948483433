import type { Operation } from '../metadata/metadata-store.js';
import type { KafkaError } from '../protocol/errors.js';

/** Told once how a write ended: it is durable, or there is an error. */
export type WriteSettled = (error?: KafkaError) => void;

/** A slot of groups as its owner holds it: under one epoch, and until it is released. */
export interface HeldSlot {
  readonly number: number;
  readonly epoch: number;
}

/** A change of a group's keys, or the release of the slot itself. */
export type SlotOperation = Operation | { readonly type: 'release' };

/** One operation, and whoever waits for it. */
export interface QueuedWrite {
  readonly slot: HeldSlot;
  operation: SlotOperation;
  readonly waiters: WriteSettled[];
}

/** Writes that wait for a transaction. A later write of a key takes the place of an earlier one that still waits. */
export class WriteQueue {
  private writes: QueuedWrite[] = [];
  private readonly byKey = new Map<string, QueuedWrite>();

  /**
   * @param maxOperations most operations of a batch
   * @param maxBytes most bytes of a batch, unless a single operation has more
   */
  constructor(
    private readonly maxOperations: number,
    private readonly maxBytes: number,
  ) {}

  get isEmpty(): boolean {
    return this.writes.length === 0;
  }

  /** Whether the next batch could hold no more. */
  get isFull(): boolean {
    return this.writes.length >= this.maxOperations;
  }

  /** @param settled called with the batch that carries the operation, or one that replaced it */
  add(slot: HeldSlot, operation: SlotOperation, settled: WriteSettled): void {
    const key = 'key' in operation ? operation.key : undefined;
    const waiting = key === undefined ? undefined : this.byKey.get(key);
    if (waiting !== undefined) {
      waiting.operation = operation;
      waiting.waiters.push(settled);
      return;
    }
    const write: QueuedWrite = { slot, operation, waiters: [settled] };
    this.writes.push(write);
    if (key !== undefined) this.byKey.set(key, write);
    // What is written later must not take effect before it, nor under a slot that was released.
    else this.byKey.clear();
  }

  /** Takes the next batch: as many as fit, in order. A `deletePrefix` is a batch of its own. */
  take(): QueuedWrite[] {
    const batch: QueuedWrite[] = [];
    let bytes = 0;
    for (const write of this.writes) {
      const isPrefix = write.operation.type === 'deletePrefix';
      bytes += sizeOf(write.operation);
      if (batch.length > 0 && (isPrefix || bytes > this.maxBytes || batch.length >= this.maxOperations)) break;
      batch.push(write);
      if (isPrefix) break;
    }
    this.writes = this.writes.slice(batch.length);
    for (const { operation } of batch) {
      if ('key' in operation && this.byKey.get(operation.key)?.operation === operation)
        this.byKey.delete(operation.key);
    }
    return batch;
  }

  rejectAll(error: KafkaError): void {
    const { writes } = this;
    this.writes = [];
    this.byKey.clear();
    settle(writes, error);
  }
}

/** Tells whoever waits, in the order of the writes. */
export function settle(writes: readonly QueuedWrite[], error?: KafkaError): void {
  for (const { waiters } of writes) {
    for (const settled of waiters) settled(error);
  }
}

function sizeOf(operation: SlotOperation): number {
  switch (operation.type) {
    case 'release':
      return 0;
    case 'deletePrefix':
      return Buffer.byteLength(operation.prefix);
    case 'put':
      return Buffer.byteLength(operation.key) + operation.value.length;
    default:
      return Buffer.byteLength(operation.key);
  }
}
