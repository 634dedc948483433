import { requestMove } from '../../src/cluster/controller/request-move.js';
import { RecordBatch, batchesIn } from '../../src/protocol/records/record-batch.js';
import { recordsOf } from '../../src/protocol/records/records.js';
import { KafkaError } from '../../src/protocol/errors.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import type { LogOptions } from '../../src/log/partition-logs.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { LoadedData } from '../../src/log/cold-data.js';
import { assignmentKey } from '../../src/metadata/keys.js';
import { decodeAssignmentRecord } from '../../src/metadata/partition-assignment.js';
import { sleep } from '../../src/time/clock.js';
import { LogKit } from './log-kit.js';
import { TestBroker } from './test-broker.js';

interface TopicId {
  readonly id: string;
  readonly name: string;
}

/** How often a condition is looked at, ms. */
const STEP_MS = 5;

/** Several broker processes on one metadata store and one bucket, in virtual time. */
export class TestCluster {
  readonly brokers: TestBroker[] = [];

  /** Starts brokers 1 to `count`. */
  static async start(count: number, options: Partial<LogOptions> = {}): Promise<TestCluster> {
    const cluster = new TestCluster();
    for (let id = 1; id <= count; id += 1) await cluster.join(id, options);
    return cluster;
  }

  async join(brokerId: number, options: Partial<LogOptions> = {}, name = `b${brokerId}`): Promise<TestBroker> {
    const kit = new LogKit(options, this.brokers[0]?.kit);
    const broker = await new TestBroker(kit, name, brokerId).start();
    this.brokers.push(broker);
    return broker;
  }

  get clock() {
    return this.brokers[0]?.kit.clock as LogKit['clock'];
  }

  /** The broker that leads a partition and accepts records for it. */
  leaderOf(topic: TopicId, partition = 0): TestBroker | undefined {
    return this.brokers.find(({ kit }) => {
      return kit.logs.leads(topic.id, partition) && kit.logs.find(topic.id, partition)?.isLeading === true;
    });
  }

  logOf(topic: TopicId, partition = 0): PartitionLog | undefined {
    return this.leaderOf(topic, partition)?.log(topic, partition);
  }

  async assignmentOf(topic: TopicId, partition = 0) {
    const entry = await this.brokers[0]?.kit.storedMetadata.get(assignmentKey(topic.name, partition));
    return entry && decodeAssignmentRecord(entry);
  }

  /** Has a partition move to another broker, as the controller asks for it, and waits until it leads. */
  async move(topic: TopicId, partition: number, to: TestBroker): Promise<void> {
    const outcome = await requestMove(to.kit.storedMetadata, topic.name, partition, to.brokerId);
    if (outcome !== 'requested' && outcome !== 'is there') throw new Error(`the move was not made: ${outcome}`);
    await this.until(() => this.leaderOf(topic, partition) === to);
  }

  /** Lets time pass until something holds. */
  async until(condition: () => boolean, limitMs = 60_000): Promise<void> {
    const end = this.clock.monotonic() + limitMs;
    for (; !condition(); await this.clock.advance(STEP_MS)) {
      if (this.clock.monotonic() > end) throw new Error(`not so after ${limitMs} ms`);
    }
  }

  /** All records of a partition, as its leader gives them. */
  async records(topic: TopicId, partition = 0): Promise<string[]> {
    await this.until(() => this.logOf(topic, partition) !== undefined);
    return this.clock.until(readRecords(this.logOf(topic, partition) as PartitionLog));
  }
}

/** All committed records of a log, in offset order. */
export async function readRecords(log: PartitionLog): Promise<string[]> {
  const values: string[] = [];
  const loaded = new LoadedData();
  for (let offset = log.logStartOffset; offset < log.highWatermark;) {
    const { batches, cold } = log.read(offset, 4096, true, loaded);
    if (cold !== undefined) await log.load(cold, loaded);
    for (const batch of batchesIn(Buffer.concat(batches))) {
      for (const record of recordsOf(batch)) {
        if (record.offset !== offset) throw new Error(`offset ${record.offset} follows ${offset - 1}`);
        values.push(String(record.value));
        offset += 1;
      }
    }
  }
  return values;
}

/** An idempotent producer of one partition, which tries again until it is acknowledged. */
export class TestProducer {
  readonly acknowledged: string[] = [];
  /** The longest time between two acknowledgements, ms. */
  longestGapMs = 0;
  private lastAt: number | undefined;
  private sequence = 0;

  constructor(
    private readonly cluster: TestCluster,
    private readonly topic: TopicId,
    private readonly partition = 0,
    private readonly producerId = 100 + partition,
  ) {}

  /** One record after the other. */
  async produce(count: number, pauseMs = 0): Promise<void> {
    const { clock } = this.cluster;
    for (let sent = 0; sent < count; sent += 1) {
      const value = `${this.producerId}:${this.sequence}`;
      while (!(await this.send(value))) await sleep(clock, 20);
      this.sequence += 1;
      this.acknowledged.push(value);
      const now = clock.monotonic();
      this.longestGapMs = Math.max(this.longestGapMs, now - (this.lastAt ?? now));
      this.lastAt = now;
      await sleep(clock, pauseMs);
    }
  }

  private async send(value: string): Promise<boolean> {
    const bytes = buildRecordBatch({
      records: [{ value }],
      producerId: this.producerId,
      producerEpoch: 0,
      baseSequence: this.sequence,
    });
    try {
      const log = this.cluster.logOf(this.topic, this.partition);
      if (log === undefined) return false;
      await log.append(new RecordBatch(bytes)).committed;
      return true;
    } catch (error) {
      if (error instanceof KafkaError) return false;
      throw error;
    }
  }
}
