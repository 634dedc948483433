import { ObjectStoreError, type ByteRange, type ObjectStore } from '../storage/object-store.js';
import { READ_CLASSES, ReadBudget, type ReadClass, type ReadLimits } from './read-budget.js';

/** Most bytes between two ranges that are read together, which are thrown away. */
const MAX_GAP_BYTES = 64 * 1024;
/** Most bytes of one request for several ranges. */
const MAX_JOINED_BYTES = 16 * 1024 * 1024;

/** Bytes that one request has brought: shared by the ranges that were read together, and in memory until all are gone. */
export interface Download {
  readonly sizeBytes: number;
}

/** A range that was read, or what there is of it when the object ends before. */
export interface DownloadedRange {
  readonly bytes: Buffer;
  readonly download: Download;
}

/** Is told what is about to be in memory. */
export interface DownloadMemory {
  /** Called before a request is made. */
  reserve(bytes: number): void;
  /** Called when its bytes have come, or won't. */
  release(bytes: number): void;
}

interface WantedRange {
  readonly key: string;
  readonly start: number;
  /** First byte after the range. */
  readonly end: number;
  /** The last answer was damaged: to be read from the original. */
  readonly wasDamaged: boolean;
  readClass: ReadClass;
  readonly resolve: (range: DownloadedRange) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads ranges of objects, a bounded number at once for each class of readers. Neighbouring ranges of one object that
 * are asked for in the same turn, or while they wait, are read by one request.
 */
export class Downloads {
  /** In the order in which they were asked for. */
  private waiting: WantedRange[] = [];
  private readonly budgets: Readonly<Record<ReadClass, ReadBudget>>;
  private isScheduled = false;

  constructor(
    private readonly store: Pick<ObjectStore, 'read'>,
    limits: Readonly<Record<ReadClass, ReadLimits>>,
    private readonly memory: DownloadMemory,
  ) {
    this.budgets = {
      tail: new ReadBudget(limits.tail),
      backfill: new ReadBudget(limits.backfill),
      maintenance: new ReadBudget(limits.maintenance),
    };
  }

  /** Whether so many bytes more for this class would keep to its bound, with those that are waited for. */
  hasRoom(readClass: ReadClass, bytes: number): boolean {
    const waiting = this.waiting.filter((range) => range.readClass === readClass);
    return this.budgets[readClass].allows(waiting.reduce((sum, { start, end }) => sum + end - start, bytes));
  }

  /**
   * @param wasDamaged the last answer to this read was: it is read from the original, where the store has copies
   * @throws ObjectStoreError when the object can't be read
   */
  read(key: string, { start, length }: ByteRange, readClass: ReadClass, wasDamaged = false): Promise<DownloadedRange> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, start, end: start + length, wasDamaged, readClass, resolve, reject });
      this.schedule();
    });
  }

  /** Somebody more urgent wants a range too, if it still waits. */
  hurry(key: string, start: number, readClass: ReadClass): void {
    const range = this.waiting.find((wanted) => wanted.key === key && wanted.start === start);
    if (range === undefined || READ_CLASSES.indexOf(range.readClass) <= READ_CLASSES.indexOf(readClass)) return;
    range.readClass = readClass;
    this.schedule();
  }

  /** Requests are made when the running code has asked for all that it wants. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.startWaiting();
    });
  }

  private startWaiting(): void {
    for (const readClass of READ_CLASSES) {
      for (;;) {
        const { room } = this.budgets[readClass];
        if (room === undefined) break;
        const first = this.waiting.find((range) => range.readClass === readClass);
        if (first === undefined) break;
        const ranges = this.withNeighbours(first);
        // Neighbours wait together: whoever went alone would have the others cost a request of their own.
        if (lengthOf(ranges) > room) break;
        const started = new Set(ranges);
        this.waiting = this.waiting.filter((range) => !started.has(range));
        this.start(ranges, readClass);
      }
    }
  }

  /** A range and those next to it, of those that wait, in the order of their bytes. */
  private withNeighbours(first: WantedRange): readonly WantedRange[] {
    const candidates = this.waiting
      .filter(({ key, wasDamaged }) => key === first.key && wasDamaged === first.wasDamaged)
      .sort((a, b) => a.start - b.start);
    let from = candidates.indexOf(first);
    let to = from + 1;
    let { start, end } = first;
    for (let grown = true; grown;) {
      grown = false;
      const before = candidates[from - 1];
      if (before && start - before.end <= MAX_GAP_BYTES && end - before.start <= MAX_JOINED_BYTES) {
        start = before.start;
        from -= 1;
        grown = true;
      }
      const after = candidates[to];
      if (after && after.start - end <= MAX_GAP_BYTES && Math.max(end, after.end) - start <= MAX_JOINED_BYTES) {
        end = Math.max(end, after.end);
        to += 1;
        grown = true;
      }
    }
    return candidates.slice(from, to);
  }

  private start(ranges: readonly WantedRange[], readClass: ReadClass): void {
    const [first] = ranges as [WantedRange];
    const { start, wasDamaged } = first;
    const length = lengthOf(ranges);
    const budget = this.budgets[readClass];
    budget.take(length);
    this.memory.reserve(length);
    const done = () => {
      budget.give(length);
      this.memory.release(length);
      this.schedule();
    };
    this.store.read(first.key, { start, length }, { wasDamaged }).then(
      (bytes) => {
        budget.succeeded();
        done();
        const download = { sizeBytes: bytes.length };
        for (const range of ranges) {
          range.resolve({ bytes: bytes.subarray(range.start - start, range.end - start), download });
        }
      },
      (error: unknown) => {
        if (error instanceof ObjectStoreError && error.slowDown) budget.slowDown();
        done();
        for (const range of ranges) range.reject(error);
      },
    );
  }
}

/** Of all ranges together with what is between them, bytes. */
function lengthOf(ranges: readonly WantedRange[]): number {
  const ends = ranges.map(({ end }) => end);
  return Math.max(...ends) - (ranges[0]?.start ?? 0);
}
