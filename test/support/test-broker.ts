import { BrokerSession } from '../../src/cluster/broker-session.js';
import { ClusterMirror } from '../../src/cluster/cluster-mirror.js';
import { Controller, DEFAULT_CONTROLLER_OPTIONS } from '../../src/cluster/controller/controller.js';
import { silentControllerObserver } from '../../src/cluster/controller/controller-observer.js';
import { silentLogger } from '../../src/logging/logger.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import type { TopicConfigs } from '../../src/metadata/topic-configs.js';
import { batchOf, LogKit } from './log-kit.js';
import { seededRandom } from './seeded-random.js';

/** One broker process: session, catalogue and logs over a kit's stores. */
export class TestBroker {
  readonly catalogue: TopicCatalogue;
  readonly mirror: ClusterMirror;
  readonly session: BrokerSession;
  readonly controller: Controller;
  /** What its session could not do. */
  readonly errors: unknown[] = [];
  private incarnations = 0;

  constructor(
    readonly kit: LogKit,
    name: string,
    readonly brokerId = 1,
  ) {
    this.catalogue = new TopicCatalogue(kit.metadata, kit.clock, silentLogger, seededRandom(1));
    this.mirror = new ClusterMirror(kit.metadata, silentLogger);
    this.session = new BrokerSession(
      {
        broker: { brokerId, host: 'broker.example', port: 9092, rack: 'a', version: '1' },
        leaseTtlMs: 10_000,
        startTimeoutMs: 30_000,
      },
      {
        store: kit.metadata,
        catalogue: this.catalogue,
        mirror: this.mirror,
        host: kit.logs,
        clock: kit.clock,
        random: seededRandom(2),
        logger: { ...silentLogger, error: ({ err }) => void this.errors.push(err) },
        newIncarnationId: () => `${name}-${(this.incarnations += 1)}`,
      },
    );
    this.controller = new Controller({
      store: kit.metadata,
      topics: this.catalogue,
      options: DEFAULT_CONTROLLER_OPTIONS,
      observer: silentControllerObserver,
      clock: kit.clock,
      random: seededRandom(3),
      logger: silentLogger,
    });
    this.session.attach(this.controller);
  }

  async start(): Promise<this> {
    await this.kit.clock.until(this.catalogue.start());
    await this.kit.clock.until(this.mirror.start());
    await this.kit.clock.until(this.session.start());
    return this;
  }

  async createTopic(name: string, partitionCount = 1, configs: TopicConfigs = new Map()) {
    const topic = await this.kit.clock.until(
      this.catalogue.create({ name, partitionCount, replicationFactor: 1, configs }),
    );
    await this.kit.clock.settle();
    return topic;
  }

  async produce(topic: { id: string }, values: readonly string[], partition = 0) {
    await this.kit.clock.until(
      this.log(topic, partition)?.append(batchOf(values)).committed ?? Promise.reject(new Error('no log')),
    );
  }

  log(topic: { id: string }, partition = 0) {
    return this.kit.logs.find(topic.id, partition);
  }
}

/** Another process over the same stores. */
export const successorOf = (kit: LogKit) => new LogKit({}, kit);
