import { CreateTopics, ListOffsets } from '../../src/protocol/schema/index.js';
import { ErrorCode, errorName } from '../../src/protocol/errors.js';
import { WireClient } from '../support/wire-client.js';
import { ChaosConsumer } from './consumer.js';
import type { History } from './history.js';
import { ChaosProducer } from './producer.js';

const TOPIC = 'chaos-retained';
const PRODUCER = 'retained';
const RETENTION_BYTES = '50000';
const EARLIEST = -2;

/** A topic of one partition that keeps little: its oldest segments are dropped while records are produced. */
export class RetainedTopic {
  private readonly producer: ChaosProducer;

  private constructor(
    private readonly bootstrap: string,
    /** Of this topic alone. */
    private readonly history: History,
  ) {
    const options = { name: PRODUCER, topic: TOPIC, partitions: 1, idempotent: true, acks: -1 } as const;
    this.producer = new ChaosProducer({ ...options, bootstrap: () => bootstrap }, history);
  }

  /** @param history that of its partition, and of no other topic */
  static async create(bootstrap: string, history: History): Promise<RetainedTopic> {
    const client = await WireClient.connect(bootstrap);
    try {
      const configs = [{ name: 'retention.bytes', value: RETENTION_BYTES }];
      const topic = { name: TOPIC, numPartitions: 1, replicationFactor: 1, assignments: [], configs };
      const answer = await client.send(CreateTopics, 5, { topics: [topic], timeoutMs: 10_000 });
      const code = answer.topics[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR;
      if (code !== ErrorCode.NONE) throw new Error(`${TOPIC} could not be created: ${errorName(code)}`);
      return new RetainedTopic(bootstrap, history);
    } finally {
      client.close();
    }
  }

  /** Produces until {@link stop}, and then until everything is acknowledged. */
  run(): Promise<void> {
    return this.producer.run();
  }

  stop(): void {
    this.producer.stop();
  }

  abandon(): void {
    this.producer.abandon();
  }

  /**
   * Reads what there still is, and compares it with what was acknowledged (I1, I2, I3, I8). No producer may be at work.
   *
   * @returns the log start offset
   */
  async check(): Promise<number> {
    const start = await this.logStartOffset();
    const reader = new ChaosConsumer(TOPIC, 1, () => this.bootstrap, this.history, start);
    await reader.readToEnd();
    reader.close();
    const { keys } = reader.positions[0]!;
    for (const acknowledged of this.history.acknowledged) {
      for (const [index, key] of acknowledged.keys.entries()) {
        const offset = acknowledged.offset + index;
        if (offset >= keys.length || (offset >= start && keys[offset] !== key)) {
          this.history.violation(`I1: ${key} was acknowledged at ${TOPIC}/${offset}, there is ${keys[offset]}`);
        }
      }
    }
    for (let offset = start + 1; offset < keys.length; offset += 1) {
      const [before, here] = [sequenceOf(keys[offset - 1]!), sequenceOf(keys[offset]!)];
      if (here !== before + 1) this.history.violation(`I8: ${here} follows ${before} at ${TOPIC}/${offset}`);
    }
    return start;
  }

  private async logStartOffset(): Promise<number> {
    const client = await WireClient.connect(this.bootstrap);
    try {
      const asked = { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: EARLIEST };
      const answer = await client.send(ListOffsets, 7, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name: TOPIC, partitions: [asked] }],
      });
      const partition = answer.topics[0]?.partitions[0];
      if (partition?.errorCode !== ErrorCode.NONE) throw new Error(`no log start of ${TOPIC}`);
      return partition.offset;
    } finally {
      client.close();
    }
  }
}

function sequenceOf(key: string): number {
  return Number(key.slice(PRODUCER.length + 1));
}
