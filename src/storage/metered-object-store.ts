import type { StoreRequest, StoreStatus } from '../metrics/store-request-metrics.js';
import type { Clock } from '../time/clock.js';
import { ForwardingObjectStore } from './forwarding-object-store.js';
import {
  ObjectAccessError,
  ObjectCorruptError,
  ObjectExistsError,
  ObjectNotFoundError,
  ObjectStoreError,
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
import { totalBytes } from './pieces.js';

export interface ObjectStoreObserver {
  storeRequest(request: StoreRequest): void;
}

/** As in S3: what one request lists or deletes at most. */
const KEYS_PER_REQUEST = 1000;

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
    return this.observe('put', this.store.create(key, body, options), options, () => ({ bytes: totalBytes(body) }));
  }

  override read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer> {
    return this.observe('get', this.store.read(key, range, options), options, ({ length }) => ({ bytes: length }));
  }

  override readEnd(key: string, length: number, options?: ReadOptions): Promise<ObjectEnd> {
    const read = this.store.readEnd(key, length, options);
    return this.observe('get', read, options, ({ bytes }) => ({ bytes: bytes.length }));
  }

  override head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return this.observe('head', this.store.head(key, options), options);
  }

  override check(options?: CallOptions): Promise<void> {
    return this.observe('check', this.store.check(options), options);
  }

  /** Told of when it ends; its duration is the time spent waiting for the store. A reader that stops early is no error. */
  override async *list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject> {
    const objects = this.store.list(prefix, options)[Symbol.asyncIterator]();
    let waitedMs = 0;
    let listed = 0;
    let status: StoreStatus = 'success';
    try {
      for (;;) {
        const askedAt = this.clock.monotonic();
        const next = await objects.next().finally(() => (waitedMs += this.clock.monotonic() - askedAt));
        if (next.done === true) return;
        listed += 1;
        yield next.value;
      }
    } catch (error) {
      status = statusOf(error, options);
      throw error;
    } finally {
      this.observer.storeRequest({ operation: 'list', status, durationMs: waitedMs, requests: requestsFor(listed) });
      await objects.return?.();
    }
  }

  override delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    const deletion = this.store.delete(keys, options);
    return this.observe('delete', deletion, options, () => ({ requests: requestsFor(keys.length) }));
  }

  private async observe<T>(
    operation: 'put' | 'get' | 'head' | 'delete' | 'check',
    call: Promise<T>,
    options: CallOptions | undefined,
    effort: (result: T) => Pick<StoreRequest, 'requests' | 'bytes'> = () => ({}),
  ): Promise<T> {
    const startedAt = this.clock.monotonic();
    const duration = () => this.clock.monotonic() - startedAt;
    try {
      const result = await call;
      this.observer.storeRequest({ operation, status: 'success', durationMs: duration(), ...effort(result) });
      return result;
    } catch (error) {
      this.observer.storeRequest({ operation, status: statusOf(error, options), durationMs: duration() });
      throw error;
    }
  }
}

function requestsFor(keys: number): number {
  return Math.max(1, Math.ceil(keys / KEYS_PER_REQUEST));
}

function statusOf(error: unknown, options: CallOptions | undefined): StoreStatus {
  if (error instanceof ObjectExistsError) return 'exists';
  if (error instanceof ObjectNotFoundError) return 'not_found';
  if (options?.signal?.aborted === true) return 'aborted';
  if (error instanceof ObjectAccessError) return 'denied';
  if (error instanceof ObjectCorruptError) return 'corrupt';
  return error instanceof ObjectStoreError && error.slowDown ? 'slow_down' : 'error';
}

/**
 * How a call that failed counts. `refused`: the store answered no, as it should. `aborted`: the caller gave up, which says
 * nothing of the store.
 */
export function outcomeOf(error: unknown, options: CallOptions | undefined): 'refused' | 'error' | 'aborted' {
  if (error instanceof ObjectExistsError || error instanceof ObjectNotFoundError) return 'refused';
  return options?.signal?.aborted === true ? 'aborted' : 'error';
}
