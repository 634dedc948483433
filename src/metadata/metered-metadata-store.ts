import type { Clock } from '../time/clock.js';
import {
  MetadataUnavailableError,
  type Change,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Snapshot,
  type Transaction,
  type TransactionResult,
  type Watch,
  type WatchListener,
} from './metadata-store.js';

export interface MetadataStoreObserver {
  metadataRequest(
    operation: 'get' | 'range' | 'txn' | 'grant_lease' | 'check',
    status: 'success' | 'conflict' | 'unavailable' | 'error',
    durationMs: number,
  ): void;
  watchSnapshot(): void;
  watchChanges(count: number): void;
  leaseLost(): void;
}

/** Tells an observer of every call to a store, and of what its watches and leases hear. */
export class MeteredMetadataStore implements MetadataStore {
  constructor(
    private readonly store: MetadataStore,
    private readonly observer: MetadataStoreObserver,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  get(key: string): Promise<KeyValue | undefined> {
    return this.observe('get', this.store.get(key));
  }

  range(prefix: string): Promise<Snapshot> {
    return this.observe('range', this.store.range(prefix));
  }

  txn(transaction: Transaction): Promise<TransactionResult> {
    return this.observe('txn', this.store.txn(transaction), ({ succeeded }) => (succeeded ? 'success' : 'conflict'));
  }

  watch(prefix: string, listener: WatchListener): Watch {
    const { observer } = this;
    return this.store.watch(prefix, {
      snapshot(entries: readonly KeyValue[], revision: number) {
        observer.watchSnapshot();
        listener.snapshot(entries, revision);
      },
      changes(changes: readonly Change[], revision: number) {
        observer.watchChanges(changes.length);
        listener.changes(changes, revision);
      },
    });
  }

  async grantLease(ttlMs: number): Promise<Lease> {
    const lease = await this.observe('grant_lease', this.store.grantLease(ttlMs));
    void lease.lost.then(() => this.observer.leaseLost());
    return lease;
  }

  check(): Promise<void> {
    return this.observe('check', this.store.check());
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async observe<T>(
    operation: Parameters<MetadataStoreObserver['metadataRequest']>[0],
    call: Promise<T>,
    statusOf: (result: T) => 'success' | 'conflict' = () => 'success',
  ): Promise<T> {
    const startedAt = this.clock.monotonic();
    const duration = () => this.clock.monotonic() - startedAt;
    try {
      const result = await call;
      this.observer.metadataRequest(operation, statusOf(result), duration());
      return result;
    } catch (error) {
      const status = error instanceof MetadataUnavailableError ? 'unavailable' : 'error';
      this.observer.metadataRequest(operation, status, duration());
      throw error;
    }
  }
}
