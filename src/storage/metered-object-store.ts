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
} from './object-store.js';

export interface ObjectStoreObserver {
  storeRequest(
    operation: 'put' | 'get' | 'head' | 'list' | 'delete',
    outcome: 'success' | 'refused' | 'error',
    durationMs: number,
  ): void;
}

/** Tells an observer of every request to a store. */
export class MeteredObjectStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly observer: ObjectStoreObserver,
    private readonly clock: Clock,
  ) {}

  create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    return this.observe('put', this.store.create(key, body, options));
  }

  read(key: string, range: ByteRange, options?: CallOptions): Promise<Buffer> {
    return this.observe('get', this.store.read(key, range, options));
  }

  readEnd(key: string, length: number, options?: CallOptions): Promise<ObjectEnd> {
    return this.observe('get', this.store.readEnd(key, length, options));
  }

  head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return this.observe('head', this.store.head(key, options));
  }

  /** One request, whose duration is the time spent waiting for the store. A reader that stops early is no error. */
  async *list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject> {
    const objects = this.store.list(prefix, options)[Symbol.asyncIterator]();
    let waitedMs = 0;
    let outcome: 'success' | 'error' = 'success';
    try {
      for (;;) {
        const askedAt = this.clock.monotonic();
        const next = await objects.next().finally(() => (waitedMs += this.clock.monotonic() - askedAt));
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      outcome = 'error';
      throw error;
    } finally {
      this.observer.storeRequest('list', outcome, waitedMs);
      await objects.return?.();
    }
  }

  delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.observe('delete', this.store.delete(keys, options));
  }

  check(options?: CallOptions): Promise<void> {
    return this.store.check(options);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async observe<T>(operation: 'put' | 'get' | 'head' | 'delete', call: Promise<T>): Promise<T> {
    const startedAt = this.clock.monotonic();
    try {
      const result = await call;
      this.observer.storeRequest(operation, 'success', this.clock.monotonic() - startedAt);
      return result;
    } catch (error) {
      const refused = error instanceof ObjectExistsError || error instanceof ObjectNotFoundError;
      this.observer.storeRequest(operation, refused ? 'refused' : 'error', this.clock.monotonic() - startedAt);
      throw error;
    }
  }
}
