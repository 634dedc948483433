import type { Extent, WalObjectRef } from './extents.js';

/** What a cached batch costs besides its bytes: the buffer object that refers to it. */
const OVERHEAD_PER_BATCH_BYTES = 200;

interface CachedObject {
  readonly object: WalObjectRef | undefined;
  readonly extents: readonly Extent[];
  /** How many of the extents were dropped, from the first on. */
  dropped: number;
}

/**
 * Keeps the batches of the newest committed objects where they are: in the buffers that were uploaded (no copy).
 *
 * First in, first out, by object: tail readers follow the end of the log, so the oldest object is the least useful one.
 */
export class TailCache {
  private objects: CachedObject[] = [];
  private bytes = 0;

  /** @param capacityBytes what the cache may hold; the newest object is dropped too when it alone is larger */
  constructor(private readonly capacityBytes: number) {}

  get usedBytes(): number {
    return this.bytes;
  }

  /** Takes over the extents of a committed object, whose `batches` are set. */
  add(extents: readonly Extent[]): void {
    this.objects.push({ object: extents[0]?.object, extents, dropped: 0 });
    this.bytes += bytesOf(extents);
    this.trim();
  }

  /**
   * Some objects were merged into one: its extents, as far as their `batches` are set, stand for what is cached of them.
   *
   * @param replaced neighbours
   */
  replace(replaced: readonly WalObjectRef[], extents: readonly Extent[]): void {
    const gone = new Set(replaced);
    const isGone = ({ object }: CachedObject) => object !== undefined && gone.has(object);
    const at = this.objects.findIndex(isGone);
    const cached = extents.filter(({ batches }) => batches !== undefined);
    if (at < 0) {
      for (const extent of cached) extent.batches = undefined;
      return;
    }
    for (const object of this.objects) if (isGone(object)) this.bytes -= bytesOf(object.extents.slice(object.dropped));
    this.objects = this.objects.filter((object) => !isGone(object));
    this.objects.splice(at, 0, { object: extents[0]?.object, extents: cached, dropped: 0 });
    this.bytes += bytesOf(cached);
    this.trim();
  }

  clear(): void {
    while (this.objects.length > 0) this.dropOldest();
  }

  private trim(): void {
    while (this.bytes > this.capacityBytes) this.dropOldest();
  }

  /** Extent by extent: an object that many were merged into is too large to be dropped at once. */
  private dropOldest(): void {
    const [oldest] = this.objects;
    if (oldest === undefined) return;
    const extent = oldest.extents[oldest.dropped];
    oldest.dropped += 1;
    if (oldest.dropped >= oldest.extents.length) this.objects.shift();
    if (extent === undefined) return;
    extent.batches = undefined;
    this.bytes -= bytesOf([extent]);
  }
}

function bytesOf(extents: readonly Extent[]): number {
  let bytes = 0;
  for (const { length, batchCount } of extents) bytes += length + batchCount * OVERHEAD_PER_BATCH_BYTES;
  return bytes;
}
