import type { Manifest, Segment } from '../storage/manifest-format.js';
import type { ProducerBatch } from '../storage/wal-format.js';
import type { BlockReader } from './block-reader.js';
import { batchFrom, blockKey, type Block } from './blocks.js';
import { coldKey, LoadedData, type ColdData } from './cold-data.js';
import { EpochHistory } from './epoch-history.js';
import { ExtentIndex, type Extent } from './extents.js';
import { indexFrom } from './offset-order.js';
import { Readahead } from './readahead.js';
import type { SegmentBlock, SegmentRef } from './segment-cut.js';
import { SegmentList } from './segment-list.js';

/** What recovery found of a partition: everything that was committed. */
export interface RecoveredLog {
  readonly logStartOffset: number;
  /** What is told of offsets below its checkpoint. */
  readonly manifest: Manifest;
  /** In offset order, those that have batches at or above the checkpoint. */
  readonly extents: readonly Extent[];
  /** Of idempotent producers, in offset order, since the checkpoint or from somewhat before it on. */
  readonly producerBatches: readonly ProducerBatch[];
}

/** What of a partition is in no segment yet and was not deleted. Costs nothing to ask for. */
export interface Backlog {
  readonly bytes: number;
  readonly extents: number;
  /** When the oldest of it was written, ms since the Unix epoch; undefined when there is none. */
  readonly oldestAt: number | undefined;
}

/** What one read found. */
export interface LogRead {
  /** Whole batches, the first of which may start before the offset that was asked for. */
  readonly batches: readonly Buffer[];
  readonly sizeBytes: number;
  /** What the batches are of. */
  readonly blocks: readonly Block[];
  /** Set when nothing could be read because this is not in memory: load it, then read again. */
  readonly cold?: ColdData;
}

/** A contiguous run of committed records, with what a search needs to know of it. */
export type LogPart = Segment | Extent;

const NONE_LOADED = new LoadedData();

/**
 * What is committed of one partition: below the checkpoint the segments that the manifest names, from there on extents of
 * WAL objects. An extent may begin below the checkpoint; what it holds there is read from segments.
 *
 * `logStartOffset ≤ endOffset` and `checkpointOffset ≤ endOffset`; the log start may be on either side of the checkpoint.
 */
export class CommittedLog {
  private current: Manifest;
  private segments: SegmentList;
  /** At or above the log start and the checkpoint. */
  private extents = new ExtentIndex();
  /** Below the log start, but not below the checkpoint. */
  private readonly deleted: Extent[] = [];
  private readonly epochs: EpochHistory;
  private readonly readahead: Readahead;
  private startOffset: number;
  private committedEnd: number;

  /**
   * @param name for messages
   * @param refOf where a segment of this partition is
   * @throws Error when records are missing (I3) or there twice (I2)
   */
  constructor(
    private readonly name: string,
    recovered: RecoveredLog,
    private readonly reader: BlockReader,
    private readonly refOf: (segment: Segment) => SegmentRef,
  ) {
    const { manifest, extents, logStartOffset } = recovered;
    this.current = manifest;
    this.startOffset = logStartOffset;
    this.segments = new SegmentList(manifest.segments, logStartOffset);
    this.epochs = new EpochHistory(manifest.epochs);
    this.committedEnd = Math.min(extents[0]?.baseOffset ?? manifest.checkpointOffset, manifest.checkpointOffset);
    for (const extent of extents) this.adopt(extent);
    if (this.committedEnd < Math.max(manifest.checkpointOffset, logStartOffset)) {
      throw new Error(
        `I3 violated: ${name} starts at ${logStartOffset} and has its checkpoint at ${manifest.checkpointOffset}, but ` +
          `what is committed ends at ${this.committedEnd}`,
      );
    }
    this.hideDeleted();
    const sequence = {
      blockFrom: (offset: number) => this.blockAhead(offset),
      blocksIn: (objectKey: string, offset: number, maxBytes: number) =>
        this.extents.soonIn(objectKey, Math.max(offset, this.current.checkpointOffset), maxBytes),
    };
    this.readahead = new Readahead(sequence, reader, reader.readaheadBytes);
  }

  get manifest(): Manifest {
    return this.current;
  }

  /** Offset of the first record that was not deleted. */
  get logStartOffset(): number {
    return this.startOffset;
  }

  /** Offset after the last committed record. */
  get endOffset(): number {
    return this.committedEnd;
  }

  /** Bytes of all batches that were not deleted; an extent that begins below the checkpoint counts whole. */
  get sizeBytes(): number {
    return this.segments.totalBytes + this.extents.totalBytes;
  }

  /** What is in no segment yet and was not deleted. */
  get backlog(): Backlog {
    const { totalBytes: bytes, length: extents } = this.extents;
    return { bytes, extents, oldestAt: this.extents.from(0)?.object.createdAt };
  }

  /** The extents that have records at or after the checkpoint, in offset order, also those below the log start. */
  uncompacted(): Extent[] {
    return [...this.deleted, ...this.extents.all()];
  }

  /** @throws Error when the extent does not follow what is committed (I2, I3) */
  adopt(extent: Extent): void {
    if (extent.baseOffset !== this.committedEnd) {
      throw new Error(
        `I3 violated: ${this.name} ends at ${this.committedEnd}, ${extent.object.key} starts at ${extent.baseOffset}`,
      );
    }
    this.extents.append(extent);
    this.epochs.wrote(extent.leaderEpoch, extent.baseOffset);
    this.committedEnd = extent.lastOffset + 1;
  }

  /** Takes over a manifest that was committed: what is below its checkpoint is read from its segments from now on. */
  adoptManifest(manifest: Manifest): void {
    if (manifest.checkpointOffset > this.committedEnd || manifest.checkpointOffset < this.current.checkpointOffset) {
      throw new Error(
        `I3 violated: ${this.name} ends at ${this.committedEnd}, its checkpoint cannot move from ` +
          `${this.current.checkpointOffset} to ${manifest.checkpointOffset}`,
      );
    }
    this.current = manifest;
    this.startOffset = Math.max(this.startOffset, manifest.logStartOffset);
    this.segments = new SegmentList(manifest.segments, this.startOffset);
    this.hideDeleted();
    this.extents.dropBefore(manifest.checkpointOffset);
    this.deleted.splice(0, indexFrom(this.deleted, manifest.checkpointOffset));
  }

  /**
   * The same records are in a merged object too: its extents take the place of those that it was made of. What has been
   * compacted since stays away.
   *
   * @param merged in offset order
   * @throws Error when other records would be there afterwards than before (I3)
   */
  replaceExtents(merged: readonly Extent[]): void {
    const all = this.uncompacted();
    const [first, last] = [merged[0], merged.at(-1)];
    if (first === undefined || last === undefined) return;
    const start = indexFrom(all, first.baseOffset);
    const replaced = all.slice(start, indexFrom(all, last.lastOffset) + 1);
    const [oldest, newest] = [replaced[0], replaced.at(-1)];
    // All of it has been compacted.
    if (oldest === undefined || newest === undefined || oldest.baseOffset > last.lastOffset) return;
    const { object } = first;
    const isCovered = ({ object: { incarnationId, firstSequence, sequence } }: Extent) =>
      incarnationId === object.incarnationId && firstSequence >= object.firstSequence && sequence <= object.sequence;
    const needed = merged.slice(indexFrom(merged, oldest.baseOffset));
    if (newest.lastOffset !== last.lastOffset || !replaced.every(isCovered)) {
      throw new Error(
        `I3 violated: ${object.key} holds offsets ${first.baseOffset} to ${last.lastOffset} of ${this.name} and cannot ` +
          `replace ${oldest.baseOffset} to ${newest.lastOffset} of ${oldest.object.key} to ${newest.object.key}`,
      );
    }
    all.splice(start, replaced.length, ...needed);
    this.extents = new ExtentIndex();
    this.deleted.splice(0);
    for (const extent of all) this.extents.append(extent);
    this.hideDeleted();
  }

  /** Moves the log start up, never back (I3), and not beyond the end. */
  raiseLogStart(offset: number): void {
    if (offset <= this.startOffset) return;
    this.startOffset = Math.min(offset, this.committedEnd);
    this.segments = this.segments.startingAt(this.startOffset);
    this.hideDeleted();
  }

  private hideDeleted(): void {
    this.deleted.push(...this.extents.dropBefore(this.startOffset));
  }

  /** The newest epoch up to `epoch` that wrote what is left, and where it ended. */
  endOfEpoch(epoch: number): { epoch: number; endOffset: number } | undefined {
    return this.epochs.endOf(epoch, this.startOffset, this.committedEnd);
  }

  /** The leader epochs that began below `offset`, as a manifest tells them. */
  epochsBefore(offset: number): Manifest['epochs'] {
    return this.epochs.before(offset, this.startOffset);
  }

  /**
   * Reads whole batches from memory.
   *
   * @param offset from the log start offset to the end; a batch that contains it is returned from its start
   * @param maxBytes most bytes to return
   * @param atLeastOne return the first batch even when it alone is larger than `maxBytes` (KIP-74)
   * @param loaded what the reader itself has had loaded
   */
  read(offset: number, maxBytes: number, atLeastOne: boolean, loaded = NONE_LOADED): LogRead {
    const batches: Buffer[] = [];
    const blocks: Block[] = [];
    let sizeBytes = 0;
    for (let next = offset; next < this.committedEnd;) {
      const found = this.lookUp(next, loaded);
      if (found === undefined) break;
      if (!('batches' in found)) return { batches, sizeBytes, blocks, ...(batches.length === 0 && { cold: found }) };
      for (let at = batchFrom(found.batches, next); at < found.batches.length; at += 1) {
        const batch = found.batches[at] as Buffer;
        const fits = sizeBytes + batch.length <= maxBytes;
        if (!fits && !(atLeastOne && batches.length === 0)) return { batches, sizeBytes, blocks };
        if (blocks.at(-1) !== found.block) blocks.push(found.block);
        batches.push(batch);
        sizeBytes += batch.length;
      }
      next = found.block.lastOffset + 1;
    }
    return { batches, sizeBytes, blocks };
  }

  /** Takes note of what a reader was given: the blocks of a {@link LogRead}. */
  served(blocks: readonly Block[]): void {
    this.reader.served(blocks);
    for (const block of blocks) this.readahead.wasRead(block);
  }

  /** Brings what {@link read} found cold into memory. Throws ObjectStoreError, CorruptBlockError. */
  async load(cold: ColdData, loaded = new LoadedData()): Promise<void> {
    const { reader } = this;
    if ('segment' in cold) loaded.blocks.set(coldKey(cold), await reader.segments.load(cold.segment));
    else {
      const readClass = this.readahead.classOf(cold.block);
      loaded.batches.set(coldKey(cold), await reader.load(cold.block, { readClass }));
    }
  }

  /** The first part that has records at or after `offset`. */
  partFrom(offset: number): LogPart | undefined {
    const { checkpointOffset } = this.current;
    const segment = offset < checkpointOffset ? this.segments.from(offset) : undefined;
    return segment ?? this.extents.from(Math.max(offset, checkpointOffset));
  }

  /** The earliest part with the largest timestamp, of those with records at or after `offset`. */
  partWithMaxTimestamp(offset: number): LogPart | undefined {
    const segment = this.segments.withMaxTimestamp(offset);
    const extent = this.extents.withMaxTimestamp(offset);
    if (segment === undefined || extent === undefined) return segment ?? extent;
    return extent.maxTimestamp > segment.maxTimestamp ? extent : segment;
  }

  /** The blocks of a part, in offset order. Throws ObjectStoreError. */
  async blocksOf(part: LogPart): Promise<readonly SegmentBlock[]> {
    return isExtent(part) ? [part] : this.reader.segments.load(this.refOf(part));
  }

  /** The block that holds `offset`, or the first one after it, with its batches; or what has to be loaded first. */
  private lookUp(
    offset: number,
    loaded: LoadedData,
  ): { readonly block: SegmentBlock; readonly batches: readonly Buffer[] } | ColdData | undefined {
    const place = this.placeOf(offset, loaded);
    if (place === undefined || 'segment' in place) return place;
    const { block } = place;
    const batches = this.reader.cached(block) ?? loaded.batches.get(blockKey(block));
    return batches === undefined ? place : { block, batches };
  }

  /** The block that holds `offset`, or the first one after it; or the segment of which that has to be found out first. */
  private placeOf(offset: number, loaded: LoadedData): ColdData | undefined {
    const part = this.partFrom(offset);
    if (part === undefined) return undefined;
    if (isExtent(part)) return { block: part };
    const segment = this.refOf(part);
    const blocks = this.reader.segments.cached(segment) ?? loaded.blocks.get(segment.key);
    if (blocks === undefined) return { segment };
    const block = blocks[indexFrom(blocks, offset)];
    return block && { block };
  }

  /** As {@link Readahead} asks for it. */
  private blockAhead(offset: number): SegmentBlock | undefined | Promise<SegmentBlock | undefined> {
    const place = this.placeOf(offset, NONE_LOADED);
    if (place === undefined || 'block' in place) return place?.block;
    const loading = this.reader.segments.load(place.segment, 'backfill');
    return loading.then((blocks) => blocks[indexFrom(blocks, offset)]);
  }
}

function isExtent(part: LogPart): part is Extent {
  return 'object' in part;
}
