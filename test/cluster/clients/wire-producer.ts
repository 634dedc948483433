import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, errorName } from '../../../src/protocol/errors.js';
import { buildRecordBatch } from '../../../src/protocol/records/build-batch.js';
import { Compression } from '../../../src/protocol/records/compression.js';
import { InitProducerId, Produce } from '../../../src/protocol/schema/index.js';
import { keyOf } from '../checker/events.js';
import type { Recorder } from '../rig/recorder.js';
import { ClusterConnections } from './cluster-connections.js';
import type { LoadPlan } from './load-plan.js';
import { valueOf } from './values.js';
import { RETRIABLE_PRODUCE_ERRORS } from '../../support/retriable-errors.js';

const MAX_IN_FLIGHT = 5;
const PRODUCE_VERSION = 9;
const REQUEST_TIMEOUT_MS = 5_000;
/** Of batches of plain producers: their bytes are damaged, and they must be refused. */
const DAMAGED_SHARE = 0.02;

export interface WireProducerOptions {
  /** With a producer id: sends again until it is acknowledged. Others don't send again what failed. */
  readonly idempotent: boolean;
  readonly acks: 1 | -1;
}

interface Batch {
  readonly first: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly damaged: boolean;
}

/** The batches of one partition that are not acknowledged, oldest first. */
interface Lane {
  readonly partition: number;
  readonly connections: ClusterConnections;
  next: number;
  unacknowledged: Batch[];
  /** The oldest goes alone until it is acknowledged, as in client libraries: nothing may overtake it. */
  careful: boolean;
}

/**
 * A producer that keeps up to five requests in flight for each partition, over whatever happens to the brokers. It knows
 * exactly what it was told, where client libraries hide that.
 */
export class WireProducer {
  private readonly running: Promise<unknown>;
  private producerId = -1;
  private producerEpoch = -1;
  private stopping = false;
  private abandoned = false;

  constructor(
    private readonly plan: Pick<LoadPlan, 'bootstrap' | 'topic' | 'partitions' | 'name' | 'intervalMs'>,
    private readonly options: WireProducerOptions,
    private readonly random: () => number,
    private readonly recorder: Recorder,
  ) {
    recorder.add({ type: 'producer', producer: plan.name, idempotent: options.idempotent });
    this.running = this.run();
  }

  /** Ends when all is acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** Ends without waiting for what is not acknowledged. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.stop();
  }

  private async run(): Promise<void> {
    const { bootstrap, topic, partitions } = this.plan;
    const lanes = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      connections: new ClusterConnections(bootstrap, topic),
      next: 0,
      unacknowledged: [],
      careful: true,
    }));
    if (this.options.idempotent) await this.learnProducerId(lanes[0]!.connections);
    await Promise.all(lanes.map((lane) => this.runLane(lane)));
  }

  private async learnProducerId(connections: ClusterConnections): Promise<void> {
    while (this.producerId < 0 && !this.abandoned) {
      try {
        const client = await connections.toAny();
        const answer = await client.send(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 });
        if (answer.errorCode !== ErrorCode.NONE) throw new Error(errorName(answer.errorCode));
        this.producerId = answer.producerId;
        this.producerEpoch = answer.producerEpoch;
      } catch {
        // Whatever it was, another broker may know.
        connections.reset();
        await delay(100);
      }
    }
  }

  private async runLane(lane: Lane): Promise<void> {
    while (!this.isDone(lane)) {
      try {
        await this.round(lane);
        await delay(this.plan.intervalMs * this.plan.partitions * 2 * this.random());
      } catch (error) {
        // A lost connection, or no leader: that is what brokers that are disturbed look like.
        lane.connections.reset();
        this.gaveUp(lane, String(error));
        await delay(50 + this.random() * 100);
      }
    }
    lane.connections.reset();
  }

  private isDone({ unacknowledged }: Lane): boolean {
    return this.abandoned || (this.stopping && unacknowledged.length === 0);
  }

  /** Sends what is due in up to five pipelined requests, and waits for all answers. */
  private async round(lane: Lane): Promise<void> {
    const client = await lane.connections.toLeader(lane.partition);
    const wanted = 1 + Math.floor(this.random() * MAX_IN_FLIGHT);
    while (!this.stopping && lane.unacknowledged.length < wanted) lane.unacknowledged.push(this.nextBatch(lane));
    const due = lane.careful ? lane.unacknowledged.slice(0, 1) : [...lane.unacknowledged];
    const outcomes = await Promise.allSettled(
      due.map(async (batch, index) => {
        const answer = await client.send(Produce, PRODUCE_VERSION, {
          transactionalId: null,
          acks: this.options.acks,
          timeoutMs: REQUEST_TIMEOUT_MS,
          topicData: [{ name: this.plan.topic, partitionData: [{ index: lane.partition, records: batch.bytes }] }],
        });
        const response = answer.responses[0]?.partitionResponses[0];
        if (response === undefined) throw new Error('an answer without the partition');
        this.answered(lane, batch, index, response);
      }),
    );
    lane.careful = this.options.idempotent && lane.unacknowledged.length > 0;
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    if (lost !== undefined) throw new Error(String(lost.reason));
  }

  private nextBatch(lane: Lane): Batch {
    const first = lane.next;
    const count = 1 + Math.floor(this.random() * 4);
    lane.next += count;
    const bytes = buildRecordBatch({
      records: Array.from({ length: count }, (_, index) => {
        const key = keyOf(this.plan.name, lane.partition, first + index);
        return { key, value: valueOf(key), timestamp: Date.now() };
      }),
      compression: this.random() < 0.3 ? Compression.GZIP : Compression.NONE,
      ...(this.options.idempotent && {
        producerId: this.producerId,
        producerEpoch: this.producerEpoch,
        baseSequence: first,
      }),
    });
    const damaged = !this.options.idempotent && this.random() < DAMAGED_SHARE;
    if (damaged) bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    this.recorder.add({ type: 'send', producer: this.plan.name, partition: lane.partition, first, count });
    return { first, count, bytes, damaged };
  }

  private answered(
    lane: Lane,
    batch: Batch,
    index: number,
    { errorCode, baseOffset }: { readonly errorCode: number; readonly baseOffset: number },
  ): void {
    const sent = { producer: this.plan.name, partition: lane.partition, first: batch.first, count: batch.count };
    if (errorCode === ErrorCode.NONE) {
      this.drop(lane, batch);
      this.recorder.add({ type: 'ack', ...sent, offset: baseOffset });
      return;
    }
    const error = errorName(errorCode);
    if (batch.damaged && errorCode === ErrorCode.CORRUPT_MESSAGE) {
      this.drop(lane, batch);
      this.recorder.add({ type: 'fail', ...sent, error });
      return;
    }
    lane.connections.forget();
    // Behind a batch that failed, the next ones are out of order.
    const follows = this.options.idempotent && index > 0 && errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
    if (!follows && !RETRIABLE_PRODUCE_ERRORS.includes(errorCode)) {
      const what = `${error} for ${keyOf(sent.producer, sent.partition, sent.first)}`;
      this.recorder.add({ type: 'surfaced', client: this.plan.name, error: what });
    }
    if (this.options.idempotent) return;
    this.drop(lane, batch);
    this.recorder.add({ type: 'unknown', ...sent, error });
  }

  private drop(lane: Lane, batch: Batch): void {
    lane.unacknowledged = lane.unacknowledged.filter((other) => other !== batch);
  }

  /** An idempotent producer sends again; for others the outcome stays unknown. */
  private gaveUp(lane: Lane, error: string): void {
    lane.careful = true;
    if (this.options.idempotent) return;
    for (const { first, count } of lane.unacknowledged) {
      const { name: producer } = this.plan;
      this.recorder.add({ type: 'unknown', producer, partition: lane.partition, first, count, error });
    }
    lane.unacknowledged = [];
  }
}
