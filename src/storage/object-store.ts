/**
 * The object store that holds all records: S3, a local directory, or memory (tests).
 *
 * Every implementation passes the same contract suite (`test/contract/object-store.contract.ts`). Implementations do
 * not retry: whoever calls knows what a retry costs, and every call here is safe to repeat with the same arguments.
 */
export interface ObjectStore {
  /**
   * Creates an object, durably, and only if no object has this key (`If-None-Match: *`). The object is visible either
   * whole or not at all.
   *
   * @param body the object's bytes, in pieces, which are not copied: they must not change until the promise settles
   * @param options.crc32c CRC-32C of the whole body, which the store verifies before the object becomes visible
   * @throws ObjectExistsError when the key is taken, also by an earlier try of ours that seemed to fail
   * @throws ObjectStoreError on any other failure; the object may have been stored nevertheless
   */
  create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void>;

  /**
   * Reads bytes `[start, start + length)` of an object; fewer when the object ends before.
   *
   * @throws ObjectNotFoundError when there is no such object
   */
  read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer>;

  /**
   * Reads the last `length` bytes of an object, or all of it when it is shorter.
   *
   * @throws ObjectNotFoundError when there is no such object
   */
  readEnd(key: string, length: number, options?: ReadOptions): Promise<ObjectEnd>;

  /**
   * Size and CRC-32C of an object.
   *
   * @throws ObjectNotFoundError when there is no such object
   */
  head(key: string, options?: CallOptions): Promise<ObjectInfo>;

  /** Objects whose keys start with `prefix`, in key order (UTF-8 bytes), read page by page while it is iterated. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>;

  /** Removes objects; a key without an object is no error. */
  delete(keys: readonly string[], options?: CallOptions): Promise<void>;

  /** Resolves when the store can be reached and used; else throws an error that says what is wrong. Creates nothing. */
  check(options?: CallOptions): Promise<void>;

  close(): Promise<void>;
}

export interface CallOptions {
  /** Ends the call early with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ReadOptions extends CallOptions {
  /**
   * The last answer to this read was not what was written. A store that reads from a copy asks the original this time, and
   * trusts the copy less. Default: false.
   */
  readonly wasDamaged?: boolean;
  /**
   * Nothing goes on without this read: it goes out also while the store has been found unavailable. Its reader waits
   * between tries. Default: false.
   */
  readonly insists?: boolean;
}

export interface CreateOptions extends CallOptions {
  readonly crc32c: number;
}

export interface ListOptions extends CallOptions {
  /** Only keys after this one. */
  readonly startAfter?: string;
}

export interface ByteRange {
  /** First byte, 0 or more. */
  readonly start: number;
  /** Number of bytes, 1 or more. */
  readonly length: number;
}

export interface ObjectEnd {
  readonly bytes: Buffer;
  /** Size of the whole object in bytes. */
  readonly objectSize: number;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** ms since the Unix epoch. */
  readonly lastModified: number;
}

export interface ObjectInfo extends ListedObject {
  /** CRC-32C of the whole object. */
  readonly crc32c: number;
}

/** The store failed or could not be reached. A failed write may have been carried out. */
export class ObjectStoreError extends Error {
  override readonly name: string = 'ObjectStoreError';
  /** The store asked for fewer requests (503 SlowDown). */
  readonly slowDown: boolean;

  constructor(message: string, options: { cause?: unknown; slowDown?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.slowDown = options.slowDown ?? false;
  }
}

export class ObjectNotFoundError extends ObjectStoreError {
  override readonly name = 'ObjectNotFoundError';
  constructor(readonly key: string) {
    super(`object not found: ${key}`);
  }
}

export class ObjectExistsError extends ObjectStoreError {
  override readonly name = 'ObjectExistsError';
  constructor(readonly key: string) {
    super(`object exists already: ${key}`);
  }
}

/** The bytes that arrived do not have the checksum that was announced. Nothing was stored. */
export class ObjectCorruptError extends ObjectStoreError {
  override readonly name = 'ObjectCorruptError';
}

/** The store answered that these credentials may not do this. */
export class ObjectAccessError extends ObjectStoreError {
  override readonly name = 'ObjectAccessError';
  /** The action that the answer names, such as `kms:GenerateDataKey`; undefined when it names none. */
  readonly deniedAction: string | undefined;

  constructor(message: string, options: { cause?: unknown; deniedAction?: string | undefined } = {}) {
    super(message, { cause: options.cause });
    this.deniedAction = options.deniedAction;
  }
}
