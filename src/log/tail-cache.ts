import type { Extent } from './extents.js';

/** What a cached batch costs besides its bytes: the buffer object that refers to it. */
const OVERHEAD_PER_BATCH_BYTES = 200;

interface CachedObject {
  readonly extents: readonly Extent[];
  readonly bytes: number;
}

/**
 * Keeps the batches of the newest committed objects where they are: in the buffers that were uploaded (no copy).
 *
 * First in, first out, by object: tail readers follow the end of the log, so the oldest object is the least useful one.
 */
export class TailCache {
  private readonly objects: CachedObject[] = [];
  private bytes = 0;

  /** @param capacityBytes what the cache may hold; the newest object is dropped too when it alone is larger */
  constructor(private readonly capacityBytes: number) {}

  get usedBytes(): number {
    return this.bytes;
  }

  /** Takes over the extents of a committed object, whose `batches` are set. */
  add(extents: readonly Extent[]): void {
    let bytes = 0;
    for (const extent of extents) bytes += extent.length + extent.batchCount * OVERHEAD_PER_BATCH_BYTES;
    this.objects.push({ extents, bytes });
    this.bytes += bytes;
    while (this.bytes > this.capacityBytes) this.evictOldest();
  }

  clear(): void {
    while (this.objects.length > 0) this.evictOldest();
  }

  private evictOldest(): void {
    const oldest = this.objects.shift();
    if (oldest === undefined) return;
    this.bytes -= oldest.bytes;
    for (const extent of oldest.extents) extent.batches = undefined;
  }
}
