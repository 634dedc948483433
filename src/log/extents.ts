import type { WalEntry } from '../storage/wal-format.js';

/** A committed WAL object, as far as readers need to know it. */
export interface WalObjectRef {
  readonly key: string;
  readonly incarnationId: string;
  readonly sequence: number;
  /** When it was sealed, by the clock of the broker that wrote it, ms since the Unix epoch. */
  readonly createdAt: number;
}

/** A contiguous run of a partition's committed batches: one byte range of one object. */
export interface Extent extends WalEntry {
  readonly object: WalObjectRef;
  /** The batches themselves while they are in the tail cache. */
  batches: readonly Buffer[] | undefined;
}

/** The committed extents of one partition, in offset order and without overlap (I2, I3). */
export class ExtentIndex {
  private readonly extents: Extent[] = [];
  private bytes = 0;

  /** Bytes of all batches. */
  get totalBytes(): number {
    return this.bytes;
  }

  get length(): number {
    return this.extents.length;
  }

  at(index: number): Extent | undefined {
    return this.extents[index];
  }

  /**
   * Adds the extent that follows all others.
   *
   * @throws Error when it overlaps what is there (I2)
   */
  append(extent: Extent): void {
    const last = this.extents.at(-1);
    if (last !== undefined && extent.baseOffset <= last.lastOffset) {
      throw new Error(
        `I2 violated: ${extent.object.key} holds offsets from ${extent.baseOffset}, but ${last.object.key} ends at ${last.lastOffset}`,
      );
    }
    this.extents.push(extent);
    this.bytes += extent.length;
  }

  /** Forgets the extents all of whose records are below `offset`. */
  dropBefore(offset: number): void {
    for (const { length } of this.extents.splice(0, this.indexOf(offset))) this.bytes -= length;
  }

  /** Position in the index of the first extent whose last offset is at or after `offset`; `length` when there is none. */
  indexOf(offset: number): number {
    let low = 0;
    let high = this.extents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.extents[middle] as Extent).lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The earliest extent with the largest timestamp, of those from position `from` on. */
  withMaxTimestamp(from = 0): Extent | undefined {
    let best: Extent | undefined;
    for (let index = from; index < this.extents.length; index += 1) {
      const extent = this.extents[index] as Extent;
      if (best === undefined || extent.maxTimestamp > best.maxTimestamp) best = extent;
    }
    return best;
  }

  /** The last extent that was written under this leader epoch or an older one: epochs never go back. */
  lastUpToEpoch(epoch: number): Extent | undefined {
    let low = 0;
    let high = this.extents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.extents[middle] as Extent).leaderEpoch <= epoch) low = middle + 1;
      else high = middle;
    }
    return this.extents[low - 1];
  }
}
