import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import type { ByteRange, CallOptions } from '../../src/storage/object-store.js';

/** A store in memory that counts what is read, holds reads back while it is told to, and damages answers. */
export class CountingObjectStore extends MemoryObjectStore {
  /** All reads so far. */
  readonly reads: (ByteRange & { readonly key: string })[] = [];
  /** Each changes what one of the next reads gives. */
  readonly damage: ((bytes: Buffer) => Buffer)[] = [];
  mostBytesAtOnce = 0;
  private bytesAtOnce = 0;
  private gate: PromiseWithResolvers<undefined> | undefined;

  /** Keys of all reads so far. */
  get keysRead(): string[] {
    return this.reads.map(({ key }) => key);
  }

  holdReads(): void {
    this.gate = Promise.withResolvers();
  }

  letGo(): void {
    this.gate?.resolve(undefined);
    this.gate = undefined;
  }

  override async read(key: string, range: ByteRange, options?: CallOptions): Promise<Buffer> {
    this.reads.push({ key, ...range });
    this.bytesAtOnce += range.length;
    this.mostBytesAtOnce = Math.max(this.mostBytesAtOnce, this.bytesAtOnce);
    try {
      await this.gate?.promise;
      const bytes = await super.read(key, range, options);
      return this.damage.shift()?.(bytes) ?? bytes;
    } finally {
      this.bytesAtOnce -= range.length;
    }
  }
}
