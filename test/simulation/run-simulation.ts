import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { silentLogger } from '../../src/logging/logger.js';
import { requestMove } from '../../src/cluster/controller/request-move.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { newUuid } from '../../src/metadata/uuid.js';
import { MetadataUnavailableError } from '../../src/metadata/metadata-store.js';
import { KafkaError } from '../../src/protocol/errors.js';
import { ObjectNotFoundError, ObjectStoreError } from '../../src/storage/object-store.js';
import { sleep } from '../../src/time/clock.js';
import { seededRandom } from '../support/seeded-random.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { checkAcknowledged, checkExactlyOnce, checkShown, checkUnchanged, type Deletions } from './invariants.js';
import {
  drawBrokerIds,
  drawFaults,
  drawPace,
  drawRetention,
  drawSetup,
  type Pace,
  type TopicRetention,
} from './draws.js';
import { checkQuietEnd } from './quiet-end.js';
import { SimBroker, type SimFaults, type World } from './sim-broker.js';
import { LEASE_TTL_MS, LONGEST_HOLD_MS, TOPIC } from './sim-settings.js';
import { readAll, SimConsumer, SimProducer, type Contents } from './sim-clients.js';
import { SimSteps, type Step } from './sim-steps.js';
import { SimTopicLife } from './sim-topic-life.js';
import { WatchedObjectStore } from './watched-object-store.js';

const PARTITIONS = 2;
const TIME_LIMIT_MS = 3_600_000;
const NO_FAULTS: SimFaults = { objects: {}, metadata: {} };

export interface SimulationReport {
  /** How often each step was taken, but for the last, quiet time. */
  readonly steps: Readonly<Record<Step, number>>;
  /** Batches. */
  readonly acknowledged: number;
}

/**
 * One life of a small cluster in virtual time: producers and consumers at work while brokers crash, are superseded while
 * they still run, lose their leases, see both stores fail in every way, and compact, merge and remove what they have
 * written; then a quiet time, after which nothing may be left that nobody needs. Everything is decided by the seed.
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
  private readonly objects = new WatchedObjectStore(this.clock);
  private readonly world: World;
  private readonly steps = new SimSteps();
  private readonly retention: TopicRetention;
  private readonly pace: Pace;
  private readonly admin: TopicCatalogue;
  private readonly passing: SimTopicLife;
  /** By partition, the highest offset below which somebody asked to delete records. */
  private readonly requestedBelow = new Map<number, number>();
  private readonly brokers: SimBroker[] = [];
  private readonly brokerIds: readonly number[];
  private readonly producers: SimProducer[] = [];
  private readonly consumers = Array.from({ length: PARTITIONS }, () => new SimConsumer());
  private starts = 0;
  private done = false;

  constructor(
    seed: number,
    private readonly batchesPerProducer: number,
  ) {
    this.random = seededRandom(seed);
    this.world = {
      objects: this.objects,
      metadata: this.metadata,
      clock: this.clock,
      random: this.random,
      // Of its own stream, so that lives stay what they are when there are more setups.
      setup: drawSetup(seededRandom(~seed)),
    };
    this.retention = drawRetention(this.random);
    this.brokerIds = drawBrokerIds(this.random);
    this.pace = drawPace(this.random);
    this.admin = new TopicCatalogue(this.metadata, this.clock, silentLogger, this.random, () => this.newTopicId());
    const findLog = (topicId: string) => this.someLogOf((broker) => broker.logOf(topicId, 0));
    this.passing = new SimTopicLife(this.admin, findLog, this.steps, this.clock, this.random);
  }

  async run(): Promise<SimulationReport> {
    await this.createTopic();
    for (const id of this.brokerIds) this.startBroker(id, drawFaults(this.random));
    this.makeProducers();
    const work = Promise.all(this.producers.map((producer) => producer.produce(this.batchesPerProducer)));
    const background = [this.watchFor(work), this.disturb(), this.consume(), this.deleteSome()];
    if (this.random() < 0.5) background.push(this.passing.live(() => this.done));
    await this.clock.until(Promise.all(background), TIME_LIMIT_MS);
    for (const broker of this.brokers) broker.crash();
    await this.clock.advance(2 * LEASE_TTL_MS);
    const contents = await this.readFromCleanBroker();
    // Whatever is still on its way arrives, and must change nothing.
    await this.clock.advance(20_000);
    const later = await this.readFromCleanBroker();
    checkUnchanged(contents, later);
    this.check(later);
    await checkQuietEnd(this.world, this.objects, this.clock);
    const acknowledged = this.producers.reduce((sum, producer) => sum + producer.acknowledged.length, 0);
    return { steps: this.steps.counts, acknowledged };
  }

  async close(): Promise<void> {
    for (const broker of this.brokers) broker.crash();
    this.admin.close();
    await this.metadata.close();
  }

  private async createTopic(): Promise<void> {
    await this.clock.until(this.admin.start());
    const { configs } = this.retention;
    await this.clock.until(
      this.admin.create({ name: TOPIC, partitionCount: PARTITIONS, replicationFactor: 1, configs }),
    );
  }

  /** By the seed as all else, for things are done in the order of such ids. */
  private newTopicId(): string {
    return newUuid((size) => Buffer.from(Array.from({ length: size }, () => Math.floor(this.random() * 256))));
  }

  private throwViolation(): void {
    if (this.steps.violation !== undefined) throw this.steps.violation;
  }

  private makeProducers(): void {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const findLog = () => this.someLog(partition);
      for (const [kind, producerId] of Object.entries({ idempotent: 100 + partition, plain: -1 })) {
        const name = `${kind}-${partition}`;
        this.producers.push(
          new SimProducer(name, producerId, findLog, this.clock, this.random, this.pace.betweenSendsMs),
        );
      }
    }
  }

  /** Clients mostly know the newest leader, and sometimes one that was superseded, or gave the partition up. */
  private someLog(partition: number): PartitionLog | undefined {
    return this.someLogOf((broker) => broker.log(partition));
  }

  private someLogOf(find: (broker: SimBroker) => PartitionLog | undefined): PartitionLog | undefined {
    const any = this.anyBroker();
    return any !== undefined && this.random() < 0.2 ? find(any) : this.newestLogOf(find);
  }

  private newestLogOf(find: (broker: SimBroker) => PartitionLog | undefined): PartitionLog | undefined {
    const logs = this.brokers.flatMap((broker) => find(broker) ?? []);
    return logs.toSorted((a, b) => a.leaderEpoch - b.leaderEpoch).at(-1);
  }

  private anyBroker(): SimBroker | undefined {
    return this.brokers[Math.floor(this.random() * this.brokers.length)];
  }

  private startBroker(brokerId: number, faults: SimFaults): void {
    const broker = new SimBroker(this.world, faults, `inc${(this.starts += 1)}`, this.steps, brokerId);
    this.brokers.push(broker);
    const end = (error: unknown) => {
      this.steps.judge(error);
      this.end(broker);
    };
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
      await sleep(this.clock, 200 + this.random() * this.pace.betweenDisturbancesMs);
      this.throwViolation();
      const faults = round < 8 ? drawFaults(this.random) : NO_FAULTS;
      if (round === 8) for (const id of this.brokerIds) this.startBroker(id, faults);
      else await this.disturbOnce(this.random(), faults, round > 8);
    }
  }

  private async disturbOnce(what: number, faults: SimFaults, isCalm: boolean): Promise<void> {
    const id = this.brokerIds[Math.floor(this.random() * this.brokerIds.length)] as number;
    const broker = this.anyBroker();
    if (broker === undefined || what < 0.15) {
      this.steps.count('crash');
      for (const each of [...this.brokers]) this.end(each);
      for (const each of this.brokerIds) this.startBroker(each, faults);
    } else if (what < 0.3) {
      this.steps.count('crash');
      this.end(broker);
      if (this.random() < 0.5) this.startBroker(broker.brokerId, faults);
    } else if (what < 0.5) {
      this.steps.count('takeover');
      this.startBroker(id, faults);
    } else if (what < 0.6 && !isCalm) {
      this.steps.count('lease lost');
      await broker.loseLease();
    } else if (what < 0.75) {
      this.steps.count('drain');
      broker.drain().catch((error: unknown) => this.steps.fail(error));
    } else {
      await this.askForMove(Math.floor(this.random() * PARTITIONS), id);
    }
  }

  private async askForMove(partition: number, brokerId: number): Promise<void> {
    const outcome = await requestMove(this.metadata, TOPIC, partition, brokerId);
    if (outcome === 'requested') this.steps.count('move');
  }

  private async consume(): Promise<void> {
    while (!this.done) {
      await sleep(this.clock, 50 + this.random() * 400);
      for (const [partition, consumer] of this.consumers.entries()) {
        const log = this.newestLogOf((broker) => broker.log(partition));
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
      const partition = Math.floor(this.random() * PARTITIONS);
      const deleting = this.deleter(partition)?.deleteRecords(partition, (offset) => {
        this.requestedBelow.set(partition, Math.max(offset, this.requestedBelow.get(partition) ?? 0));
      });
      deleting?.then(
        () => this.steps.count('records deleted'),
        (error: unknown) => {
          if (!(error instanceof KafkaError || error instanceof MetadataUnavailableError)) this.steps.fail(error);
        },
      );
    }
  }

  private deleter(partition: number): SimBroker | undefined {
    const log = this.someLog(partition);
    return this.brokers.find((broker) => broker.log(partition) === log) ?? this.anyBroker();
  }

  /** A read from the end on, or now and then from anywhere; some are kept waiting while what they read is removed. */
  private async poll(consumer: SimConsumer, log: PartitionLog): Promise<void> {
    const known = consumer.seen.length;
    const from = this.random() < 0.8 ? known : Math.floor(this.random() * known);
    let holds = this.random() < 0.3;
    const hold = async () => {
      if (!holds) return;
      holds = false;
      this.steps.count('read held');
      await sleep(this.clock, this.random() * LONGEST_HOLD_MS);
    };
    try {
      await consumer.poll(log, from, hold);
    } catch (error) {
      if (error instanceof ObjectStoreError && !(error instanceof ObjectNotFoundError)) return;
      this.steps.fail(error);
    }
  }

  private async readFromCleanBroker(): Promise<Contents[]> {
    const broker = new SimBroker(this.world, NO_FAULTS, `final${(this.starts += 1)}`, this.steps);
    await this.clock.until(broker.start());
    await this.clock.settle();
    const contents: Contents[] = [];
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      contents.push(await this.readOpened(broker.log(partition)));
    }
    await this.passing.check((topicId) => this.readOpened(broker.logOf(topicId, 0)));
    await this.clock.until(broker.stop());
    this.throwViolation();
    return contents;
  }

  private readOpened(log: PartitionLog | undefined): Promise<Contents> {
    if (log === undefined) throw new Error("I5 violated: a partition can't be opened");
    return this.clock.until(readAll(log));
  }

  private check(contents: readonly Contents[]): void {
    for (const producer of this.producers) {
      const number = Number(producer.name.split('-')[1]);
      const partition = contents[number] ?? [];
      checkAcknowledged(producer, partition, this.deletionsOf(number));
      if (producer.name.startsWith('idempotent')) checkExactlyOnce(producer, partition);
    }
    for (const [partition, consumer] of this.consumers.entries()) checkShown(consumer, contents[partition] ?? []);
  }

  private deletionsOf(partition: number): Deletions {
    const { maxAgeMs, maxBytes } = this.retention;
    return {
      requestedBelow: this.requestedBelow.get(partition) ?? 0,
      expiredUntil: maxAgeMs === undefined ? undefined : this.clock.now() - maxAgeMs,
      bySize: maxBytes !== undefined,
    };
  }
}
