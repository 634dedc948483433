import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys } from './key-rules.js';
import { errorCode } from './local-files.js';

/**
 * Lists the files below a folder in the order of their keys, as a bucket would.
 *
 * A folder's entries come from the system in no order, and the order of names is not the order of keys: `a-b` comes
 * before `a/c`, but the folder `a` before the file `a-b`. Comparing folders by their name with the slash puts it right.
 * Memory is bounded: of a folder too large to sort at once, only the first entries after the last one seen are kept,
 * and the folder is read again for the next ones.
 */
export interface WalkOptions {
  /** Folder of the empty key. */
  readonly root: string;
  /** Only keys that start with this. */
  readonly prefix: string;
  /** Only keys after this one. */
  readonly startAfter?: string | undefined;
  /** A name in the root to leave out. */
  readonly hidden: string;
  /** Most entries of one folder that are kept in memory. */
  readonly pageSize?: number | undefined;
}

const DEFAULT_PAGE_SIZE = 16_384;

/** One entry, as the start of the keys it stands for: a file's key, or a folder's with a slash at the end. */
interface Entry {
  readonly key: string;
  readonly isDirectory: boolean;
}

/** Keys of the files, in key order. What changes meanwhile may or may not be seen. */
export async function* walkKeys(options: WalkOptions): AsyncGenerator<string> {
  const parent = options.prefix.slice(0, options.prefix.lastIndexOf('/') + 1);
  const impossible = parent
    .split('/')
    .some((segment, i, all) => segment === '.' || segment === '..' || (segment === '' && i < all.length - 1));
  if (!impossible) yield* walkDirectory(options, parent);
}

async function* walkDirectory(options: WalkOptions, directoryKey: string): AsyncGenerator<string> {
  const pageSize = options.pageSize ?? DEFAULT_PAGE_SIZE;
  let after: string | undefined;
  for (;;) {
    const page = await firstEntries(options, directoryKey, after, pageSize);
    for (const entry of page) {
      if (entry.isDirectory) yield* walkDirectory(options, entry.key);
      else yield entry.key;
    }
    if (page.length < pageSize) return;
    after = page.at(-1)?.key;
  }
}

/** The first `limit` wanted entries of a folder after `after`, in order. */
async function firstEntries(
  options: WalkOptions,
  directoryKey: string,
  after: string | undefined,
  limit: number,
): Promise<Entry[]> {
  let kept: Entry[] = [];
  const cut = () => (kept = kept.sort((a, b) => compareKeys(a.key, b.key)).slice(0, limit));
  try {
    for await (const found of await opendir(join(options.root, directoryKey), { bufferSize: 512 })) {
      const isDirectory = found.isDirectory();
      if (!isDirectory && !found.isFile()) continue;
      if (directoryKey === '' && found.name === options.hidden) continue;
      const entry = { key: `${directoryKey}${found.name}${isDirectory ? '/' : ''}`, isDirectory };
      if (after !== undefined && compareKeys(entry.key, after) <= 0) continue;
      if (!isWanted(entry, options)) continue;
      kept.push(entry);
      if (kept.length >= 2 * limit) cut();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
  return cut();
}

function isWanted({ key, isDirectory }: Entry, { prefix, startAfter }: WalkOptions): boolean {
  if (!key.startsWith(prefix) && !(isDirectory && prefix.startsWith(key))) return false;
  if (startAfter === undefined || compareKeys(key, startAfter) > 0) return true;
  return isDirectory && startAfter.startsWith(key);
}
