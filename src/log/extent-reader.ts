import { LRUCache } from 'lru-cache';
import { batchesIn } from '../protocol/records/record-batch.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Extent } from './extents.js';

/** What a cached batch costs besides its bytes: the buffer object that refers to it. */
const OVERHEAD_PER_BATCH_BYTES = 200;

export interface ExtentReaderOptions {
  /** Bound of the block cache, bytes. */
  readonly cacheBytes: number;
  /** Most reads from the object store at once, 1 or more. */
  readonly maxConcurrentReads: number;
}

/** A stored byte range does not hold the batches that its footer promised. */
export class CorruptExtentError extends Error {
  override readonly name = 'CorruptExtentError';
}

/**
 * Gives the batches of committed extents: from the tail cache, from the block cache, or by one ranged GET of the whole
 * extent. Readers that want the same extent at the same time share that GET (single flight).
 */
export class ExtentReader {
  private readonly blocks: LRUCache<string, readonly Buffer[]>;
  private readonly loading = new Map<string, Promise<readonly Buffer[]>>();
  private readonly queue: (() => void)[] = [];
  private active = 0;

  constructor(
    private readonly store: ObjectStore,
    private readonly options: ExtentReaderOptions,
  ) {
    this.blocks = new LRUCache({ maxSize: Math.max(1, options.cacheBytes) });
  }

  /** The extent's batches if they are in memory. */
  cached(extent: Extent): readonly Buffer[] | undefined {
    return extent.batches ?? this.blocks.get(blockKey(extent));
  }

  /**
   * The extent's batches, read from the object store unless they are in memory.
   *
   * @throws ObjectStoreError when the object can't be read now
   * @throws CorruptExtentError when the bytes are not what was written
   */
  load(extent: Extent): Promise<readonly Buffer[]> {
    const key = blockKey(extent);
    const present = extent.batches ?? this.blocks.get(key);
    if (present !== undefined) return Promise.resolve(present);
    let loading = this.loading.get(key);
    if (loading === undefined) {
      loading = this.read(extent, key).finally(() => this.loading.delete(key));
      this.loading.set(key, loading);
    }
    return loading;
  }

  private async read(extent: Extent, key: string): Promise<readonly Buffer[]> {
    await this.acquire();
    try {
      const bytes = await this.store.read(extent.object.key, { start: extent.position, length: extent.length });
      const batches = splitBatches(bytes, extent);
      this.blocks.set(key, batches, { size: bytes.length + batches.length * OVERHEAD_PER_BATCH_BYTES });
      return batches;
    } finally {
      this.release();
    }
  }

  private async acquire(): Promise<void> {
    if (this.active < this.options.maxConcurrentReads) {
      this.active += 1;
      return;
    }
    await new Promise<void>((resolve) => this.queue.push(resolve));
  }

  /** Hands the place on to the next in the queue. */
  private release(): void {
    const next = this.queue.shift();
    if (next === undefined) this.active -= 1;
    else next();
  }
}

function blockKey(extent: Extent): string {
  return `${extent.object.key}@${extent.position}`;
}

function splitBatches(bytes: Buffer, extent: Extent): Buffer[] {
  const batches: Buffer[] = [];
  let offset = extent.baseOffset;
  try {
    for (const batch of batchesIn(bytes)) {
      if (batch.baseOffset !== offset || batch.computeCrc() !== batch.crc)
        throw corrupt(extent, `bad batch at offset ${offset}`);
      batches.push(batch.bytes);
      offset = batch.lastOffset + 1;
    }
  } catch (error) {
    throw error instanceof CorruptExtentError ? error : corrupt(extent, 'undecodable', error);
  }
  if (bytes.length !== extent.length || offset !== extent.lastOffset + 1) throw corrupt(extent, 'wrong length');
  return batches;
}

function corrupt(extent: Extent, what: string, cause?: unknown): CorruptExtentError {
  return new CorruptExtentError(`${extent.object.key}, bytes ${extent.position}+${extent.length}: ${what}`, { cause });
}
