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

/** Where a reader is in a partition. */
interface Position {
  next: number;
  /** −1 until a broker has told it. */
  highWatermark: number;
  /** The broker that the leader has sent the reader to (KIP-392). */
  preferred: number | undefined;
}

export interface WireReaderOptions {
  /** What it is shown last is the log that all is compared with. */
  readonly final?: boolean;
  /** Reads from a broker of this rack, where the leader knows one. */
  readonly rack?: string;
}

/** Reads all partitions from their start, each from its leader or where that sends it, without a group. */
export class WireReader {
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plan: Pick<LoadPlan, 'bootstrap' | 'topic' | 'partitions' | 'name'>,
    private readonly recorder: Recorder,
    private readonly options: WireReaderOptions = {},
  ) {
    recorder.add({ type: 'reader', reader: plan.name, ...(options.final === true && { final: true }) });
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

  private async read(partition: number, isDone: (position: Readonly<Position>) => boolean): Promise<void> {
    const connections = new ClusterConnections(this.plan.bootstrap, this.plan.topic);
    const position: Position = { next: 0, highWatermark: -1, preferred: undefined };
    while (!isDone(position)) {
      try {
        await this.poll(partition, position, connections);
      } catch {
        // A lost connection, or no leader: that is what brokers that are disturbed look like.
        position.preferred = undefined;
        connections.reset();
        await delay(100);
      }
    }
    connections.reset();
  }

  private async poll(partition: number, position: Position, connections: ClusterConnections): Promise<void> {
    const { preferred } = position;
    const client = await (preferred === undefined ? connections.toLeader(partition) : connections.toNode(preferred));
    const answer = await client.send(Fetch, FETCH_VERSION, {
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      rackId: this.options.rack ?? '',
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
      position.preferred = undefined;
      connections.forget();
      await delay(100);
      return;
    }
    if (response.preferredReadReplica >= 0) position.preferred = response.preferredReadReplica;
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
