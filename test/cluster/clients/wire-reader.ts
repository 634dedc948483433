import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, errorName } from '../../../src/protocol/errors.js';
import { batchesIn } from '../../../src/protocol/records/record-batch.js';
import { recordsOf } from '../../../src/protocol/records/records.js';
import { Fetch } from '../../../src/protocol/schema/index.js';
import type { Recorder } from '../rig/recorder.js';
import { ClusterConnections } from './cluster-connections.js';
import type { LoadPlan } from './load-plan.js';
import { keyOfValue } from './values.js';

const FETCH_VERSION = 12;
const MAX_WAIT_MS = 300;
const MAX_BYTES = 1024 * 1024;
/** What client libraries ask again after. */
const RETRIABLE: readonly number[] = [
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.UNKNOWN_LEADER_EPOCH,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.OFFSET_NOT_AVAILABLE,
];

/** Reads all partitions from their start, each from its leader, without a group. */
export class WireReader {
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plan: Pick<LoadPlan, 'bootstrap' | 'topic' | 'partitions' | 'name'>,
    private readonly recorder: Recorder,
    final = false,
  ) {
    recorder.add({ type: 'reader', reader: plan.name, ...(final && { final }) });
  }

  /** Reads until {@link stop}. */
  start(): void {
    this.running = this.everyPartition((partition) => this.read(partition, () => this.stopping));
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** Reads up to the high watermarks that the leaders tell. */
  async readToEnd(): Promise<void> {
    await this.everyPartition((partition) =>
      this.read(partition, ({ next, highWatermark }) => this.stopping || next === highWatermark),
    );
  }

  private async everyPartition(read: (partition: number) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: this.plan.partitions }, (_, partition) => read(partition)));
  }

  private async read(
    partition: number,
    isDone: (position: { readonly next: number; readonly highWatermark: number }) => boolean,
  ): Promise<void> {
    const connections = new ClusterConnections(this.plan.bootstrap, this.plan.topic);
    const position = { next: 0, highWatermark: -1 };
    while (!isDone(position)) {
      try {
        await this.poll(partition, position, connections);
      } catch {
        // A lost connection, or no leader: that is what brokers that are disturbed look like.
        connections.reset();
        await delay(100);
      }
    }
    connections.reset();
  }

  private async poll(
    partition: number,
    position: { next: number; highWatermark: number },
    connections: ClusterConnections,
  ): Promise<void> {
    const client = await connections.toLeader(partition);
    const answer = await client.send(Fetch, FETCH_VERSION, {
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      topics: [
        {
          topic: this.plan.topic,
          partitions: [{ partition, fetchOffset: position.next, partitionMaxBytes: MAX_BYTES }],
        },
      ],
    });
    const response = answer.responses[0]?.partitions[0];
    if (response === undefined) throw new Error('an answer without the partition');
    if (response.errorCode !== ErrorCode.NONE) {
      this.refused(response.errorCode, partition, position.next);
      connections.forget();
      await delay(100);
      return;
    }
    const { records } = response;
    const bytes = Buffer.concat(Buffer.isBuffer(records) ? [records] : [...(records ?? [])]);
    position.next = this.take(partition, position.next, bytes);
    position.highWatermark = response.highWatermark;
  }

  private refused(errorCode: number, partition: number, offset: number): void {
    const reader = this.plan.name;
    if (errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      this.recorder.add({ type: 'out of range', reader, partition, offset });
    } else if (!RETRIABLE.includes(errorCode)) {
      this.recorder.add({ type: 'surfaced', client: reader, error: `fetch: ${errorName(errorCode)}` });
    }
  }

  /** @returns the offset behind the last record */
  private take(partition: number, from: number, bytes: Buffer): number {
    const reader = this.plan.name;
    let next = from;
    for (const batch of batchesIn(bytes)) {
      const place = { reader, partition, offset: batch.baseOffset };
      if (batch.computeCrc() !== batch.crc) this.recorder.add({ type: 'damaged', ...place, what: 'checksum' });
      const keys: string[] = [];
      let first: number | undefined;
      for (const { offset, value } of recordsOf(batch)) {
        // The first batch holds the offset that was asked for, and may begin before it.
        if (offset < from) continue;
        const text = value?.toString() ?? '';
        const key = keyOfValue(text);
        if (key === undefined) this.recorder.add({ type: 'damaged', ...place, offset, what: text });
        first ??= offset;
        keys.push(key ?? text);
        next = offset + 1;
      }
      if (first !== undefined) this.recorder.add({ type: 'poll', reader, partition, offset: first, keys });
    }
    return next;
  }
}
