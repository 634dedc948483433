import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { batchesIn, RecordBatch } from '../../src/protocol/records/record-batch.js';
import { recordsOf } from '../../src/protocol/records/records.js';
import { KafkaError } from '../../src/protocol/errors.js';
import { LoadedData } from '../../src/log/cold-data.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { sleep, type Clock } from '../../src/time/clock.js';

/** The leader that a client has found: undefined while there is none. */
export type FindLog = () => PartitionLog | undefined;

export interface Acknowledged {
  readonly offset: number;
  readonly values: readonly string[];
  /** Of all records, ms since the Unix epoch. */
  readonly timestamp: number;
}

interface Batch {
  readonly values: readonly string[];
  readonly firstSequence: number;
  readonly timestamp: number;
}

/** A producer that retries until it is acknowledged, as client libraries do. */
export class SimProducer {
  readonly acknowledged: Acknowledged[] = [];
  private nextSequence = 0;

  /**
   * @param producerId −1 for a producer that is not idempotent, and so sends one batch at a time
   * @param longestPauseMs between two windows
   */
  constructor(
    readonly name: string,
    private readonly producerId: number,
    private readonly findLog: FindLog,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly longestPauseMs: number,
  ) {}

  /** Sends `count` batches, and returns when all are acknowledged. */
  async produce(count: number): Promise<void> {
    for (let sent = 0; sent < count;) {
      const window = this.producerId < 0 ? 1 : 1 + Math.floor(this.random() * 5);
      const batches = Array.from({ length: Math.min(window, count - sent) }, () => this.nextBatch());
      sent += batches.length;
      for (let unacknowledged = batches; unacknowledged.length > 0;) {
        // Like client libraries: batches of a partition are in flight to one leader at a time.
        const log = this.findLog();
        const outcomes = await Promise.all(unacknowledged.map((batch) => this.send(batch, log)));
        unacknowledged = unacknowledged.filter((_, index) => outcomes[index] === false);
        if (unacknowledged.length > 0) await sleep(this.clock, 20 + this.random() * 200);
      }
      await sleep(this.clock, this.random() * this.longestPauseMs);
    }
  }

  private nextBatch(): Batch {
    const firstSequence = this.nextSequence;
    this.nextSequence += 1 + Math.floor(this.random() * 3);
    const values = Array.from(
      { length: this.nextSequence - firstSequence },
      (_, i) => `${this.name}:${firstSequence + i}`,
    );
    return { values, firstSequence, timestamp: this.clock.now() };
  }

  /** The append happens before the first await: batches of one window are appended in order. */
  private async send(batch: Batch, log: PartitionLog | undefined): Promise<boolean> {
    const idempotent = this.producerId >= 0;
    const { timestamp } = batch;
    const bytes = buildRecordBatch({
      records: batch.values.map((value) => ({ key: null, value: Buffer.from(value), timestamp })),
      ...(idempotent && { producerId: this.producerId, producerEpoch: 0, baseSequence: batch.firstSequence }),
    });
    try {
      if (log === undefined) return false;
      const { baseOffset, committed } = log.append(new RecordBatch(bytes));
      const inTime = await Promise.race([committed.then(() => true), this.timeout()]);
      if (inTime) this.acknowledged.push({ offset: baseOffset, values: batch.values, timestamp });
      return inTime;
    } catch (error) {
      if (error instanceof KafkaError) return false;
      throw error;
    }
  }

  private timeout(): Promise<false> {
    return sleep(this.clock, 500 + this.random() * 5_000).then(() => false);
  }
}

/** What a partition holds: the value at each offset, or {@link DELETED}. */
export type Contents = readonly string[];

/** What is below the log start. */
export const DELETED = 'deleted';

/** Whether a record is the one that was seen before, as far as both were there. */
export function isSame(before: string, now: string | undefined): boolean {
  return before === now || before === DELETED || now === DELETED;
}

/**
 * Reads everything below the high watermark, from memory or from the object store. Of a log that its broker has given up
 * meanwhile less may come: nobody tells it where its records are by then, and a real client is sent to the leader.
 *
 * @param hold is awaited between the decision what to read and the read
 */
export async function readAll(
  log: PartitionLog,
  from = 0,
  hold: () => Promise<void> = () => Promise.resolve(),
): Promise<Contents> {
  const contents: string[] = [];
  const loaded = new LoadedData();
  let offset = from;
  let missed: unknown;
  while (offset < log.highWatermark) {
    for (; offset < log.logStartOffset; offset += 1) contents.push(DELETED);
    const found = log.read(offset, 512, true, loaded);
    if (found.cold !== undefined) {
      const wanted = 'block' in found.cold ? found.cold.block : found.cold.segment;
      if (wanted === missed && !log.isLeading) return contents;
      missed = wanted;
      await hold();
      await log.load(found.cold, loaded);
      continue;
    }
    for (const batch of batchesIn(Buffer.concat(found.batches))) {
      for (const record of recordsOf(batch)) {
        if (record.offset < offset) continue;
        if (record.offset !== offset) throw new Error(`I3 violated: offset ${record.offset} follows ${offset - 1}`);
        contents.push((record.value ?? Buffer.alloc(0)).toString());
        offset += 1;
      }
    }
  }
  return contents;
}

/** A consumer that remembers what it has been shown, and insists that it stays so (I3). */
export class SimConsumer {
  readonly seen: string[] = [];
  private highestEpoch = 0;
  private highestWatermark = 0;
  private highestStart = 0;

  /**
   * @param from where to begin: what was seen already must be there again
   * @throws Error when the log contradicts what was shown before
   */
  async poll(log: PartitionLog, from: number, hold: () => Promise<void>): Promise<void> {
    const { highWatermark, logStartOffset, leaderEpoch } = log;
    // Who was deposed and doesn't know it answers UNKNOWN_LEADER_EPOCH to those who have read from a successor (KIP-320).
    if (leaderEpoch < this.highestEpoch) return;
    this.highestEpoch = leaderEpoch;
    if (logStartOffset < this.highestStart) {
      throw new Error(`I3 violated: the log start went back from ${this.highestStart} to ${logStartOffset}`);
    }
    this.highestStart = logStartOffset;
    if (highWatermark < this.highestWatermark) {
      throw new Error(`I3 violated: the high watermark went back from ${this.highestWatermark} to ${highWatermark}`);
    }
    this.highestWatermark = highWatermark;
    const contents = await readAll(log, from, hold);
    for (const [index, value] of contents.entries()) this.show(from + index, value);
  }

  /** Reads that take long end after later ones. */
  private show(offset: number, value: string): void {
    const before = this.seen[offset];
    if (before !== undefined && !isSame(before, value)) {
      throw new Error(`I3 violated: a consumer was shown ${before} at ${offset}, now ${value}`);
    }
    if (before === undefined || value === DELETED) this.seen[offset] = value;
  }
}
