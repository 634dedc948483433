import type { Logger } from '../logging/logger.js';
import type { ObjectStore } from '../storage/object-store.js';
import { BlockCache } from './block-cache.js';
import { batchesOfBlock, blockKey, CorruptBlockError, type Block } from './blocks.js';
import { CatchingUp } from './catching-up.js';
import { Downloads, type DownloadedRange } from './downloads.js';
import type { ReadClass } from './read-budget.js';
import { SegmentBlocks, type SegmentObserver } from './segment-blocks.js';
import type { SegmentBlock } from './segment-cut.js';

export interface BlockReaderOptions {
  /** Bound of the block cache and what is on its way into it, bytes. */
  readonly cacheBytes: number;
  /** Most requests at once for tail readers, 1 or more; backfill gets half as many, maintenance an eighth. */
  readonly maxConcurrentReads: number;
  /** Most bytes read ahead of one reader, if the cache has room; default 0. */
  readonly readaheadBytes?: number;
}

export interface ReadObserver extends SegmentObserver {
  /**
   * A reader was given batches of a block: from memory, or from the object store when the block had been read for the
   * first reader who was given some of it, be it ahead of time.
   */
  blockServed(source: 'memory' | 'store'): void;
}

export interface LoadOptions {
  /** Default: `tail`. What is read for maintenance is not kept in the block cache. */
  readonly readClass?: ReadClass;
}

/** A read on its way. */
interface Flight {
  readonly batches: Promise<readonly Buffer[]>;
  /** Whether the block is to be kept in the cache. */
  keep: boolean;
}

/**
 * Gives the batches of committed blocks: from the tail cache, from the block cache, or by a ranged GET of the whole
 * block, perhaps together with its neighbours. Readers that want the same block at the same time share that GET.
 */
export class BlockReader {
  /** How segments are cut into blocks. */
  readonly segments: SegmentBlocks;
  /** Most bytes to read ahead of one reader: no more than a quarter of the cache. */
  readonly readaheadBytes: number;
  /** Whose blocks are read together. */
  readonly catchingUp = new CatchingUp();
  private readonly cache: BlockCache;
  private readonly downloads: Downloads;
  private readonly flights = new Map<string, Flight>();

  constructor(
    store: Pick<ObjectStore, 'read'>,
    private readonly logger: Logger,
    options: BlockReaderOptions,
    private readonly observer?: ReadObserver,
  ) {
    this.cache = new BlockCache(options.cacheBytes);
    const { cacheBytes, maxConcurrentReads: most, readaheadBytes = 0 } = options;
    const part = (divisor: number) => Math.floor(cacheBytes / divisor);
    this.readaheadBytes = Math.min(readaheadBytes, part(4));
    const limits = {
      tail: { requests: most, bytes: part(4) },
      backfill: { requests: Math.ceil(most / 2), bytes: part(4) },
      maintenance: { requests: Math.ceil(most / 8), bytes: part(8) },
    };
    this.downloads = new Downloads(store, limits, this.cache);
    this.segments = new SegmentBlocks(this.downloads, logger, this.observer, (block, read) => this.keep(block, read));
  }

  /** Bytes of the block cache, and those on their way into it. */
  get usedBytes(): number {
    return this.cache.usedBytes;
  }

  /** The block's batches if they are in memory. */
  cached(block: Block): readonly Buffer[] | undefined {
    return block.batches ?? this.cache.get(blockKey(block));
  }

  /**
   * The block's batches, read from the object store unless they are in memory.
   *
   * @throws ObjectStoreError when the object can't be read now
   * @throws CorruptBlockError when the bytes are not what was written, also when read again
   */
  load(block: SegmentBlock, { readClass = 'tail' }: LoadOptions = {}): Promise<readonly Buffer[]> {
    const key = blockKey(block);
    const keep = readClass !== 'maintenance';
    const present = block.batches ?? (keep ? this.cache.get(key) : this.cache.peek(key));
    if (present !== undefined) return Promise.resolve(present);
    const flight = this.flights.get(key);
    if (flight === undefined) {
      const batches = this.start(block, readClass);
      if (readClass === 'backfill') this.loadTogether(this.jointRead(block));
      return batches;
    }
    flight.keep ||= keep;
    this.downloads.hurry(block.object.key, block.position, readClass);
    return flight.batches;
  }

  /**
   * Reads a block for whom nobody waits yet, and what others who catch up want of its object, if there is room for all
   * of it: what is read ahead may fill half of the cache.
   *
   * @returns whether the block is in memory or on its way
   */
  loadAhead(block: SegmentBlock): boolean {
    if (this.missing([block]).length === 0) return true;
    const blocks = this.jointRead(block);
    return this.downloads.hasRoom('backfill', bytesOf(blocks)) && this.loadTogether(blocks);
  }

  /** A reader was given batches of these blocks. */
  served(blocks: readonly Block[]): void {
    for (const block of blocks) {
      const isHit = block.batches !== undefined || this.cache.markRead(blockKey(block));
      this.observer?.blockServed(isHit ? 'memory' : 'store');
    }
  }

  /** @returns false when the cache has no room for them */
  private loadTogether(blocks: readonly SegmentBlock[]): boolean {
    if (this.cache.unreadBytes + bytesOf(blocks) > this.cache.capacityBytes / 2) return false;
    for (const block of blocks) {
      this.start(block, 'backfill').catch((error: unknown) => {
        // Whoever needs the block asks again.
        this.logger.debug({ event: 'readahead_failed', key: block.object.key, err: error }, 'readahead failed');
      });
    }
    return true;
  }

  /** A block and what others want of its object, as far as it is not there. */
  private jointRead(block: SegmentBlock): SegmentBlock[] {
    return this.missing(this.catchingUp.jointRead(block, this.cache.capacityBytes / 4));
  }

  /** Those that are neither in memory nor on their way. */
  private missing(blocks: readonly SegmentBlock[]): SegmentBlock[] {
    return blocks.filter((block) => {
      const key = blockKey(block);
      return block.batches === undefined && this.cache.peek(key) === undefined && !this.flights.has(key);
    });
  }

  private start(block: SegmentBlock, readClass: ReadClass): Promise<readonly Buffer[]> {
    const key = blockKey(block);
    const batches = this.read(block, key, readClass).finally(() => this.flights.delete(key));
    this.flights.set(key, { batches, keep: readClass !== 'maintenance' });
    return batches;
  }

  /** A damaged answer is asked for once more: what is stored may be whole. */
  private async read(block: SegmentBlock, key: string, readClass: ReadClass): Promise<readonly Buffer[]> {
    try {
      return await this.readOnce(block, key, readClass);
    } catch (error) {
      if (!(error instanceof CorruptBlockError)) throw error;
      this.logger.warn(
        { event: 'block_corrupt', key: block.object.key, err: error },
        'damaged block, reading it again',
      );
      return this.readAgain(block, key, readClass);
    }
  }

  private async readAgain(block: SegmentBlock, key: string, readClass: ReadClass): Promise<readonly Buffer[]> {
    try {
      return await this.readOnce(block, key, readClass, true);
    } catch (error) {
      if (error instanceof CorruptBlockError && block.indexed !== undefined) this.segments.distrustIndex(block.indexed);
      throw error;
    }
  }

  private async readOnce(
    block: Block,
    key: string,
    readClass: ReadClass,
    wasDamaged = false,
  ): Promise<readonly Buffer[]> {
    const range = { start: block.position, length: block.length };
    const { bytes, download } = await this.downloads.read(block.object.key, range, readClass, wasDamaged);
    const batches = batchesOfBlock(block, bytes);
    if (this.flights.get(key)?.keep === true) this.cache.add(key, batches, download);
    return batches;
  }

  /** Keeps a block that was read to find where it ends. What is damaged is left to whoever wants it. */
  private keep(block: Block, { bytes, download }: DownloadedRange): void {
    const batches = wholeBlock(block, bytes);
    if (batches !== undefined) this.cache.add(blockKey(block), batches, download);
  }
}

function bytesOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { length }) => sum + length, 0);
}

function wholeBlock(block: Block, bytes: Buffer): readonly Buffer[] | undefined {
  try {
    return batchesOfBlock(block, bytes);
  } catch (error) {
    if (error instanceof CorruptBlockError) return undefined;
    throw error;
  }
}
