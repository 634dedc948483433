import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { silentLogger } from '../../src/logging/logger.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { MetadataUnavailableError } from '../../src/metadata/metadata-store.js';
import { KafkaError } from '../../src/protocol/errors.js';
import { ObjectStoreError } from '../../src/storage/object-store.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import { sleep } from '../../src/time/clock.js';
import { seededRandom } from '../support/seeded-random.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { SimBroker, type SimFaults, type World } from './sim-broker.js';
import { DELETED, readAll, SimConsumer, SimProducer, type Contents } from './sim-clients.js';

const PARTITIONS = 2;
const TIME_LIMIT_MS = 3_600_000;
const NO_FAULTS: SimFaults = { objects: {}, metadata: {} };

export interface SimulationReport {
  readonly crashes: number;
  readonly takeovers: number;
  readonly leasesLost: number;
  /** Segments written of what was in the WAL, and of smaller segments. */
  readonly compactions: number;
  readonly merges: number;
  /** DeleteRecords that a broker carried out and lived to answer. */
  readonly deletions: number;
  readonly acknowledged: number;
  readonly records: number;
}

/**
 * One life of a small cluster in virtual time: producers and consumers at work while brokers crash, are superseded while
 * they still run, lose their leases, and see both stores fail in every way. Everything is decided by the seed.
 *
 * @throws Error when an invariant is broken
 */
export async function runSimulation(seed: number, batchesPerProducer: number): Promise<SimulationReport> {
  const simulation = new Simulation(seed, batchesPerProducer);
  try {
    return await simulation.run();
  } finally {
    await simulation.close();
  }
}

class Simulation {
  private readonly clock = new VirtualClock();
  private readonly random: () => number;
  private readonly metadata = EmbeddedMetadataStore.inMemory();
  private readonly world: World;
  private readonly brokers: SimBroker[] = [];
  private readonly everStarted: SimBroker[] = [];
  private readonly producers: SimProducer[] = [];
  private readonly consumers = Array.from({ length: PARTITIONS }, () => new SimConsumer());
  private readonly counts = { crashes: 0, takeovers: 0, leasesLost: 0, deletions: 0 };
  private failure: Error | undefined;
  private starts = 0;
  private done = false;

  constructor(
    seed: number,
    private readonly batchesPerProducer: number,
  ) {
    this.random = seededRandom(seed);
    this.world = {
      objects: new MemoryObjectStore(this.clock),
      metadata: this.metadata,
      clock: this.clock,
      random: this.random,
    };
  }

  async run(): Promise<SimulationReport> {
    await this.createTopic();
    this.startBroker(this.drawFaults());
    this.makeProducers();
    const work = Promise.all(this.producers.map((producer) => producer.produce(this.batchesPerProducer)));
    const background = [this.watchFor(work), this.disturb(), this.consume(), this.deleteSome()];
    await this.clock.until(Promise.all(background), TIME_LIMIT_MS);
    for (const broker of this.brokers) broker.crash();
    const contents = await this.readFromCleanBroker();
    // Whatever is still on its way arrives, and must change nothing.
    await this.clock.advance(120_000);
    expectSame(contents, await this.readFromCleanBroker());
    this.check(contents);
    const done = this.everStarted.map((broker) => broker.counts);
    return {
      ...this.counts,
      compactions: done.reduce((sum, { compaction }) => sum + compaction, 0),
      merges: done.reduce((sum, { merge }) => sum + merge, 0),
      acknowledged: this.producers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
      records: contents.reduce((sum, partition) => sum + partition.length, 0),
    };
  }

  async close(): Promise<void> {
    for (const broker of this.brokers) broker.crash();
    await this.metadata.close();
  }

  private async createTopic(): Promise<void> {
    const catalogue = new TopicCatalogue(this.metadata, this.clock, silentLogger, this.random);
    await this.clock.until(catalogue.start());
    const topic = { name: 'sim', partitionCount: PARTITIONS, replicationFactor: 1, configs: new Map() };
    await this.clock.until(catalogue.create(topic));
    catalogue.close();
  }

  private makeProducers(): void {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const findLog = () => this.someLog(partition);
      for (const [kind, producerId] of Object.entries({ idempotent: 100 + partition, plain: -1 })) {
        const name = `${kind}-${partition}`;
        this.producers.push(new SimProducer(name, producerId, findLog, this.clock, this.random));
      }
    }
  }

  /** Clients mostly know the newest broker, and sometimes one that was superseded. */
  private someLog(partition: number): PartitionLog | undefined {
    return this.someBroker()?.log(partition);
  }

  private someBroker(): SimBroker | undefined {
    const index = this.random() < 0.8 ? this.brokers.length - 1 : Math.floor(this.random() * this.brokers.length);
    return this.brokers[index];
  }

  private startBroker(faults: SimFaults): void {
    const broker = new SimBroker(this.world, faults, `inc${(this.starts += 1)}`);
    this.brokers.push(broker);
    this.everStarted.push(broker);
    const end = () => this.end(broker);
    broker.failed.catch(end);
    // A process that can't start is started again by Kubernetes: here by the next disturbance.
    broker.start().catch(end);
  }

  private end(broker: SimBroker): void {
    broker.crash();
    const index = this.brokers.indexOf(broker);
    if (index >= 0) this.brokers.splice(index, 1);
  }

  /** Waits for the producers; then the rest may end too. */
  private async watchFor(work: Promise<unknown>): Promise<void> {
    await work;
    this.done = true;
  }

  /** Breaks something every now and then; after a while the weather gets better, so that all work comes to an end. */
  private async disturb(): Promise<void> {
    for (let round = 0; !this.done; round += 1) {
      await sleep(this.clock, 200 + this.random() * 3_000);
      if (this.failure) throw this.failure;
      const faults = round < 8 ? this.drawFaults() : NO_FAULTS;
      const newest = this.brokers.at(-1);
      const what = this.random();
      if (newest === undefined || what < 0.35) {
        this.counts.crashes += 1;
        for (const broker of [...this.brokers]) this.end(broker);
        this.startBroker(faults);
      } else if (what < 0.6 || round === 8) {
        this.counts.takeovers += 1;
        this.startBroker(faults);
      } else if (what < 0.75 && round < 8) {
        this.counts.leasesLost += 1;
        await newest.loseLease();
      }
    }
  }

  private async consume(): Promise<void> {
    while (!this.done) {
      await sleep(this.clock, 50 + this.random() * 400);
      for (const [partition, consumer] of this.consumers.entries()) {
        const log = this.brokers.at(-1)?.log(partition);
        if (log?.isLeading !== true) continue;
        // A dead broker's reads never end.
        await Promise.race([this.poll(consumer, log), sleep(this.clock, 5_000)]);
      }
    }
  }

  /** Deletes records, mostly by the leader, and sometimes by a broker that only thinks so. */
  private async deleteSome(): Promise<void> {
    while (!this.done) {
      await sleep(this.clock, 1_000 + this.random() * 8_000);
      const deleting = this.someBroker()?.deleteRecords(Math.floor(this.random() * PARTITIONS));
      deleting?.then(
        () => (this.counts.deletions += 1),
        (error: unknown) => {
          if (!(error instanceof KafkaError || error instanceof MetadataUnavailableError))
            this.failure ??= error as Error;
        },
      );
    }
  }

  private async poll(consumer: SimConsumer, log: PartitionLog): Promise<void> {
    try {
      await consumer.poll(log);
    } catch (error) {
      if (error instanceof ObjectStoreError) return;
      this.failure ??= error as Error;
    }
  }

  private drawFaults(): SimFaults {
    const often = () => (this.random() < 0.5 ? 0 : this.random() * 0.25);
    return {
      objects: {
        latencyMs: [1, 10 + this.random() * 300],
        failBefore: often(),
        failAfter: often(),
        slowDown: often() / 2,
        stall: often() / 3,
        stallMs: 4_000,
        landsAfterAbort: this.random(),
      },
      metadata: {
        latencyMs: [1, 2 + this.random() * 60],
        failBefore: often() / 2,
        failAfter: often() / 2,
        applyLate: often() / 2,
        lateMs: 20_000,
        watchLagMs: this.random() * 8_000,
      },
    };
  }

  private async readFromCleanBroker(): Promise<Contents[]> {
    const broker = new SimBroker(this.world, NO_FAULTS, `final${(this.starts += 1)}`);
    await this.clock.until(broker.start());
    await this.clock.settle();
    const contents: Contents[] = [];
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const log = broker.log(partition);
      if (log === undefined) throw new Error(`I5 violated: partition ${partition} can't be opened`);
      contents.push(await this.clock.until(readAll(log)));
    }
    await this.clock.until(broker.stop());
    return contents;
  }

  private check(contents: readonly Contents[]): void {
    for (const producer of this.producers) {
      const partition = contents[Number(producer.name.split('-')[1])] ?? [];
      checkAcknowledged(producer, partition);
      if (producer.name.startsWith('idempotent')) checkExactlyOnce(producer, partition);
    }
    for (const [partition, { seen }] of this.consumers.entries()) {
      const shown = contents[partition] ?? [];
      const wrong = seen.findIndex((value, offset) => !isSame(value, shown[offset]));
      if (wrong >= 0)
        throw new Error(`I3 violated: a consumer was shown ${seen[wrong]} at ${wrong}, now ${shown[wrong]}`);
    }
  }
}

function checkAcknowledged(producer: SimProducer, partition: Contents): void {
  for (const { offset, values } of producer.acknowledged) {
    for (const [index, value] of values.entries()) {
      if (!isSame(value, partition[offset + index])) {
        throw new Error(
          `I1 violated: ${value} was acknowledged at ${offset + index}, found ${partition[offset + index]}`,
        );
      }
    }
  }
}

function checkExactlyOnce(producer: SimProducer, partition: Contents): void {
  const stored = partition.filter((value) => value.startsWith(`${producer.name}:`));
  const first = Number(stored[0]?.split(':')[1] ?? 0);
  const expected = stored.map((_, index) => `${producer.name}:${first + index}`);
  if (first > 0 && !partition.includes(DELETED)) throw new Error(`I8 violated: ${stored[0]} comes first`);
  for (const [index, value] of stored.entries()) {
    if (value !== expected[index]) throw new Error(`I8 violated: ${value} where ${expected[index]} was expected`);
  }
}

/** Whether a record is the one that was seen before, as far as both were there. */
function isSame(before: string, now: string | undefined): boolean {
  return before === now || before === DELETED || now === DELETED;
}

function expectSame(before: readonly Contents[], after: readonly Contents[]): void {
  if (JSON.stringify(before) !== JSON.stringify(after))
    throw new Error('I3 violated: the log changed while nobody wrote');
}
