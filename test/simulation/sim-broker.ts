import { BrokerSession } from '../../src/cluster/broker-session.js';
import { createCompactor } from '../../src/log/compaction/create-compactor.js';
import { PartitionLogs } from '../../src/log/partition-logs.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { silentLogger } from '../../src/logging/logger.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import type { Lease, MetadataStore } from '../../src/metadata/metadata-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import type { Clock } from '../../src/time/clock.js';
import { FaultyMetadataStore, type MetadataFaults } from '../support/faulty-metadata-store.js';
import { FaultyObjectStore, type Faults } from '../support/faulty-object-store.js';
import { MortalClock, MortalMetadataStore, MortalObjectStore, Mortality } from './mortality.js';

export interface World {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface SimFaults {
  readonly objects: Faults;
  readonly metadata: MetadataFaults;
}

export const BROKER_ID = 1;
const NAMESPACE = 'sim';

/** One process of the broker in the simulated world: the real log and session code over unreliable stores. */
export class SimBroker {
  readonly catalogue: TopicCatalogue;
  private readonly logs: PartitionLogs;
  private readonly session: BrokerSession;
  /** What its compaction has done. */
  readonly counts = { compaction: 0, merge: 0, failed: 0 };
  private readonly life = new Mortality();
  private readonly leases: Lease[] = [];
  private readonly random: () => number;

  constructor(world: World, faults: SimFaults, name: string) {
    const clock = new MortalClock(world.clock, this.life);
    const objects = new MortalObjectStore(
      new FaultyObjectStore(world.objects, { faults: faults.objects, clock: world.clock, random: world.random }),
      this.life,
    );
    const metadata = new MortalMetadataStore(
      new FaultyMetadataStore(world.metadata, { faults: faults.metadata, clock: world.clock, random: world.random }),
      this.life,
      (lease) => this.leases.push(lease),
    );
    this.catalogue = new TopicCatalogue(metadata, clock, silentLogger, world.random);
    this.logs = new PartitionLogs(
      {
        namespace: NAMESPACE,
        walObjectBytes: 4096,
        flushIntervalMs: 125,
        writeBudgetPerSecond: 50,
        cacheBytes: 64 * 1024,
        maxConcurrentUploads: 4,
        maxConcurrentReads: 4,
        readaheadBytes: 64 * 1024,
        maxConcurrentOpenings: 4,
      },
      { objects, metadata, clock, random: world.random, logger: silentLogger },
    );
    this.random = world.random;
    let incarnations = 0;
    this.session = new BrokerSession(
      metadata,
      this.catalogue,
      this.logs,
      {
        broker: { brokerId: BROKER_ID, host: 'localhost', port: 9092, rack: undefined, version: 'sim' },
        leaseTtlMs: 10_000,
        startTimeoutMs: 30_000,
      },
      clock,
      world.random,
      silentLogger,
      () => `${name}-${(incarnations += 1)}`,
    );
    const compactor = createCompactor(
      {
        namespace: NAMESPACE,
        segmentBytes: world.random() < 0.3 ? 600 : 4_000,
        maxAgeMs: 50,
        putsPerSecond: 100,
        lookIntervalMs: 100,
      },
      this.logs,
      {
        objects,
        metadata,
        configsOf: () => new Map(),
        clock,
        random: world.random,
        logger: silentLogger,
        observer: {
          segmentWritten: (kind) => (this.counts[kind] += 1),
          compactionFailed: () => (this.counts.failed += 1),
        },
      },
    );
    this.session.attach(compactor);
  }

  get failed(): Promise<never> {
    return this.session.failed;
  }

  async start(): Promise<void> {
    await this.catalogue.start();
    await this.session.start();
  }

  stop(): Promise<void> {
    return this.session.stop();
  }

  /** kill −9: nothing of this process ever runs again; what it has sent may still arrive. */
  crash(): void {
    this.life.end();
  }

  /** The cluster gives up on this broker, which learns of it at once. */
  async loseLease(): Promise<void> {
    for (const lease of this.leases) await lease.revoke();
  }

  /** Deletes some of what is committed of a partition. Rejects as the metadata store does. */
  async deleteRecords(partition: number): Promise<void> {
    const log = this.log(partition);
    if (log === undefined) return;
    const { logStartOffset, highWatermark } = log;
    const offset = logStartOffset + Math.floor(this.random() * (highWatermark - logStartOffset + 1));
    await this.logs.deleteRecords([{ log, offset }], 5_000);
  }

  /** The log of a partition of the only topic. */
  log(partition: number): PartitionLog | undefined {
    const topic = this.catalogue.all()[0];
    return topic === undefined ? undefined : this.logs.find(topic.id, partition);
  }

  flush(): Promise<void> {
    return this.logs.flush();
  }
}
