import type { WalEntry } from '../storage/wal-format.js';
import { indexFrom, latestOf } from './offset-order.js';

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

/** Committed extents of one partition, in offset order and without overlap (I2, I3). */
export class ExtentIndex {
  private readonly extents: Extent[] = [];
  private bytes = 0;

  get length(): number {
    return this.extents.length;
  }

  /** Bytes of all batches. */
  get totalBytes(): number {
    return this.bytes;
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

  /** Takes out the extents all of whose records are below `offset`. */
  dropBefore(offset: number): Extent[] {
    const dropped = this.extents.splice(0, indexFrom(this.extents, offset));
    for (const { length } of dropped) this.bytes -= length;
    return dropped;
  }

  /** The first extent that has records at or after `offset`. */
  from(offset: number): Extent | undefined {
    return this.extents[indexFrom(this.extents, offset)];
  }

  /** All extents, in offset order. */
  all(): readonly Extent[] {
    return this.extents;
  }

  /** The earliest extent with the largest timestamp, of those with records at or after `offset`. */
  withMaxTimestamp(offset: number): Extent | undefined {
    return latestOf(this.extents, indexFrom(this.extents, offset));
  }
}
