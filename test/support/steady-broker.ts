import { Janitor } from '../../src/log/cleanup/janitor.js';
import { createCompactor, type CompactionOptions } from '../../src/log/compaction/create-compactor.js';
import { silentLogger } from '../../src/logging/logger.js';
import type { LogOptions } from '../../src/log/partition-logs.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import { LOG_OPTIONS, LogKit } from './log-kit.js';
import { RequestCounter, requestsBetween, writtenBy, type StoreRequests } from './request-counter.js';
import { seededRandom } from './seeded-random.js';
import { TestBroker } from './test-broker.js';
import { VirtualClock } from './virtual-clock.js';

export interface SteadyLoad {
  readonly partitions: number;
  readonly recordsPerSec: number;
  /** Of a batch of one record, 68 or more. */
  readonly recordBytes: number;
  readonly log: Partial<LogOptions>;
  readonly compaction: Omit<CompactionOptions, 'namespace'>;
  readonly retentionMs: number;
}

/** What some time of steady load took. */
export interface SteadyRequests extends StoreRequests {
  /** Transactions that write, and what they write. */
  readonly metadata: { readonly transactions: number; readonly keys: number; readonly bytes: number };
  /** In the metadata store at the end. */
  readonly storedKeys: number;
  readonly storedMetadataBytes: number;
}

/** Records are appended this often, ms. */
const TICK_MS = 50;
/** Of a batch of one record with an empty value. */
const BATCH_OVERHEAD_BYTES = 68;

/**
 * One broker that compacts, merges and cleans up under a load that never changes, in virtual time, on stores in memory
 * that count what they are asked for.
 */
export class SteadyBroker {
  private appended = 0;
  private readonly metadata = { transactions: 0, keys: 0, bytes: 0 };

  private constructor(
    private readonly load: SteadyLoad,
    private readonly kit: LogKit,
    private readonly objects: RequestCounter,
    private readonly parts: readonly { abandon(reason: string): void }[],
    private readonly logs: readonly PartitionLog[],
  ) {
    const txn = kit.metadata.txn.bind(kit.metadata);
    kit.metadata.txn = (transaction) => {
      const { keys, bytes } = writtenBy(transaction);
      if (keys > 0) this.metadata.transactions += 1;
      this.metadata.keys += keys;
      this.metadata.bytes += bytes;
      return txn(transaction);
    };
  }

  static async start(load: SteadyLoad): Promise<SteadyBroker> {
    const clock = new VirtualClock();
    const objects = RequestCounter.over(new MemoryObjectStore(clock), clock);
    const stores = { clock, storedObjects: objects, storedMetadata: EmbeddedMetadataStore.inMemory() };
    const kit = new LogKit(load.log, stores);
    kit.objects.setFaults({ latencyMs: [5, 15] });
    const broker = new TestBroker(kit, 'steady');
    const { namespace } = LOG_OPTIONS;
    const random = seededRandom(7);
    const shared = { objects: kit.objects, metadata: kit.metadata, clock, random, logger: silentLogger };
    const compactor = createCompactor({ ...load.compaction, namespace }, kit.logs, {
      ...shared,
      configsOf: () => new Map(),
      observer: { segmentWritten: () => undefined, compactionFailed: () => undefined },
    });
    const times = { retentionIntervalMs: 60_000, graceMs: 60_000, orphanScanIntervalMs: 86_400_000 };
    const janitor = new Janitor(
      { namespace, ...times },
      {
        ...shared,
        logs: kit.logs,
        catalogue: broker.catalogue,
        topicDefaults: { under: (own) => own },
        observer: {
          objectsRemoved: () => undefined,
          logStartMoved: () => undefined,
          cleanupFailed: () => undefined,
          unknownObjects: () => undefined,
        },
      },
    );
    broker.session.attach(compactor);
    broker.session.attach(janitor);
    await broker.start();
    const configs = new Map([['retention.ms', `${load.retentionMs}`]]);
    const topic = await broker.createTopic('orders', load.partitions, configs);
    const logs = Array.from({ length: load.partitions }, (_, at) => broker.log(topic, at) as PartitionLog);
    return new SteadyBroker(load, kit, objects, [compactor, janitor], logs);
  }

  /** Appends for so long, and counts. */
  async run(seconds: number): Promise<SteadyRequests> {
    const { clock, storedMetadata } = this.kit;
    const before = this.objects.requests;
    const metadataBefore = { ...this.metadata };
    const end = clock.monotonic() + seconds * 1000;
    const startedAt = clock.monotonic();
    const already = this.appended;
    while (clock.monotonic() < end) {
      const due = already + ((clock.monotonic() - startedAt) / 1000) * this.load.recordsPerSec;
      while (this.appended < due) this.append();
      await clock.advance(TICK_MS);
    }
    const { entries } = await storedMetadata.range('');
    return {
      ...requestsBetween(before, this.objects.requests),
      metadata: {
        transactions: this.metadata.transactions - metadataBefore.transactions,
        keys: this.metadata.keys - metadataBefore.keys,
        bytes: this.metadata.bytes - metadataBefore.bytes,
      },
      storedKeys: entries.length,
      storedMetadataBytes: entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0),
    };
  }

  stop(): void {
    for (const part of this.parts) part.abandon('the test is over');
    this.kit.logs.abandon('the test is over');
  }

  private append(): void {
    const { recordBytes } = this.load;
    const timestamp = this.kit.clock.now();
    const value = Buffer.alloc(recordBytes - BATCH_OVERHEAD_BYTES);
    const batch = new RecordBatch(buildRecordBatch({ records: [{ timestamp, value }] }));
    const log = this.logs[this.appended % this.logs.length] as PartitionLog;
    this.appended += 1;
    log.append(batch).committed.catch(() => undefined);
  }
}
