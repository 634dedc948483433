import { ForwardingObjectStore } from './forwarding-object-store.js';
import type { Clock } from '../time/clock.js';
import {
  ObjectExistsError,
  ObjectNotFoundError,
  type ByteRange,
  type CallOptions,
  type CreateOptions,
  type ListedObject,
  type ListOptions,
  type ObjectEnd,
  type ObjectInfo,
  type ObjectStore,
  type ReadOptions,
} from './object-store.js';

export interface ObjectStoreObserver {
  storeRequest(
    operation: 'put' | 'get' | 'head' | 'list' | 'delete',
    outcome: 'success' | 'refused' | 'error' | 'aborted',
    durationMs: number,
  ): void;
}

/** Tells an observer of every request to a store. */
export class MeteredObjectStore extends ForwardingObjectStore {
  constructor(
    store: ObjectStore,
    private readonly observer: ObjectStoreObserver,
    private readonly clock: Clock,
  ) {
    super(store);
  }

  override create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    return this.observe('put', this.store.create(key, body, options), options);
  }

  override read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer> {
    return this.observe('get', this.store.read(key, range, options), options);
  }

  override readEnd(key: string, length: number, options?: ReadOptions): Promise<ObjectEnd> {
    return this.observe('get', this.store.readEnd(key, length, options), options);
  }

  override head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return this.observe('head', this.store.head(key, options), options);
  }

  /** One request, whose duration is the time spent waiting for the store. A reader that stops early is no error. */
  override async *list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject> {
    const objects = this.store.list(prefix, options)[Symbol.asyncIterator]();
    let waitedMs = 0;
    let outcome: 'success' | 'error' | 'aborted' = 'success';
    try {
      for (;;) {
        const askedAt = this.clock.monotonic();
        const next = await objects.next().finally(() => (waitedMs += this.clock.monotonic() - askedAt));
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      outcome = options?.signal?.aborted === true ? 'aborted' : 'error';
      throw error;
    } finally {
      this.observer.storeRequest('list', outcome, waitedMs);
      await objects.return?.();
    }
  }

  override delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.observe('delete', this.store.delete(keys, options), options);
  }

  private async observe<T>(
    operation: 'put' | 'get' | 'head' | 'delete',
    call: Promise<T>,
    options?: CallOptions,
  ): Promise<T> {
    const startedAt = this.clock.monotonic();
    try {
      const result = await call;
      this.observer.storeRequest(operation, 'success', this.clock.monotonic() - startedAt);
      return result;
    } catch (error) {
      this.observer.storeRequest(operation, outcomeOf(error, options), this.clock.monotonic() - startedAt);
      throw error;
    }
  }
}

/**
 * How a call that failed counts. `refused`: the store answered no, as it should. `aborted`: the caller gave up, which says
 * nothing of the store.
 */
export function outcomeOf(error: unknown, options: CallOptions | undefined): 'refused' | 'error' | 'aborted' {
  if (error instanceof ObjectExistsError || error instanceof ObjectNotFoundError) return 'refused';
  return options?.signal?.aborted === true ? 'aborted' : 'error';
}
