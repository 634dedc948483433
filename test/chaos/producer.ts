import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, errorName } from '../../src/protocol/errors.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { Compression } from '../../src/protocol/records/compression.js';
import { InitProducerId, Produce } from '../../src/protocol/schema/index.js';
import { WireClient } from '../support/wire-client.js';
import type { History } from './history.js';
import { RETRIABLE_PRODUCE_ERRORS } from '../support/retriable-errors.js';

const MAX_IN_FLIGHT = 5;
const PRODUCE_VERSION = 9;
const REQUEST_TIMEOUT_MS = 2_000;

export interface ProducerOptions {
  readonly name: string;
  readonly topic: string;
  readonly partitions: number;
  /** With a producer id, so that nothing is stored twice. Other producers don't send again what was not acknowledged. */
  readonly idempotent: boolean;
  readonly acks: 1 | -1;
  /** Where the broker is now: may change between requests. */
  readonly bootstrap: () => string;
}

interface Batch {
  readonly keys: readonly string[];
  readonly firstSequence: number;
  readonly bytes: Buffer;
}

/** The batches of one partition that are not acknowledged, oldest first. */
interface Lane {
  nextSequence: number;
  unacknowledged: Batch[];
  /** The oldest batch goes alone until it is acknowledged, as in client libraries: nothing may overtake it. */
  careful: boolean;
}

/**
 * A producer that keeps five requests in flight, each with a batch for every partition, over whatever happens to the
 * broker. Keys of records are `<name>:<sequence number>`.
 */
export class ChaosProducer {
  private readonly lanes: Lane[];
  private client: WireClient | undefined;
  private producerId = -1;
  private producerEpoch = -1;
  private stopping = false;
  private abandoned = false;

  constructor(
    private readonly options: ProducerOptions,
    private readonly history: History,
  ) {
    this.lanes = Array.from({ length: options.partitions }, () => ({
      nextSequence: 0,
      unacknowledged: [],
      careful: true,
    }));
  }

  /** Produces until {@link stop}, and then until everything is acknowledged. */
  async run(): Promise<void> {
    while (!this.isDone()) {
      try {
        const client = await this.connected();
        await this.round(client);
        await delay(Math.random() * 30);
      } catch {
        // A lost connection: that is what brokers that are killed look like.
        this.history.lostConnections += 1;
        this.disconnect();
        await delay(20 + Math.random() * 80);
      }
    }
    this.disconnect();
  }

  stop(): void {
    this.stopping = true;
  }

  /** Ends without waiting for what is not acknowledged. */
  abandon(): void {
    this.abandoned = true;
  }

  private isDone(): boolean {
    if (this.abandoned) return true;
    return this.stopping && this.lanes.every(({ unacknowledged }) => unacknowledged.length === 0);
  }

  private async connected(): Promise<WireClient> {
    const bootstrap = this.options.bootstrap();
    if (this.client?.bootstrap !== bootstrap) this.disconnect();
    this.client ??= await WireClient.connect(bootstrap);
    if (this.options.idempotent && this.producerId < 0) {
      const answer = await this.client.send(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 });
      if (answer.errorCode !== ErrorCode.NONE) throw new Error(errorName(answer.errorCode));
      this.producerId = answer.producerId;
      this.producerEpoch = answer.producerEpoch;
    }
    return this.client;
  }

  private disconnect(): void {
    this.client?.close();
    this.client = undefined;
    for (const lane of this.lanes) lane.careful = true;
  }

  /** Sends what is due in up to five pipelined requests, and waits for all answers. */
  private async round(client: WireClient): Promise<void> {
    const due = this.lanes.map((lane) => this.dueIn(lane));
    const requests = Array.from({ length: Math.max(...due.map(({ length }) => length)) }, (_, index) =>
      this.request(client, due, index),
    );
    const outcomes = await Promise.allSettled(requests);
    for (const lane of this.lanes) {
      lane.careful = this.options.idempotent && lane.unacknowledged.length > 0;
      if (!this.options.idempotent) lane.unacknowledged = [];
    }
    const lost = outcomes.find(({ status }) => status === 'rejected');
    if (lost !== undefined) throw new Error('connection lost');
  }

  private dueIn(lane: Lane): Batch[] {
    const wanted = 1 + Math.floor(Math.random() * MAX_IN_FLIGHT);
    while (!this.stopping && lane.unacknowledged.length < wanted) lane.unacknowledged.push(this.nextBatch(lane));
    return lane.careful ? lane.unacknowledged.slice(0, 1) : [...lane.unacknowledged];
  }

  private nextBatch(lane: Lane): Batch {
    const firstSequence = lane.nextSequence;
    lane.nextSequence += 1 + Math.floor(Math.random() * 4);
    const keys = Array.from(
      { length: lane.nextSequence - firstSequence },
      (_, index) => `${this.options.name}:${firstSequence + index}`,
    );
    const bytes = buildRecordBatch({
      records: keys.map((key) => ({
        key,
        value: key.repeat(1 + Math.floor(Math.random() * 100)),
        timestamp: Date.now(),
      })),
      compression: Math.random() < 0.3 ? Compression.GZIP : Compression.NONE,
      ...(this.options.idempotent && {
        producerId: this.producerId,
        producerEpoch: this.producerEpoch,
        baseSequence: firstSequence,
      }),
    });
    return { keys, firstSequence, bytes };
  }

  private async request(client: WireClient, due: readonly (readonly Batch[])[], index: number): Promise<void> {
    const sent = due.flatMap((batches, partition) => {
      const batch = batches[index];
      return batch === undefined ? [] : [{ partition, batch, isOldest: index === 0 }];
    });
    const answer = await client.send(Produce, PRODUCE_VERSION, {
      transactionalId: null,
      acks: this.options.acks,
      timeoutMs: REQUEST_TIMEOUT_MS,
      topicData: [
        {
          name: this.options.topic,
          partitionData: sent.map(({ partition, batch }) => ({ index: partition, records: batch.bytes })),
        },
      ],
    });
    const answers = answer.responses.flatMap(({ partitionResponses }) => partitionResponses);
    for (const { partition, batch, isOldest } of sent) {
      const response = answers.find((candidate) => candidate.index === partition);
      if (response === undefined) this.history.violation(`I9: no answer for partition ${partition}`);
      else if (response.errorCode !== ErrorCode.NONE) this.refused(response.errorCode, batch, partition, isOldest);
      else this.accepted(batch, partition, response.baseOffset);
    }
  }

  private accepted(batch: Batch, partition: number, offset: number): void {
    const lane = this.lanes[partition]!;
    lane.unacknowledged = lane.unacknowledged.filter((other) => other !== batch);
    this.history.acknowledge({ partition, offset, keys: batch.keys });
  }

  private refused(code: number, batch: Batch, partition: number, isOldest: boolean): void {
    this.history.countError(code);
    if (RETRIABLE_PRODUCE_ERRORS.includes(code)) return;
    // Behind a batch that failed, the next ones are out of order.
    if (code === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER && !isOldest) return;
    this.history.violation(`I9: ${batch.keys[0]} was refused with ${errorName(code)} in partition ${partition}`);
  }
}
