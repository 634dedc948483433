import { EventEmitter, once } from 'node:events';
import { Kafka, logLevel, type Consumer, type EachMessagePayload, type Producer } from 'kafkajs';
import type { History } from './history.js';

const RETRY = { retries: 10_000, initialRetryTime: 50, maxRetryTime: 1_000 };
const RECORDS_PER_BATCH = 5;

/** An idempotent producer and a consumer group of a real client library (kafkajs), checking what they are told. */
export class LibraryClients {
  private readonly producer: Producer;
  private readonly consumer: Consumer;
  /** By partition: sequence number of the next record. */
  private readonly sequences: number[];
  /** By partition: offset that the consumer expects next, −1 before the first. */
  private readonly positions: number[];
  /** By partition: end of what was acknowledged. */
  private readonly acknowledged: number[];
  private readonly events = new EventEmitter();
  private stopping = false;

  /** @param name keys of records are `<name>:<sequence number>` */
  constructor(
    readonly name: string,
    bootstrap: string,
    private readonly topic: string,
    private readonly partitions: number,
    private readonly history: History,
  ) {
    const kafka = new Kafka({ clientId: name, brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: RETRY });
    this.producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: RETRY });
    this.consumer = kafka.consumer({ groupId: name, retry: RETRY, maxWaitTimeInMs: 300 });
    this.consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
      if (!restart) history.violation(`I9: the consumer of ${name} gave up: ${String(error)}`);
    });
    this.sequences = Array.from({ length: partitions }, () => 0);
    this.positions = Array.from({ length: partitions }, () => -1);
    this.acknowledged = Array.from({ length: partitions }, () => 0);
  }

  /** Produces until {@link stop}, and consumes all the while. */
  async run(): Promise<void> {
    await Promise.all([this.producer.connect(), this.consumer.connect()]);
    await this.consumer.subscribe({ topic: this.topic, fromBeginning: true });
    await this.consumer.run({
      eachMessage: (payload) => {
        this.take(payload);
        return Promise.resolve();
      },
    });
    for (let round = 0; !this.stopping; round += 1) await this.produce(round % this.partitions);
  }

  /** Ends producing. The promise of {@link run} resolves when the last batch is acknowledged. */
  stop(): void {
    this.stopping = true;
  }

  /** Resolves when the consumer was shown everything that its own producer was acknowledged. @throws {Error} after `timeoutMs` */
  async caughtUp(timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    const isBehind = () => this.acknowledged.some((end, partition) => this.positions[partition]! < end);
    try {
      while (isBehind()) await once(this.events, 'taken', { signal });
    } catch (error) {
      const where = `at ${this.positions.join(', ')} of ${this.acknowledged.join(', ')}`;
      throw new Error(`${this.name} did not catch up within ${timeoutMs} ms: ${where}`, { cause: error });
    }
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
  }

  private async produce(partition: number): Promise<void> {
    const first = this.sequences[partition]!;
    const keys = Array.from({ length: RECORDS_PER_BATCH }, (_, index) => `${this.name}:${first + index}`);
    const messages = keys.map((key) => ({ key, value: key.repeat(20), partition }));
    try {
      const [answer] = await this.producer.send({ topic: this.topic, messages, acks: -1 });
      const offset = Number(answer?.baseOffset);
      this.history.acknowledge({ partition, offset, keys });
      this.sequences[partition] = first + keys.length;
      this.acknowledged[partition] = offset + keys.length;
    } catch (error) {
      // It tries again for as long as it may: so it was told not to.
      this.history.violation(`I9: ${this.name} gave up on ${keys[0]} in partition ${partition}: ${String(error)}`);
      this.stopping = true;
    }
  }

  /** Offsets come in order and without gaps; after a rebalance some come again (I3). */
  private take({ partition, message }: EachMessagePayload): void {
    const offset = Number(message.offset);
    const expected = this.positions[partition]!;
    if (expected >= 0 && offset > expected) {
      this.history.violation(
        `I3: ${this.name} was shown offset ${offset} of partition ${partition} after ${expected - 1}`,
      );
    }
    if (message.value?.toString().startsWith(String(message.key)) !== true) {
      this.history.violation(`I1: ${this.name} was shown a wrong value at ${partition}/${offset}`);
    }
    this.positions[partition] = Math.max(expected, offset + 1);
    this.events.emit('taken');
  }
}
