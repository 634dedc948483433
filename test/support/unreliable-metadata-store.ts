import {
  MetadataUnavailableError,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Snapshot,
  type Transaction,
  type TransactionResult,
  type Watch,
  type WatchListener,
} from '../../src/metadata/metadata-store.js';

/** What happens to a transaction whose answer is lost. */
export type LostAnswer = 'before it is applied' | 'after it was applied';

/** A metadata store that loses the answers to transactions, as it is told. */
export class UnreliableMetadataStore implements MetadataStore {
  private readonly losses: LostAnswer[] = [];

  constructor(private readonly store: MetadataStore) {}

  /** Loses the answers to the next transactions. */
  lose(...losses: LostAnswer[]): void {
    this.losses.push(...losses);
  }

  async txn(transaction: Transaction): Promise<TransactionResult> {
    const loss = this.losses.shift();
    if (loss === 'before it is applied') throw new MetadataUnavailableError('lost');
    const result = await this.store.txn(transaction);
    if (loss !== undefined) throw new MetadataUnavailableError('lost');
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
