import type { WalEntry } from '../storage/wal-format.js';
import type { Block } from './blocks.js';
import { indexFrom, latestOf } from './offset-order.js';

/** A committed WAL object, as far as readers need to know it. */
export interface WalObjectRef {
  readonly key: string;
  readonly incarnationId: string;
  /** The first sequence that it holds: {@link sequence} itself unless several objects were merged into it. */
  readonly firstSequence: number;
  readonly sequence: number;
  /** When its oldest records were sealed, by the clock of the broker that wrote it, ms since the Unix epoch. */
  readonly createdAt: number;
}

/** A contiguous run of a partition's committed batches: one byte range of one object. There are many in memory. */
export interface Extent extends Omit<WalEntry, 'producerBatches'> {
  readonly object: WalObjectRef;
  /** The batches themselves while they are in the tail cache. */
  batches: readonly Buffer[] | undefined;
}

/** How far ahead of a reader is looked for extents to read with those of other partitions, in extents. */
const SOON = 64;

/** Whether a block is one of a WAL object, and not of a segment. */
export function isExtent(block: Block): block is Extent {
  return 'incarnationId' in block.object;
}

/** An entry of a committed object as it is kept in memory. */
export function extentOf(entry: WalEntry, object: WalObjectRef, batches?: readonly Buffer[]): Extent {
  return {
    topicId: entry.topicId,
    topicName: entry.topicName,
    partition: entry.partition,
    leaderEpoch: entry.leaderEpoch,
    baseOffset: entry.baseOffset,
    lastOffset: entry.lastOffset,
    position: entry.position,
    length: entry.length,
    maxTimestamp: entry.maxTimestamp,
    batchCount: entry.batchCount,
    recordCount: entry.recordCount,
    object,
    batches,
  };
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

  /**
   * The extents of an object, of those from `offset` on that are `maxBytes` together, and no more than {@link SOON}.
   */
  soonIn(objectKey: string, offset: number, maxBytes: number): Extent[] {
    const first = indexFrom(this.extents, offset);
    let bytes = 0;
    return this.extents.slice(first, first + SOON).filter(({ object, length }) => {
      bytes += length;
      return object.key === objectKey && bytes <= maxBytes;
    });
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

/**
 * The extents of one object by partition, as far as they follow each other: between two runs there may be records that
 * another incarnation has written.
 *
 * @param extents in the order of a merged object
 */
export function contiguousRuns(extents: readonly Extent[]): [Extent, ...Extent[]][] {
  const runs: [Extent, ...Extent[]][] = [];
  for (const extent of extents) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const follows =
      before?.topicId === extent.topicId &&
      before.partition === extent.partition &&
      before.lastOffset + 1 === extent.baseOffset;
    if (follows) run?.push(extent);
    else runs.push([extent]);
  }
  return runs;
}
