import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { KafkaError } from '../../src/protocol/errors.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import type { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import { sleep, type Clock } from '../../src/time/clock.js';
import type { Contents } from './sim-clients.js';
import type { SimSteps } from './sim-steps.js';

/** The topic that comes and goes. */
export const PASSING_TOPIC = 'passing';

/** A topic that is created, written to, deleted and created again under the same name. */
export class SimTopicLife {
  private generation = 0;
  private topicId: string | undefined;
  /** Of the present generation: values by their offsets. */
  private acknowledged = new Map<number, string>();
  private sent = 0;

  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly findLog: (topicId: string) => PartitionLog | undefined,
    private readonly steps: SimSteps,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Lives until `isOver`. The topic is there or not afterwards. */
  async live(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.create();
      for (const end = this.clock.monotonic() + this.random() * 15_000; this.clock.monotonic() < end && !isOver();) {
        await this.sendOne();
        await sleep(this.clock, this.random() * 1_500);
      }
      // At the end of some lives it is there, at that of others it isn't.
      if (isOver()) return;
      await this.catalogue.delete(PASSING_TOPIC, this.topicId);
      this.topicId = undefined;
      this.steps.count('topic deleted');
      await sleep(this.clock, this.random() < 0.5 ? 0 : this.random() * 10_000);
    }
  }

  /**
   * @param read gives what the topic with this id holds
   * @throws Error when something acknowledged is missing, or something else is there
   */
  async check(read: (topicId: string) => Promise<Contents>): Promise<void> {
    if (this.topicId === undefined) return;
    const contents = await read(this.topicId);
    for (const [offset, value] of this.acknowledged) {
      if (contents[offset] !== value) throw new Error(`I1 violated: ${value} at ${offset}, found ${contents[offset]}`);
    }
    const stranger = contents.find((value) => !value.startsWith(`passing-${this.generation}:`));
    if (stranger !== undefined) throw new Error(`I2 violated: ${stranger} in generation ${this.generation}`);
  }

  private async create(): Promise<void> {
    const topic = { name: PASSING_TOPIC, partitionCount: 1, replicationFactor: 1, configs: new Map<string, string>() };
    this.topicId = (await this.catalogue.create(topic)).id;
    this.generation += 1;
    this.acknowledged = new Map();
    if (this.generation > 1) this.steps.count('topic re-created');
  }

  private async sendOne(): Promise<void> {
    const value = `passing-${this.generation}:${(this.sent += 1)}`;
    const timestamp = this.clock.now();
    const bytes = buildRecordBatch({ records: [{ key: null, value: Buffer.from(value), timestamp }] });
    try {
      const log = this.topicId === undefined ? undefined : this.findLog(this.topicId);
      if (log === undefined) return;
      const { baseOffset, committed } = log.append(new RecordBatch(bytes));
      const inTime = await Promise.race([committed.then(() => true), sleep(this.clock, 3_000).then(() => false)]);
      if (inTime) this.acknowledged.set(baseOffset, value);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
    }
  }
}
