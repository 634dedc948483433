import type { Download, DownloadMemory } from './downloads.js';

/** What a cached batch costs besides its bytes: the buffer object that refers to it. */
const OVERHEAD_PER_BATCH_BYTES = 200;

interface CachedBlock {
  readonly batches: readonly Buffer[];
  readonly download: Download;
  /** Bytes of the batches. */
  readonly length: number;
  /** Whether a reader was given some of it. */
  isRead: boolean;
}

/**
 * Blocks that were read from the object store, least recently used first to go, together with what is being read now.
 *
 * Blocks that one request has brought share its memory, which is free when the last of them has gone: the bound counts
 * it until then.
 */
export class BlockCache implements DownloadMemory {
  /** Least recently used first. */
  private readonly blocks = new Map<string, CachedBlock>();
  /** How many cached blocks are part of a download. */
  private readonly users = new Map<Download, number>();
  private cachedBytes = 0;
  private reservedBytes = 0;
  private bytesNotRead = 0;

  /** @param capacityBytes 0 or more. Only what is on its way may go beyond it; it is not kept then. */
  constructor(readonly capacityBytes: number) {}

  /** Bytes in memory, and those on their way into it. */
  get usedBytes(): number {
    return this.cachedBytes + this.reservedBytes;
  }

  /** Bytes of blocks that nobody has read yet: they were read ahead, or their reader went away. */
  get unreadBytes(): number {
    return this.bytesNotRead;
  }

  get(key: string): readonly Buffer[] | undefined {
    const block = this.blocks.get(key);
    if (block === undefined) return undefined;
    this.blocks.delete(key);
    this.blocks.set(key, block);
    return block.batches;
  }

  /** As {@link get}, but leaves the block as old as it was. */
  peek(key: string): readonly Buffer[] | undefined {
    return this.blocks.get(key)?.batches;
  }

  /**
   * A reader was given some of this block.
   *
   * @returns whether that had happened before
   */
  markRead(key: string): boolean {
    const block = this.blocks.get(key);
    if (block === undefined || block.isRead) return block !== undefined;
    block.isRead = true;
    this.bytesNotRead -= block.length;
    return false;
  }

  /** Keeps a block that isn't there yet, if there is room. */
  add(key: string, batches: readonly Buffer[], download: Download): void {
    if (this.blocks.has(key)) return;
    const users = this.users.get(download) ?? 0;
    this.users.set(download, users + 1);
    this.cachedBytes += overheadOf(batches) + (users === 0 ? download.sizeBytes : 0);
    const length = batches.reduce((sum, batch) => sum + batch.length, 0);
    this.blocks.set(key, { batches, download, length, isRead: false });
    this.bytesNotRead += length;
    this.trim();
  }

  reserve(bytes: number): void {
    this.reservedBytes += bytes;
    this.trim();
  }

  release(bytes: number): void {
    this.reservedBytes -= bytes;
  }

  private trim(): void {
    for (const [key, block] of this.blocks) {
      if (this.usedBytes <= this.capacityBytes) return;
      this.blocks.delete(key);
      this.forget(block);
    }
  }

  private forget({ batches, download, length, isRead }: CachedBlock): void {
    if (!isRead) this.bytesNotRead -= length;
    this.cachedBytes -= overheadOf(batches);
    const users = (this.users.get(download) as number) - 1;
    if (users > 0) {
      this.users.set(download, users);
      return;
    }
    this.users.delete(download);
    this.cachedBytes -= download.sizeBytes;
  }
}

function overheadOf(batches: readonly Buffer[]): number {
  return batches.length * OVERHEAD_PER_BATCH_BYTES;
}
