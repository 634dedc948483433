import { ForwardingObjectStore } from './forwarding-object-store.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import {
  ObjectAccessError,
  ObjectExistsError,
  ObjectNotFoundError,
  ObjectStoreError,
  type ByteRange,
  type CallOptions,
  type ListedObject,
  type ListOptions,
  type ObjectEnd,
  type ObjectInfo,
  type ObjectStore,
  type ReadOptions,
} from './object-store.js';

export interface Patience {
  /** For all requests together, from the first one on, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Repeats what only looks, each request by itself, until the store has answered or the time is over: for checks of many
 * requests, which would hardly ever pass as a whole on a store that refuses some. Writes go through as they are.
 */
export class PatientObjectStore extends ForwardingObjectStore {
  private readonly deadline: number;

  constructor(
    store: ObjectStore,
    private readonly patience: Patience,
  ) {
    super(store);
    this.deadline = patience.clock.monotonic() + patience.timeoutMs;
  }

  override read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer> {
    return this.repeat(() => this.store.read(key, range, options));
  }

  override readEnd(key: string, length: number, options?: ReadOptions): Promise<ObjectEnd> {
    return this.repeat(() => this.store.readEnd(key, length, options));
  }

  override head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return this.repeat(() => this.store.head(key, options));
  }

  /** A page that does not come is asked for again, behind what has come. */
  override async *list(prefix: string, options: ListOptions = {}): AsyncIterable<ListedObject> {
    let { startAfter } = options;
    let objects = this.listAfter(prefix, options, startAfter);
    for (;;) {
      const next = await this.repeat(async () => {
        try {
          return await objects.next();
        } catch (error) {
          // A generator that has thrown is at its end.
          objects = this.listAfter(prefix, options, startAfter);
          throw error;
        }
      });
      if (next.done === true) return;
      startAfter = next.value.key;
      yield next.value;
    }
  }

  override check(options?: CallOptions): Promise<void> {
    return this.repeat(() => this.store.check(options));
  }

  private listAfter(prefix: string, options: ListOptions, startAfter: string | undefined) {
    const from = { ...options, ...(startAfter !== undefined && { startAfter }) };
    return this.store.list(prefix, from)[Symbol.asyncIterator]();
  }

  private async repeat<T>(request: () => Promise<T>): Promise<T> {
    const { clock, random, signal } = this.patience;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await request();
      } catch (error) {
        const delayMs = backoffDelay(attempt, random);
        if (!mayPass(error) || clock.monotonic() + delayMs >= this.deadline) throw error;
        await interruptibleSleep(clock, delayMs, signal);
      }
    }
  }
}

/** Whether the store did not answer, rather than answer no. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ObjectStoreError)) return false;
  return !(
    error instanceof ObjectNotFoundError ||
    error instanceof ObjectExistsError ||
    error instanceof ObjectAccessError
  );
}
