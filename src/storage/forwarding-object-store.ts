import type {
  ByteRange,
  CallOptions,
  CreateOptions,
  ListedObject,
  ListOptions,
  ObjectEnd,
  ObjectInfo,
  ObjectStore,
  ReadOptions,
} from './object-store.js';

/** Passes every call on to another store: what decorators of stores are made from, each of which changes some calls. */
export abstract class ForwardingObjectStore implements ObjectStore {
  constructor(protected readonly store: ObjectStore) {}

  create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    return this.store.create(key, body, options);
  }

  read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer> {
    return this.store.read(key, range, options);
  }

  readEnd(key: string, length: number, options?: ReadOptions): Promise<ObjectEnd> {
    return this.store.readEnd(key, length, options);
  }

  head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return this.store.head(key, options);
  }

  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject> {
    return this.store.list(prefix, options);
  }

  delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.store.delete(keys, options);
  }

  check(options?: CallOptions): Promise<void> {
    return this.store.check(options);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
