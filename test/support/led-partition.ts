import type { PartitionLog } from '../../src/log/partition-log.js';
import type { PartitionManifest } from '../../src/log/partition-manifest.js';
import type { Segment } from '../../src/storage/manifest-format.js';
import type { TopicConfigs } from '../../src/metadata/topic-configs.js';
import type { Topic } from '../../src/metadata/topic.js';
import { LogKit } from './log-kit.js';
import { successorOf, TestBroker } from './test-broker.js';
import { compactInto, type TestSegment } from './test-segments.js';

let restarts = 0;

/** A topic of one partition, and the broker that leads it. */
export class LedPartition {
  readonly signal = new AbortController().signal;

  private constructor(
    readonly broker: TestBroker,
    readonly topic: Topic,
  ) {}

  static async begin(configs: TopicConfigs = new Map()): Promise<LedPartition> {
    const broker = await new TestBroker(new LogKit(), 'a').start();
    return new LedPartition(broker, await broker.createTopic('orders', 1, configs));
  }

  /** The same partition, led by another broker that has taken over. */
  async restart(): Promise<LedPartition> {
    const broker = await new TestBroker(successorOf(this.kit), `b${(restarts += 1)}`).start();
    await broker.kit.clock.settle();
    return new LedPartition(broker, this.topic);
  }

  get kit(): LogKit {
    return this.broker.kit;
  }

  get clock() {
    return this.kit.clock;
  }

  get log(): PartitionLog {
    return this.broker.log(this.topic) as PartitionLog;
  }

  get manifest(): PartitionManifest {
    return this.kit.logs.manifestOf(this.log);
  }

  /** Writes ten records, and makes a segment of what is in none yet. */
  async addSegment(about: TestSegment = {}): Promise<Segment> {
    const values = Array.from({ length: 10 }, (_, index) => `${index}`);
    await this.broker.produce(this.topic, values);
    return compactInto(this.kit, this.log, about);
  }

  /** Base offsets of the segments. */
  get bases(): number[] {
    return this.log.manifest.segments.map(({ baseOffset }) => baseOffset);
  }
}
