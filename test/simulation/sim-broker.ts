import { BrokerSession } from '../../src/cluster/broker-session.js';
import { ClusterMirror } from '../../src/cluster/cluster-mirror.js';
import { Controller, DEFAULT_CONTROLLER_OPTIONS } from '../../src/cluster/controller/controller.js';
import { silentControllerObserver } from '../../src/cluster/controller/controller-observer.js';
import { Janitor } from '../../src/log/cleanup/janitor.js';
import { createCompactor } from '../../src/log/compaction/create-compactor.js';
import { PartitionLogs } from '../../src/log/partition-logs.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import type { Lease, MetadataStore } from '../../src/metadata/metadata-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { sleep, type Clock } from '../../src/time/clock.js';
import { FaultyMetadataStore, type MetadataFaults } from '../support/faulty-metadata-store.js';
import { FaultyObjectStore, type Faults } from '../support/faulty-object-store.js';
import type { Setup } from './draws.js';
import { MortalClock, MortalMetadataStore, MortalObjectStore, Mortality } from './mortality.js';
import type { SimSteps } from './sim-steps.js';
import { GRACE_MS, LEASE_TTL_MS, NAMESPACE, ORPHAN_AGE_MS, TOPIC } from './sim-settings.js';
import { SlowCompactionReads } from './slow-compaction-reads.js';

export interface World {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly setup: Setup;
}

export interface SimFaults {
  readonly objects: Faults;
  readonly metadata: MetadataFaults;
}

/** One process of the broker in the simulated world: the real log, cleanup and session code over unreliable stores. */
export class SimBroker {
  readonly catalogue: TopicCatalogue;
  private readonly logs: PartitionLogs;
  private readonly session: BrokerSession;
  private readonly mirror: ClusterMirror;
  private readonly life = new Mortality();
  private readonly leases: Lease[] = [];
  private readonly random: () => number;

  /** @param steps what it does is counted there */
  constructor(
    private readonly world: World,
    faults: SimFaults,
    name: string,
    private readonly steps: SimSteps,
    readonly brokerId = 1,
  ) {
    const { random, setup } = world;
    this.random = random;
    const clock = new MortalClock(world.clock, this.life);
    const objects = new MortalObjectStore(
      new FaultyObjectStore(world.objects, { faults: faults.objects, clock: world.clock, random }),
      this.life,
    );
    const metadata = new MortalMetadataStore(
      new FaultyMetadataStore(world.metadata, { faults: faults.metadata, clock: world.clock, random }),
      this.life,
      (lease) => this.leases.push(lease),
    );
    const logger = steps;
    this.catalogue = new TopicCatalogue(metadata, clock, logger, random);
    this.logs = new PartitionLogs(
      {
        namespace: NAMESPACE,
        walObjectBytes: 4096,
        flushIntervalMs: 125,
        writeBudgetPerSecond: 50,
        cacheBytes: setup.cacheBytes,
        maxConcurrentUploads: 4,
        maxConcurrentReads: 4,
        readaheadBytes: 64 * 1024,
        maxConcurrentOpenings: 4,
        mergeLimits: { fanIn: 2 + Math.floor(random() * 3), targetBytes: 4096, patience: 6, lookEvery: 2 },
      },
      { objects, metadata, clock, random, logger, mergeObserver: steps.merging },
    );
    let incarnations = 0;
    this.mirror = new ClusterMirror(metadata, logger);
    this.session = new BrokerSession(
      {
        broker: { brokerId, host: 'localhost', port: 9092, rack: undefined, version: 'sim' },
        leaseTtlMs: LEASE_TTL_MS,
        startTimeoutMs: 30_000,
      },
      {
        ...{ store: metadata, mirror: this.mirror, clock, random, logger },
        catalogue: this.catalogue,
        host: this.logs,
        newIncarnationId: () => `${name}-${(incarnations += 1)}`,
      },
    );
    this.session.attach(
      new Controller({
        ...{ store: metadata, clock, random, logger },
        topics: this.catalogue,
        options: DEFAULT_CONTROLLER_OPTIONS,
        observer: silentControllerObserver,
      }),
    );
    const compactor = createCompactor(
      {
        namespace: NAMESPACE,
        segmentBytes: random() < 0.3 ? 600 : 4_000,
        maxAgeMs: setup.compactAfterMs[random() < 0.5 ? 0 : 1],
        putsPerSecond: 100,
        lookIntervalMs: setup.compactionLookMs,
      },
      new SlowCompactionReads(this.logs, setup.longestCompactionReadMs, clock, random, steps),
      { objects, metadata, configsOf: () => new Map(), clock, random, logger, observer: steps.compaction },
    );
    const janitor = new Janitor(
      {
        namespace: NAMESPACE,
        graceMs: GRACE_MS,
        retentionIntervalMs: 2_000,
        orphanScanIntervalMs: 10_000,
        minOrphanAgeMs: ORPHAN_AGE_MS,
      },
      {
        ...{ logs: this.logs, objects, metadata, clock, random, logger },
        catalogue: this.catalogue,
        topicDefaults: { under: (own) => own },
        observer: steps.cleanup,
      },
    );
    this.session.attach(compactor);
    this.session.attach(janitor);
  }

  get failed(): Promise<never> {
    return this.session.failed;
  }

  async start(): Promise<void> {
    await this.catalogue.start();
    await this.mirror.start();
    await this.session.start();
  }

  stop(): Promise<void> {
    return this.session.stop();
  }

  /** kill −9: nothing of this process ever runs again; what it has sent may still arrive. Its leases run out. */
  crash(): void {
    if (this.life.isDead) return;
    this.life.end();
    this.world.clock.setTimer(LEASE_TTL_MS, () => {
      this.loseLease().catch((error: unknown) => this.steps.fail(error));
    });
  }

  /** Gives everything up, for as long as this takes, and takes it again. Never rejects. */
  async drain(): Promise<void> {
    await this.session.drain({ deadlineMs: this.random() * 3_000 });
    await sleep(this.world.clock, this.random() * 3_000);
    await this.session.undrain();
  }

  /** The cluster gives up on this broker, which learns of it at once. */
  async loseLease(): Promise<void> {
    for (const lease of this.leases) await lease.revoke();
  }

  /**
   * Deletes some of what is committed of a partition. Rejects as the metadata store does.
   *
   * @param onBegin hears below which offset, before anything is sent
   */
  async deleteRecords(partition: number, onBegin: (offset: number) => void): Promise<void> {
    const log = this.log(partition);
    if (log === undefined) return;
    const { logStartOffset, highWatermark } = log;
    const offset = logStartOffset + Math.floor(this.random() * (highWatermark - logStartOffset + 1));
    onBegin(offset);
    await this.logs.deleteRecords([{ log, offset }], 5_000);
  }

  /** The log of a partition of the topic that is there all the time. */
  log(partition: number): PartitionLog | undefined {
    const topic = this.catalogue.get(TOPIC);
    return topic && this.logOf(topic.id, partition);
  }

  logOf(topicId: string, partition: number): PartitionLog | undefined {
    return this.logs.find(topicId, partition);
  }
}
