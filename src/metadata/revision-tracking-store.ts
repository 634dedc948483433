import type {
  KeyValue,
  Lease,
  MetadataStore,
  Snapshot,
  Transaction,
  TransactionResult,
  Watch,
  WatchListener,
} from './metadata-store.js';

/** Remembers the newest revision that a transaction through it has made: how far this broker has brought the metadata. */
export class RevisionTrackingStore implements MetadataStore {
  private newest = 0;

  constructor(private readonly store: MetadataStore) {}

  /** 0 when nothing was written yet. */
  get writtenRevision(): number {
    return this.newest;
  }

  async txn(transaction: Transaction): Promise<TransactionResult> {
    const result = await this.store.txn(transaction);
    const branch = result.succeeded ? transaction.success : (transaction.failure ?? []);
    if (branch.some(({ type }) => type !== 'get')) this.newest = Math.max(this.newest, result.revision);
    return result;
  }

  get(key: string): Promise<KeyValue | undefined> {
    return this.store.get(key);
  }

  range(prefix: string): Promise<Snapshot> {
    return this.store.range(prefix);
  }

  watch(prefix: string, listener: WatchListener): Watch {
    return this.store.watch(prefix, listener);
  }

  grantLease(ttlMs: number): Promise<Lease> {
    return this.store.grantLease(ttlMs);
  }

  check(): Promise<void> {
    return this.store.check();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
