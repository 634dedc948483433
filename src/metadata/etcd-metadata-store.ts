import type { Etcd3 } from 'etcd3';
import type { Logger } from '../logging/logger.js';
import { systemClock, type Clock } from '../time/clock.js';
import { createEtcdClient, DEFAULT_CALL_TIMEOUT_MS, type EtcdOptions } from './etcd-client.js';
import { translateEtcdError } from './etcd-errors.js';
import { EtcdKeyspace } from './etcd-keyspace.js';
import { EtcdLease } from './etcd-lease.js';
import { EtcdWatch, type ClusterSnapshot } from './etcd-watch.js';
import {
  MetadataStoreError,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Snapshot,
  type Transaction,
  type TransactionResult,
  type Watch,
  type WatchListener,
} from './metadata-store.js';
import { checkKey, checkPrefix, checkTransaction } from './transaction-rules.js';

/**
 * The metadata store of a cluster: etcd 3.4 or newer, reached through etcd3.
 *
 * Every call ends within its timeout and is tried once; all reads are linearizable. Nothing connects before the first
 * call: use {@link check} to find out whether the store can be used.
 */
export class EtcdMetadataStore implements MetadataStore {
  private readonly client: Etcd3;
  private readonly keyspace: EtcdKeyspace;
  private readonly callTimeoutMs: number;
  private readonly watches = new Set<EtcdWatch>();
  private readonly leases = new Set<EtcdLease>();
  private closed = false;

  constructor(
    options: EtcdOptions,
    private readonly logger: Logger,
    private readonly clock: Clock = systemClock,
    private readonly random: () => number = Math.random,
  ) {
    this.client = createEtcdClient(options, clock);
    this.keyspace = new EtcdKeyspace(options.prefix);
    this.callTimeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  }

  async get(key: string): Promise<KeyValue | undefined> {
    checkKey(key);
    const { kvs } = await this.call(`a read of ${key}`, () => this.client.kv.range({ key: this.keyspace.keyOf(key) }));
    return kvs[0] === undefined ? undefined : this.keyspace.entryOf(kvs[0]);
  }

  async range(prefix: string): Promise<Snapshot> {
    const { entries, revision } = await this.list(prefix);
    return { entries, revision };
  }

  async txn(transaction: Transaction): Promise<TransactionResult> {
    checkTransaction(transaction);
    const response = await this.call('a transaction', () => this.client.kv.txn(this.keyspace.requestOf(transaction)));
    return this.keyspace.resultOf(transaction, response);
  }

  watch(prefix: string, listener: WatchListener): Watch {
    checkPrefix(prefix);
    this.assertOpen();
    const { client, keyspace, clock, random, logger, callTimeoutMs } = this;
    const list = (of: string) => this.list(of);
    const check = () => this.check();
    const context = { client, keyspace, clock, random, logger, callTimeoutMs, list, check };
    const watch = new EtcdWatch(context, prefix, listener, () => this.watches.delete(watch));
    this.watches.add(watch);
    return watch;
  }

  async grantLease(ttlMs: number): Promise<Lease> {
    this.assertOpen();
    const { client, clock, random, logger, callTimeoutMs } = this;
    const onEnd = (ended: EtcdLease) => this.leases.delete(ended);
    const lease = await EtcdLease.grant({ client, clock, random, logger, callTimeoutMs, onEnd }, ttlMs);
    this.leases.add(lease);
    if (this.closed) lease.stop();
    return lease;
  }

  async check(): Promise<void> {
    await this.call('a check', () => this.client.kv.range({ ...this.keyspace.rangeOf(''), keys_only: true, limit: 1 }));
  }

  close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      for (const watch of this.watches) watch.close();
      for (const lease of this.leases) lease.stop();
      this.client.close();
    }
    return Promise.resolve();
  }

  private async list(prefix: string): Promise<ClusterSnapshot> {
    checkPrefix(prefix);
    const { header, kvs } = await this.call(`a read of ${prefix}*`, () =>
      this.client.kv.range(this.keyspace.rangeOf(prefix)),
    );
    return {
      entries: kvs.map((entry) => this.keyspace.entryOf(entry)),
      revision: Number(header.revision),
      clusterId: header.cluster_id,
    };
  }

  private async call<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.assertOpen();
    try {
      return await run();
    } catch (error) {
      throw translateEtcdError(name, error);
    }
  }

  private assertOpen(): void {
    if (this.closed) throw new MetadataStoreError('the metadata store is closed');
  }
}
