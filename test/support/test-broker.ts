import { BrokerSession } from '../../src/cluster/broker-session.js';
import { silentLogger } from '../../src/logging/logger.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import type { TopicConfigs } from '../../src/metadata/topic-configs.js';
import { batchOf, LogKit } from './log-kit.js';
import { seededRandom } from './seeded-random.js';

/** One broker process: session, catalogue and logs over a kit's stores. */
export class TestBroker {
  readonly catalogue: TopicCatalogue;
  readonly session: BrokerSession;
  private incarnations = 0;

  constructor(
    readonly kit: LogKit,
    name: string,
    brokerId = 1,
  ) {
    this.catalogue = new TopicCatalogue(kit.metadata, kit.clock, silentLogger, seededRandom(1));
    this.session = new BrokerSession(
      kit.metadata,
      this.catalogue,
      kit.logs,
      {
        broker: { brokerId, host: 'broker.example', port: 9092, rack: 'a', version: '1' },
        leaseTtlMs: 10_000,
        startTimeoutMs: 30_000,
      },
      kit.clock,
      seededRandom(2),
      silentLogger,
      () => `${name}-${(this.incarnations += 1)}`,
    );
  }

  async start(): Promise<this> {
    await this.kit.clock.until(this.catalogue.start());
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
