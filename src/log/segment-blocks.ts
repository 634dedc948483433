import { LRUCache } from 'lru-cache';
import type { Logger } from '../logging/logger.js';
import { ObjectNotFoundError } from '../storage/object-store.js';
import { SegmentFormatError } from '../storage/segment-format.js';
import { announcedIndexBytes, decodeSegmentIndex } from '../storage/segment-index.js';
import type { DownloadedRange, Downloads } from './downloads.js';
import type { ReadClass } from './read-budget.js';
import { cutAtEntries, wholeSegment, type SegmentBlock, type SegmentRef } from './segment-cut.js';
import { scanSegment } from './segment-scan.js';

export interface SegmentObserver {
  /** An index was missing or wrong, and the whole segment was read instead. */
  segmentIndexRebuilt(): void;
  /** A segment is not what was written. */
  segmentDamaged(): void;
}

/** Segments up to this size are one block, and are read without their index. */
const MAX_SINGLE_BLOCK_BYTES = 12 * 1024 * 1024;
/** What is asked of an index at first: 21,000 entries, which is all there is but for tiny records. */
const INDEX_READ_BYTES = 256 * 1024;
/** Bound of the blocks in memory, bytes: those of 20,000 segments. */
const CACHE_BYTES = 32 * 1024 * 1024;
const BYTES_PER_BLOCK = 200;

/** Cuts segments into blocks, by their indexes, which are read once and kept while they are used. */
export class SegmentBlocks {
  private readonly blocks = new LRUCache<string, readonly SegmentBlock[]>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (blocks) => (blocks.length + 1) * BYTES_PER_BLOCK,
  });
  private readonly loading = new Map<string, Promise<readonly SegmentBlock[]>>();
  /** Segments whose indexes have led to the wrong bytes. */
  private readonly distrusted = new LRUCache<string, true>({ max: 1000 });

  /** @param keep is given the blocks of a segment that was read whole, so that they need not be read again */
  constructor(
    private readonly downloads: Downloads,
    private readonly logger: Logger,
    private readonly observer: SegmentObserver | undefined,
    private readonly keep: (block: SegmentBlock, read: DownloadedRange) => void,
  ) {}

  /** The segment's blocks, in offset order, if they are known without asking the object store. */
  cached(segment: SegmentRef): readonly SegmentBlock[] | undefined {
    return isSingleBlock(segment) ? [wholeSegment(segment)] : this.blocks.get(segment.key);
  }

  /**
   * The segment's blocks, in offset order.
   *
   * @throws ObjectStoreError when neither index nor segment can be read now
   */
  load(segment: SegmentRef, readClass: ReadClass = 'tail'): Promise<readonly SegmentBlock[]> {
    const present = this.cached(segment);
    if (present !== undefined) return Promise.resolve(present);
    let loading = this.loading.get(segment.key);
    if (loading === undefined) {
      loading = this.find(segment, readClass).finally(() => this.loading.delete(segment.key));
      this.loading.set(segment.key, loading);
    } else {
      this.downloads.hurry(segment.indexKey, 0, readClass);
    }
    return loading;
  }

  /** A block that this index has led to does not hold what it should: the next load reads the segment instead. */
  distrustIndex(segment: SegmentRef): void {
    this.distrusted.set(segment.key, true);
    this.blocks.delete(segment.key);
  }

  private async find(segment: SegmentRef, readClass: ReadClass): Promise<readonly SegmentBlock[]> {
    const blocks = (await this.cutByIndex(segment, readClass)) ?? (await this.scan(segment, readClass));
    this.blocks.set(segment.key, blocks);
    return blocks;
  }

  /** @returns undefined when there is no index, or none that can be used */
  private async cutByIndex(segment: SegmentRef, readClass: ReadClass): Promise<readonly SegmentBlock[] | undefined> {
    const { key, indexKey } = segment;
    let reason: unknown = new SegmentFormatError(`${indexKey} has led to the wrong bytes`);
    if (!this.distrusted.has(key)) {
      try {
        return cutAtEntries(segment, decodeSegmentIndex(await this.readIndex(segment, readClass), indexKey));
      } catch (error) {
        if (!(error instanceof ObjectNotFoundError || error instanceof SegmentFormatError)) throw error;
        reason = error;
      }
    }
    this.logger.warn(
      { event: 'segment_index_unusable', key, err: reason },
      'no usable index, reading the whole segment',
    );
    return undefined;
  }

  private async readIndex({ indexKey, sizeBytes }: SegmentRef, readClass: ReadClass): Promise<Buffer> {
    const { bytes } = await this.downloads.read(indexKey, { start: 0, length: INDEX_READ_BYTES }, readClass);
    if (bytes.length < INDEX_READ_BYTES) return bytes;
    const length = announcedIndexBytes(bytes);
    // An index is far smaller than its segment: one that says otherwise is damaged, and not worth the memory.
    if (length <= bytes.length || length > sizeBytes) return bytes;
    return (await this.downloads.read(indexKey, { start: 0, length }, readClass)).bytes;
  }

  private async scan(segment: SegmentRef, readClass: ReadClass): Promise<readonly SegmentBlock[]> {
    const blocks: SegmentBlock[] = [];
    const onDamage = (error: SegmentFormatError) => {
      this.logger.error({ event: 'segment_damaged', key: segment.key, err: error }, 'a segment is damaged');
      this.observer?.segmentDamaged();
    };
    for await (const { block, read } of scanSegment(segment, this.downloads, readClass, onDamage)) {
      blocks.push(block);
      if (read !== undefined && readClass !== 'maintenance') this.keep(block, read);
    }
    this.observer?.segmentIndexRebuilt();
    return blocks;
  }
}

function isSingleBlock({ sizeBytes }: SegmentRef): boolean {
  return sizeBytes <= MAX_SINGLE_BLOCK_BYTES;
}
