import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import type { ByteRange, CallOptions, CreateOptions, ObjectEnd } from '../../src/storage/object-store.js';

/** A store in memory that counts its requests, of whatever broker. */
export class WatchedObjectStore extends MemoryObjectStore {
  writes = 0;
  reads = 0;

  override create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    this.writes += 1;
    return super.create(key, body, options);
  }

  override delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    this.writes += 1;
    return super.delete(keys, options);
  }

  override read(key: string, range: ByteRange, options?: CallOptions): Promise<Buffer> {
    this.reads += 1;
    return super.read(key, range, options);
  }

  override readEnd(key: string, length: number, options?: CallOptions): Promise<ObjectEnd> {
    this.reads += 1;
    return super.readEnd(key, length, options);
  }
}
