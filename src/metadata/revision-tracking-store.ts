import { REVISION_FLOOR_KEY } from './keys.js';
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
import { decodeRevisionFloor } from './records.js';

/**
 * Remembers the newest revision that a transaction through it has made: how far this broker has brought the metadata.
 *
 * Revisions begin anew when the store is restored from an older copy. A recovery then leaves a floor, which is added to
 * them, so that they never go back.
 */
export class RevisionTrackingStore implements MetadataStore {
  private newest = 0;
  private floor = 0;

  constructor(private readonly store: MetadataStore) {}

  /** 0 when nothing was written yet. */
  get writtenRevision(): number {
    return this.newest === 0 ? 0 : this.floor + this.newest;
  }

  /**
   * Takes the floor of the last recovery into account. Before the first transaction.
   *
   * @throws MetadataUnavailableError, MetadataFormatError
   */
  async readFloor(): Promise<void> {
    this.floor = await readRevisionFloor(this.store);
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

/**
 * What is to be added to the store's revisions.
 *
 * @throws MetadataUnavailableError, MetadataFormatError
 */
export async function readRevisionFloor(store: MetadataStore): Promise<number> {
  const stored = await store.get(REVISION_FLOOR_KEY);
  return stored === undefined ? 0 : decodeRevisionFloor(stored.value, stored.key).floor;
}
