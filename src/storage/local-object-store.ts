import { randomUUID } from 'node:crypto';
import { access, constants, link, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { crc32c } from '../checksum/crc32c.js';
import { assertByteRange, assertReadLength } from './byte-range.js';
import { assertObjectKey } from './key-rules.js';
import { walkKeys } from './local-directory-walk.js';
import {
  DurableDirectories,
  errorCode,
  makeDurableDirectory,
  readExactly,
  removeFile,
  syncDirectory,
  writeDurably,
} from './local-files.js';
import {
  ObjectExistsError,
  ObjectNotFoundError,
  ObjectStoreError,
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

/** Where bodies are written before they get their name. No key begins with it, and no listing shows it. */
const UPLOADS = '.uploads';
const CHECKSUM_CHUNK_BYTES = 1024 * 1024;
const STAT_CONCURRENCY = 64;

/**
 * Objects as plain files, `<directory>/<key>`: durable on one machine, without any server.
 *
 * - An object is written to a file in `.uploads`, synced, and then linked to its name. link(2) fails when the name is
 *   taken, so of any number of racing creates one wins, and nobody ever sees half an object. The folder is synced
 *   before the create is acknowledged, and also before anybody is told that the object exists already.
 * - Only one process may use a directory; that it does is for the caller to see to. Opening removes what a killed
 *   process left in `.uploads`.
 * - Where S3 can have both `a` and `a/b`, a file system can't: the second one is refused with an ObjectStoreError.
 * - Folders that become empty stay.
 *
 * The file system must have hard links and be local.
 */
export class LocalObjectStore implements ObjectStore {
  private readonly directories: DurableDirectories;

  private constructor(private readonly root: string) {
    this.directories = new DurableDirectories(root);
  }

  /**
   * Opens a directory, which is made when it is missing.
   *
   * @throws ObjectStoreError when it can't be made or written to
   */
  static async open(directory: string): Promise<LocalObjectStore> {
    const root = resolve(directory);
    const uploads = join(root, UPLOADS);
    return naming('open', root, async () => {
      await makeDurableDirectory(root);
      await rm(uploads, { recursive: true, force: true });
      await makeDurableDirectory(uploads);
      return new LocalObjectStore(root);
    });
  }

  async create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    const path = this.pathOf(key);
    const { signal } = options;
    signal?.throwIfAborted();
    assertChecksum(key, body, options.crc32c);
    const upload = join(this.root, UPLOADS, randomUUID());
    await naming(
      'write',
      path,
      async () => {
        try {
          await this.directories.ensure(dirname(path));
          await writeDurably(upload, body);
          signal?.throwIfAborted();
          await this.publish(key, upload, path);
        } catch (error) {
          if (!(error instanceof ObjectExistsError)) this.directories.forget();
          throw error;
        } finally {
          await removeFile(upload);
        }
      },
      signal,
    );
  }

  async read(key: string, range: ByteRange, options: CallOptions = {}): Promise<Buffer> {
    assertByteRange(range);
    return this.withObject(key, options, async (handle, { size }) => {
      const length = Math.min(range.length, size - range.start);
      return length > 0 ? readExactly(handle, range.start, length) : Buffer.alloc(0);
    });
  }

  async readEnd(key: string, length: number, options: CallOptions = {}): Promise<ObjectEnd> {
    assertReadLength(length);
    return this.withObject(key, options, async (handle, { size }) => {
      const available = Math.min(length, size);
      return { bytes: await readExactly(handle, size - available, available), objectSize: size };
    });
  }

  /** Reads the whole object: a file system keeps no checksums. */
  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    return this.withObject(key, options, async (handle, { size, mtimeMs }) => {
      let crc = 0;
      for (let position = 0; position < size; position += CHECKSUM_CHUNK_BYTES) {
        options.signal?.throwIfAborted();
        crc = crc32c(await readExactly(handle, position, Math.min(CHECKSUM_CHUNK_BYTES, size - position)), crc);
      }
      return { key, sizeBytes: size, lastModified: Math.floor(mtimeMs), crc32c: crc };
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<ListedObject> {
    const { signal, startAfter } = options;
    signal?.throwIfAborted();
    let batch: string[] = [];
    try {
      for await (const key of walkKeys({ root: this.root, prefix, startAfter, hidden: UPLOADS })) {
        batch.push(key);
        if (batch.length < STAT_CONCURRENCY) continue;
        yield* await this.describe(batch);
        batch = [];
        signal?.throwIfAborted();
      }
      yield* await this.describe(batch);
    } catch (error) {
      signal?.throwIfAborted();
      throw asObjectStoreError('list', this.root, error);
    }
  }

  async delete(keys: readonly string[], options: CallOptions = {}): Promise<void> {
    const paths = keys.map((key) => this.pathOf(key));
    const changed = new Set<string>();
    for (const path of paths) {
      options.signal?.throwIfAborted();
      await naming('delete', path, async () => {
        if (await removeFile(path)) changed.add(dirname(path));
      });
    }
    for (const directory of changed) await naming('sync', directory, () => syncDirectory(directory));
  }

  async check(options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    await naming('use', this.root, () =>
      access(join(this.root, UPLOADS), constants.R_OK | constants.W_OK | constants.X_OK),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws RangeError for a key that no store takes, or that would lie among the unfinished uploads */
  private pathOf(key: string): string {
    assertObjectKey(key);
    if (key === UPLOADS || key.startsWith(`${UPLOADS}/`)) {
      throw new RangeError(`invalid object key ${JSON.stringify(key)}: "${UPLOADS}" is reserved`);
    }
    return join(this.root, key);
  }

  /** Gives a finished upload its name. */
  private async publish(key: string, upload: string, path: string): Promise<void> {
    try {
      await link(upload, path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if ((await stat(path)).isDirectory()) throw new Error('it is a folder of other objects', { cause: error });
      await syncDirectory(dirname(path));
      throw new ObjectExistsError(key);
    }
    await syncDirectory(dirname(path));
  }

  private async withObject<T>(
    key: string,
    { signal }: CallOptions,
    use: (handle: FileHandle, stats: { size: number; mtimeMs: number }) => Promise<T>,
  ): Promise<T> {
    const path = this.pathOf(key);
    signal?.throwIfAborted();
    return naming(
      'read',
      path,
      async () => {
        const handle = await openObject(key, path);
        try {
          const stats = await handle.stat();
          if (!stats.isFile()) throw new ObjectNotFoundError(key);
          const result = await use(handle, stats);
          signal?.throwIfAborted();
          return result;
        } finally {
          await handle.close();
        }
      },
      signal,
    );
  }

  private async describe(keys: readonly string[]): Promise<ListedObject[]> {
    const described = await Promise.all(keys.map((key) => describeFile(key, join(this.root, key))));
    return described.filter((object) => object !== undefined);
  }
}

/** Undefined when the object has been deleted since its name was read. */
async function describeFile(key: string, path: string): Promise<ListedObject | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { key, sizeBytes: size, lastModified: Math.floor(mtimeMs) };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function openObject(key: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isAbsent(error)) throw new ObjectNotFoundError(key);
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}

/** Runs `action`; what goes wrong names the path. The signal's reason passes as it is. */
async function naming<T>(verb: string, path: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) throw error;
    throw asObjectStoreError(verb, path, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  ENOTDIR: 'a part of the path is not a folder',
};

function asObjectStoreError(verb: string, path: string, error: unknown): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const reason = REASONS[errorCode(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
  return new ObjectStoreError(`cannot ${verb} ${path}: ${reason}`, { cause: error });
}
