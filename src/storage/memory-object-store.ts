import { systemClock, type Clock } from '../time/clock.js';
import { assertByteRange, assertReadLength } from './byte-range.js';
import { assertObjectKey, compareKeys } from './key-rules.js';
import {
  ObjectExistsError,
  ObjectNotFoundError,
  type ByteRange,
  type CallOptions,
  type CreateOptions,
  type ListedObject,
  type ListOptions,
  type ObjectEnd,
  type ObjectInfo,
  type ObjectStore,
} from './object-store.js';
import { assertChecksum } from './pieces.js';

interface StoredObject extends ObjectInfo {
  readonly bytes: Buffer;
}

/**
 * Objects in memory, gone with the process: for tests, the simulator and `KAFSCALE_USE_MEMORY_S3`.
 *
 * Answers at once; a decorator adds latency and faults where a test wants them.
 */
export class MemoryObjectStore implements ObjectStore {
  private readonly objects = new Map<string, StoredObject>();

  constructor(private readonly clock: Clock = systemClock) {}

  async create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    await this.admit(key, options);
    assertChecksum(key, body, options.crc32c);
    if (this.objects.has(key)) throw new ObjectExistsError(key);
    const bytes = Buffer.concat(body);
    const { crc32c } = options;
    this.objects.set(key, { key, bytes, crc32c, sizeBytes: bytes.length, lastModified: this.clock.now() });
  }

  async read(key: string, range: ByteRange, options: CallOptions = {}): Promise<Buffer> {
    assertByteRange(range);
    const { bytes } = await this.find(key, options);
    return Buffer.from(bytes.subarray(range.start, range.start + range.length));
  }

  async readEnd(key: string, length: number, options: CallOptions = {}): Promise<ObjectEnd> {
    assertReadLength(length);
    const { bytes } = await this.find(key, options);
    return { bytes: Buffer.from(bytes.subarray(-length)), objectSize: bytes.length };
  }

  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    const { crc32c, sizeBytes, lastModified } = await this.find(key, options);
    return { key, crc32c, sizeBytes, lastModified };
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<ListedObject> {
    const { startAfter, signal } = options;
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
    for (const key of keys) {
      await Promise.resolve();
      signal?.throwIfAborted();
      const object = this.objects.get(key);
      if (object === undefined || (startAfter !== undefined && compareKeys(key, startAfter) <= 0)) continue;
      yield { key, sizeBytes: object.sizeBytes, lastModified: object.lastModified };
    }
  }

  async delete(keys: readonly string[], options: CallOptions = {}): Promise<void> {
    for (const key of keys) await this.admit(key, options);
    for (const key of keys) this.objects.delete(key);
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async find(key: string, options: CallOptions): Promise<StoredObject> {
    await this.admit(key, options);
    const object = this.objects.get(key);
    if (object === undefined) throw new ObjectNotFoundError(key);
    return object;
  }

  /** Like any store it answers in a later turn, never within the call. */
  private async admit(key: string, { signal }: CallOptions): Promise<void> {
    await Promise.resolve();
    assertObjectKey(key);
    signal?.throwIfAborted();
  }
}
