import { EventEmitter, once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type {
  DisturbanceEvent,
  GroupEvent,
  HistoryEvent,
  ProducerEvent,
  ReaderEvent,
  SurfacedEvent,
} from '../checker/events.js';

type Timeless = ProducerEvent | ReaderEvent | GroupEvent | SurfacedEvent | DisturbanceEvent;

/** Keeps the history of a run, in memory and in `history.jsonl` of a folder, one event a line. */
export class Recorder {
  readonly events: HistoryEvent[] = [];
  /** Records that were acknowledged. */
  acknowledged = 0;
  /** Records that were shown to readers, each as often as it was. */
  shown = 0;
  /** By partition: the offset behind the last record that anybody was told of. */
  readonly ends = new Map<number, number>();
  /** By group: the offsets that it was last seen to have committed, by partition. */
  readonly committed = new Map<string, Readonly<Record<number, number>>>();
  /** Producers that were acknowledged something, and members that committed something. */
  readonly atWork = new Set<string>();
  private readonly acknowledgedIn = new Map<number, number>();
  private readonly file: WriteStream;
  private readonly changes = new EventEmitter();

  constructor(readonly folder: string) {
    this.file = createWriteStream(join(folder, 'history.jsonl'));
  }

  add(event: Timeless): void {
    const timed: HistoryEvent = { at: Date.now(), ...event };
    this.events.push(timed);
    this.file.write(`${JSON.stringify(timed)}\n`);
    if (event.type === 'committed') this.committed.set(event.group, event.offsets);
    if (event.type === 'poll') {
      this.shown += event.keys.length;
      this.learnEnd(event.partition, event.offset + event.keys.length);
    }
    if (event.type === 'commit') this.atWork.add(event.reader);
    if (event.type !== 'ack') return;
    this.atWork.add(event.producer);
    this.acknowledged += event.count;
    this.acknowledgedIn.set(event.partition, (this.acknowledgedIn.get(event.partition) ?? 0) + event.count);
    if (event.offset !== null) this.learnEnd(event.partition, event.offset + event.count);
    this.changes.emit('acknowledged');
  }

  /** Whether the group was seen to have committed all that anybody was told of. */
  hasCaughtUp(group: string): boolean {
    const offsets = this.committed.get(group) ?? {};
    return [...this.ends].every(([partition, end]) => (offsets[partition] ?? -1) >= end);
  }

  /** Resolves when something more was acknowledged in each partition. @throws {Error} after `timeoutMs` */
  async progressEverywhere(partitions: number, timeoutMs: number): Promise<void> {
    const before = new Map(this.acknowledgedIn);
    const stuck = () =>
      Array.from({ length: partitions }, (_, partition) => partition).filter(
        (partition) => (this.acknowledgedIn.get(partition) ?? 0) === (before.get(partition) ?? 0),
      );
    const signal = AbortSignal.timeout(timeoutMs);
    while (stuck().length > 0) {
      try {
        await once(this.changes, 'acknowledged', { signal });
      } catch (error) {
        const where = stuck().join(', ');
        if (where === '') return;
        throw new Error(`nothing was acknowledged in partitions ${where} for ${timeoutMs} ms`, { cause: error });
      }
    }
  }

  private learnEnd(partition: number, end: number): void {
    this.ends.set(partition, Math.max(this.ends.get(partition) ?? 0, end));
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.file.end();
    if (!this.file.closed) await once(this.file, 'close');
  }
}
