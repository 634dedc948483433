import { silentLogger, type Logger } from '../logging/logger.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { LocalWatches } from './local-watches.js';
import {
  MetadataStoreError,
  type Change,
  type Compare,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Operation,
  type Snapshot,
  type Transaction,
  type TransactionResult,
  type Watch,
  type WatchListener,
} from './metadata-store.js';
import { checkKey, checkPrefix, checkTransaction } from './transaction-rules.js';

/**
 * The metadata store of a single broker, in one SQLite file.
 *
 * Only this process can have the file open, so a lease lives as long as the process: no timer is needed, and keys that
 * are bound to leases of earlier processes are removed when the file is opened. Calls run at once and synchronously
 * (about 0.1 ms for a transaction on a local disk).
 */
export class EmbeddedMetadataStore implements MetadataStore {
  private readonly watches: LocalWatches;
  private readonly leases = new Map<string, LocalLease>();
  private lastLeaseId = 0;
  private closed = false;

  private constructor(
    private readonly database: EmbeddedDatabase,
    logger: Logger,
  ) {
    this.watches = new LocalWatches(logger);
  }

  /**
   * @param path of the file, which is created when absent
   * @throws MetadataStoreError when another process has it open, or the file can't be used
   * @throws MetadataFormatError when it was written by a newer version
   */
  static open(path: string, logger: Logger): EmbeddedMetadataStore {
    const store = new EmbeddedMetadataStore(EmbeddedDatabase.open(path), logger);
    store.deleteKeys(store.database.leased());
    return store;
  }

  /** A store that is gone with the process, for tests and the simulator. */
  static inMemory(logger: Logger = silentLogger): EmbeddedMetadataStore {
    return EmbeddedMetadataStore.open(':memory:', logger);
  }

  get(key: string): Promise<KeyValue | undefined> {
    return this.answer((database) => {
      checkKey(key);
      return database.get(key);
    });
  }

  range(prefix: string): Promise<Snapshot> {
    return this.answer(() => {
      checkPrefix(prefix);
      return this.snapshot(prefix);
    });
  }

  txn(transaction: Transaction): Promise<TransactionResult> {
    return this.answer((database) => {
      checkTransaction(transaction);
      const succeeded = transaction.compare.every((compare) => holds(compare, database));
      const reads = this.run(succeeded ? transaction.success : (transaction.failure ?? []));
      return { succeeded, revision: database.revision, reads };
    });
  }

  watch(prefix: string, listener: WatchListener): Watch {
    checkPrefix(prefix);
    this.open();
    return this.watches.add(prefix, listener, () => this.snapshot(prefix));
  }

  grantLease(ttlMs: number): Promise<Lease> {
    return this.answer(() => {
      this.lastLeaseId += 1;
      const lease = new LocalLease(String(this.lastLeaseId), ttlMs, () => this.endLease(lease));
      this.leases.set(lease.id, lease);
      return lease;
    });
  }

  /** Ends all leases as if their holders had died: for tests and the simulator. */
  expireLeases(): void {
    for (const lease of this.leases.values()) {
      this.endLease(lease);
      lease.expire();
    }
  }

  async check(): Promise<void> {
    await this.answer((database) => database.get('check'));
  }

  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.watches.close();
      this.database.close();
    }
    return Promise.resolve();
  }

  /** Runs `work` at once; what it throws rejects the promise. */
  private answer<T>(work: (database: EmbeddedDatabase) => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(work(this.open()));
    });
  }

  private open(): EmbeddedDatabase {
    if (this.closed) throw new MetadataStoreError('the embedded metadata store is closed');
    return this.database;
  }

  private snapshot(prefix: string): Snapshot {
    const database = this.open();
    return { entries: database.range(prefix), revision: database.revision };
  }

  private run(operations: readonly Operation[]): (KeyValue | undefined)[] {
    const reads: (KeyValue | undefined)[] = [];
    if (operations.every((operation) => operation.type === 'get')) {
      for (const operation of operations) reads.push(this.database.get(operation.key));
      return reads;
    }
    const changes: Change[] = [];
    this.database.write((revision) => {
      for (const operation of operations) this.apply(operation, revision, reads, changes);
      return changes.length > 0;
    });
    this.publish(changes);
    return reads;
  }

  private apply(operation: Operation, revision: number, reads: (KeyValue | undefined)[], changes: Change[]): void {
    switch (operation.type) {
      case 'get':
        reads.push(this.database.get(operation.key));
        return;
      case 'put':
        if (operation.lease !== undefined) this.checkLease(operation.lease);
        changes.push({
          type: 'put',
          entry: this.database.put(operation.key, operation.value, revision, operation.lease?.id),
        });
        return;
      case 'delete':
        this.applyDelete(operation.key, changes);
        return;
      case 'deletePrefix':
        for (const { key } of this.database.range(operation.prefix)) this.applyDelete(key, changes);
    }
  }

  private applyDelete(key: string, changes: Change[]): void {
    if (this.database.delete(key)) changes.push({ type: 'delete', key });
  }

  private checkLease(lease: Lease): void {
    if (this.leases.get(lease.id) !== lease) throw new MetadataStoreError(`lease ${lease.id} is gone`);
  }

  private endLease(lease: LocalLease): void {
    this.leases.delete(lease.id);
    this.deleteKeys(this.open().leased(lease.id));
  }

  private deleteKeys(keys: readonly string[]): void {
    const changes: Change[] = [];
    this.database.write(() => {
      for (const key of keys) this.applyDelete(key, changes);
      return changes.length > 0;
    });
    this.publish(changes);
  }

  private publish(changes: readonly Change[]): void {
    if (changes.length > 0) this.watches.publish(changes, this.database.revision);
  }
}

class LocalLease implements Lease {
  readonly lost: Promise<void>;
  private readonly lostResolvers = Promise.withResolvers<undefined>();
  private ended = false;

  constructor(
    readonly id: string,
    readonly ttlMs: number,
    private readonly end: () => void,
  ) {
    this.lost = this.lostResolvers.promise;
  }

  /** The store can't lose the lease before this process ends. */
  get validUntil(): number {
    return this.ended ? -Infinity : Infinity;
  }

  revoke(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.ended) this.end();
      this.ended = true;
      resolve();
    });
  }

  expire(): void {
    this.ended = true;
    this.lostResolvers.resolve(undefined);
  }
}

function holds(compare: Compare, database: EmbeddedDatabase): boolean {
  if ('prefix' in compare) {
    return database.range(compare.prefix).every(({ modRevision }) => modRevision <= compare.unchangedSince);
  }
  const entry = database.get(compare.key);
  if ('exists' in compare) return compare.exists === (entry !== undefined);
  if ('modRevision' in compare) return compare.modRevision === (entry?.modRevision ?? 0);
  return entry?.value.equals(compare.value) ?? false;
}
