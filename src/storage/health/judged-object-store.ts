import { ForwardingObjectStore } from '../forwarding-object-store.js';
import { outcomeOf } from '../metered-object-store.js';
import {
  ObjectStoreError,
  type ByteRange,
  type CallOptions,
  type CreateOptions,
  type ObjectEnd,
  type ObjectInfo,
  type ObjectStore,
  type ReadOptions,
} from '../object-store.js';
import { totalBytes } from '../pieces.js';
import type { DirectionHealth } from './direction-health.js';
import type { StoreHealth } from './store-health.js';

/** The object store has been found unavailable, and was not asked. Trying again later makes sense. */
export class StoreNotAskedError extends ObjectStoreError {
  override readonly name = 'StoreNotAskedError';
}

/**
 * Tells the health of a store every request that clients wait for (creates, reads, HEADs), and fails reads at once while
 * the store is unavailable for reading: who waits for one timeout after the other keeps others waiting. Reads that insist go
 * out all the same: a broker that recovers keeps nobody waiting longer by trying.
 *
 * Creates always go out: the next one to try is the one that failed (commit protocol, rule 3), and its outcome is what
 * tells that the store is back. Listings and deletions are background work, which may fail for want of a permission
 * while records flow; they count for nothing.
 */
export class JudgedObjectStore extends ForwardingObjectStore {
  constructor(
    store: ObjectStore,
    private readonly health: StoreHealth,
  ) {
    super(store);
  }

  override create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    return judge(this.health.writes, totalBytes(body), options, () => this.store.create(key, body, options));
  }

  override read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer> {
    return this.readIfAdmitted(range.length, options, () => this.store.read(key, range, options));
  }

  override readEnd(key: string, length: number, options?: ReadOptions): Promise<ObjectEnd> {
    return this.readIfAdmitted(length, options, () => this.store.readEnd(key, length, options));
  }

  /** Part of a write: asked after a create that seemed to fail. */
  override head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return judge(this.health.writes, 0, options, () => this.store.head(key, options));
  }

  private async readIfAdmitted<T>(bytes: number, options: ReadOptions | undefined, read: () => Promise<T>): Promise<T> {
    if (options?.insists === true || this.health.reads.admit()) return judge(this.health.reads, bytes, options, read);
    options?.signal?.throwIfAborted();
    throw new StoreNotAskedError('not read: the object store is unavailable at the moment');
  }
}

async function judge<T>(
  direction: DirectionHealth,
  bytes: number,
  options: CallOptions | undefined,
  call: () => Promise<T>,
): Promise<T> {
  const end = direction.begin(bytes);
  try {
    const result = await call();
    end('success');
    return result;
  } catch (error) {
    end(outcomeOf(error, options));
    throw error;
  }
}
