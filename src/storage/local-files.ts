import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LRUCache } from 'lru-cache';
import { coalesce } from './pieces.js';

/** What the local object store needs of a file system beyond Node's own calls: durable folders, whole writes, whole reads. */

/** Most buffers that one writev(2) takes (IOV_MAX on Linux). */
const MAX_WRITE_VECTOR = 1024;

/** Makes the entries of a folder durable: files that were linked into it or removed from it. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder, and the folders above it that are missing, durably. */
export async function makeDurableDirectory(directory: string): Promise<void> {
  const topmostMade = await mkdir(directory, { recursive: true });
  if (topmostMade === undefined) return;
  for (let made = directory; made.length >= topmostMade.length; made = dirname(made))
    await syncDirectory(dirname(made));
}

/**
 * Folders below a root, made durably when they are first asked for.
 *
 * A folder that is found to exist is not known to be durable: another call may just have made it, or a process that was
 * killed before its fsync. So each is synced once per process, and calls for the same folder wait for the same sync.
 */
export class DurableDirectories {
  /** The bound only costs an fsync when it is exceeded. */
  private readonly known = new LRUCache<string, Promise<void>>({ max: 10_000 });

  /** @param root an existing folder, durable already */
  constructor(private readonly root: string) {}

  /** Resolves when the folder exists and will still exist after a power failure. */
  async ensure(directory: string): Promise<void> {
    if (directory === this.root) return;
    let making = this.known.get(directory);
    if (making === undefined) {
      making = this.make(directory);
      this.known.set(directory, making);
    }
    await making;
  }

  /** To be called when a folder turned out to be missing, or could not be made: the next call looks again. */
  forget(): void {
    this.known.clear();
  }

  private async make(directory: string): Promise<void> {
    const parent = dirname(directory);
    await this.ensure(parent);
    try {
      await mkdir(directory);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    await syncDirectory(parent);
  }
}

/** Writes a new file, whose contents (not yet its name) are durable afterwards. */
export async function writeDurably(path: string, pieces: readonly Buffer[]): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await writePieces(handle, pieces);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Writes all pieces from the start of the file, also when the system takes them in several goes. */
async function writePieces(handle: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  const rest = coalesce(pieces);
  let first = 0;
  while (first < rest.length) {
    let { bytesWritten } = await handle.writev(rest.slice(first, first + MAX_WRITE_VECTOR));
    while (first < rest.length && bytesWritten >= (rest[first] as Buffer).length) {
      bytesWritten -= (rest[first] as Buffer).length;
      first += 1;
    }
    if (bytesWritten > 0) rest[first] = (rest[first] as Buffer).subarray(bytesWritten);
  }
}

/**
 * Reads exactly `length` bytes from `position`.
 *
 * @throws Error when the file ends before
 */
export async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      throw new Error(`the file ends at byte ${position + filled}, ${length - filled} bytes early`);
    }
    filled += bytesRead;
  }
  return bytes;
}

/** Removes a file. @returns false when there was none of this name */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** The system's name of an error (`ENOENT`), undefined when it isn't from the system. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
