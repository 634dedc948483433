import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, errorName } from '../../src/protocol/errors.js';
import { batchesIn } from '../../src/protocol/records/record-batch.js';
import { recordsOf } from '../../src/protocol/records/records.js';
import { Fetch } from '../../src/protocol/schema/index.js';
import { WireClient } from '../support/wire-client.js';
import type { History } from './history.js';

const FETCH_VERSION = 12;

/** What one partition has shown. */
interface Position {
  /** Keys of the records, by offset. */
  readonly keys: string[];
  /** −1 until a broker has told it. */
  highWatermark: number;
  logStartOffset: number;
}

/** Reads all partitions from their start, or from an offset, and insists that what was shown stays so (I3). */
export class ChaosConsumer {
  readonly positions: readonly Position[];
  private client: WireClient | undefined;
  private stopping = false;

  /** @param from offset to begin at, in all partitions */
  constructor(
    private readonly topic: string,
    partitions: number,
    private readonly bootstrap: () => string,
    private readonly history: History,
    from = 0,
  ) {
    this.positions = Array.from({ length: partitions }, () => ({
      keys: new Array<string>(from),
      highWatermark: -1,
      logStartOffset: 0,
    }));
  }

  get readRecords(): number {
    return this.positions.reduce((sum, { keys }) => sum + keys.length, 0);
  }

  /** Reads until {@link stop}. */
  async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.poll(300);
      } catch {
        this.history.lostConnections += 1;
        this.close();
        await delay(50);
      }
    }
    this.close();
  }

  stop(): void {
    this.stopping = true;
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  /** Reads up to the high watermarks that it is told first, or until {@link stop}. @throws {Error} when the connection is lost */
  async readToEnd(): Promise<void> {
    const ends = this.positions.map(() => -1);
    const isBehind = ({ keys }: Position, partition: number) => ends[partition]! < 0 || keys.length < ends[partition]!;
    do {
      await this.poll(0);
      for (const [partition, { highWatermark }] of this.positions.entries()) {
        if (ends[partition]! < 0) ends[partition] = highWatermark;
      }
    } while (!this.stopping && this.positions.some(isBehind));
  }

  private async poll(maxWaitMs: number): Promise<void> {
    const bootstrap = this.bootstrap();
    if (this.client?.bootstrap !== bootstrap) this.close();
    this.client ??= await WireClient.connect(bootstrap);
    const answer = await this.client.send(Fetch, FETCH_VERSION, {
      maxWaitMs,
      minBytes: 1,
      maxBytes: 8 * 1024 * 1024,
      topics: [
        {
          topic: this.topic,
          partitions: this.positions.map(({ keys }, partition) => ({
            partition,
            fetchOffset: keys.length,
            partitionMaxBytes: 1024 * 1024,
          })),
        },
      ],
    });
    for (const { partitions } of answer.responses) for (const partition of partitions) this.take(partition);
  }

  private take(answer: {
    partitionIndex: number;
    errorCode: number;
    highWatermark: number;
    logStartOffset: number;
    records: Buffer | readonly Buffer[] | null;
  }): void {
    const { partitionIndex: partition, errorCode } = answer;
    const position = this.positions[partition]!;
    if (errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      this.history.violation(`I3: offset ${position.keys.length} of partition ${partition} is out of range now`);
    }
    if (errorCode !== ErrorCode.NONE) {
      this.history.countError(errorCode);
      if (errorCode === ErrorCode.UNKNOWN_SERVER_ERROR) this.history.violation(`I9: fetch: ${errorName(errorCode)}`);
      return;
    }
    this.checkEnds(position, partition, answer);
    const bytes = Buffer.concat(Buffer.isBuffer(answer.records) ? [answer.records] : [...(answer.records ?? [])]);
    for (const batch of batchesIn(bytes)) {
      if (batch.computeCrc() !== batch.crc) this.history.violation(`I1: wrong CRC at ${batch.baseOffset}`);
      for (const { offset, key, value } of recordsOf(batch)) {
        if (offset < position.keys.length) continue;
        if (offset > position.keys.length) {
          this.history.violation(`I3: offset ${offset} of partition ${partition} follows ${position.keys.length - 1}`);
          return;
        }
        const text = String(key);
        if (value === null || !value.toString().startsWith(text)) this.history.violation(`I1: wrong value of ${text}`);
        position.keys.push(text);
      }
    }
  }

  private checkEnds(
    position: Position,
    partition: number,
    { highWatermark, logStartOffset }: { highWatermark: number; logStartOffset: number },
  ): void {
    if (highWatermark < position.highWatermark) {
      this.history.violation(
        `I3: high watermark of partition ${partition} went back from ${position.highWatermark} to ${highWatermark}`,
      );
    }
    if (logStartOffset < position.logStartOffset) {
      this.history.violation(`I3: log start offset of partition ${partition} went back to ${logStartOffset}`);
    }
    position.highWatermark = highWatermark;
    position.logStartOffset = logStartOffset;
  }
}
