import { incarnationKey, commitKey } from '../../src/metadata/keys.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { encodeIncarnationCommit, encodeIncarnationRecord } from '../../src/metadata/records.js';
import { silentLogger } from '../../src/logging/logger.js';
import { PartitionLogs, type LogOptions } from '../../src/log/partition-logs.js';
import type { Extent } from '../../src/log/extents.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { buildRecordBatch, type NewBatch } from '../../src/protocol/records/build-batch.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { FaultyMetadataStore } from './faulty-metadata-store.js';
import { FaultyObjectStore } from './faulty-object-store.js';
import { seededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

export const TOPIC = { topicName: 'orders', topicId: 'AAECAwQFBgcICQoLDA0ODw' };

/** Options of a broker at its defaults, but for small sizes. */
export const LOG_OPTIONS: LogOptions = {
  namespace: 'test',
  walObjectBytes: 64 * 1024,
  flushIntervalMs: 125,
  writeBudgetPerSecond: 8,
  cacheBytes: 1024 * 1024,
  maxConcurrentUploads: 8,
  maxConcurrentReads: 4,
  readaheadBytes: 256 * 1024,
  maxConcurrentOpenings: 4,
};

/** Partition logs over stores in memory, in virtual time, with faults to be switched on. */
export class LogKit {
  readonly clock: VirtualClock;
  readonly storedObjects: ObjectStore;
  readonly storedMetadata: EmbeddedMetadataStore;
  readonly objects: FaultyObjectStore;
  readonly metadata: FaultyMetadataStore;
  readonly logs: PartitionLogs;
  readonly sealed: { bytes: number; queueMs: number }[] = [];
  openFailures = 0;
  readonly merges: { objects: number; bytes: number }[] = [];
  mergeFailures = 0;
  /** Rejects when the WAL ends. */
  failed: Promise<never> = new Promise(() => undefined);
  /** Blocks that readers were given, by where they came from. */
  readonly blocksServed = { memory: 0, store: 0 };
  live = true;

  /** @param predecessor another process over the same stores, at the same time; or only the stores */
  constructor(
    options: Partial<LogOptions> = {},
    predecessor?: Pick<LogKit, 'clock' | 'storedObjects' | 'storedMetadata'>,
  ) {
    this.clock = predecessor?.clock ?? new VirtualClock();
    this.storedObjects = predecessor?.storedObjects ?? new MemoryObjectStore(this.clock);
    this.storedMetadata = predecessor?.storedMetadata ?? EmbeddedMetadataStore.inMemory();
    this.objects = new FaultyObjectStore(this.storedObjects, { clock: this.clock, random: seededRandom(1) });
    this.metadata = new FaultyMetadataStore(this.storedMetadata, { clock: this.clock, random: seededRandom(2) });
    const observer = {
      walObjectCommitted: (stages: { bytes: number; queueMs: number }) => this.sealed.push(stages),
      partitionOpenFailed: () => (this.openFailures += 1),
    };
    this.logs = new PartitionLogs(
      { ...LOG_OPTIONS, ...options },
      {
        objects: this.objects,
        metadata: this.metadata,
        clock: this.clock,
        random: seededRandom(3),
        logger: silentLogger,
        observer,
        mergeObserver: {
          walObjectsMerged: (merge) => this.merges.push(merge),
          walMergeFailed: () => (this.mergeFailures += 1),
        },
        readObserver: {
          blockServed: (source) => (this.blocksServed[source] += 1),
          segmentIndexRebuilt: () => undefined,
          segmentDamaged: () => undefined,
        },
      },
    );
  }

  /** Registers an incarnation as the cluster would, and starts its WAL. */
  async begin(id: string): Promise<void> {
    const commitRecord = encodeIncarnationCommit({ incarnationId: id, committedSequence: 0, brokerId: '1' });
    await this.storedMetadata.txn({
      compare: [],
      success: [
        {
          type: 'put',
          key: incarnationKey(id),
          value: encodeIncarnationRecord({ incarnationId: id, brokerId: '1', startedAt: '' }),
        },
        { type: 'put', key: commitKey(id), value: commitRecord },
      ],
    });
    this.failed = this.logs.begin({ id, brokerId: 1, commitRecord, isLive: () => this.live });
    this.failed.catch(() => undefined);
  }

  /** Ends an incarnation as a successor would. */
  async endIncarnation(id: string): Promise<void> {
    await this.storedMetadata.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey(id) }] });
  }

  /** Opens a partition that has no history. */
  openEmpty(partition = 0, leaderEpoch = 0): PartitionLog {
    return this.openWith(partition, [], leaderEpoch);
  }

  /** Opens a partition of which these extents were committed, from offset 0 on. None of it is in memory. */
  openWith(partition: number, extents: readonly Extent[], leaderEpoch = 0): PartitionLog {
    const id = { ...TOPIC, partition };
    this.logs.open({ id, state: undefined, logEndOffset: 0, extents: [], producerBatches: [] }, leaderEpoch);
    const cold = extents.map((extent) => ({ ...extent, batches: undefined }));
    const logEndOffset = (cold.at(-1)?.lastOffset ?? -1) + 1;
    this.logs.open({ id, state: undefined, logEndOffset, extents: cold, producerBatches: [] }, leaderEpoch);
    return this.logs.find(TOPIC.topicId, partition) as PartitionLog;
  }

  /** Keys of all stored objects. */
  async storedKeys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.storedObjects.list('')) keys.push(key);
    return keys;
  }
}

/** A batch of one record per value. */
export function batchOf(values: readonly string[], options: Partial<NewBatch> = {}): RecordBatch {
  return new RecordBatch(buildRecordBatch({ records: values.map((value) => ({ value })), ...options }));
}
