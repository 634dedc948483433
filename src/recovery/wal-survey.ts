import { walPrefix } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readWalContents } from '../storage/read-wal-contents.js';
import { WalFormatError, type WalEntry, type WalObjectContents } from '../storage/wal-format.js';
import { incarnationsInBucket, listAll } from './bucket-contents.js';
import { inParallel } from '../time/in-parallel.js';
import { partitionKey } from '../metadata/partition-id.js';

/** A run of batches in the WAL, committed or not. */
export interface FoundExtent extends WalEntry {
  readonly object: { readonly key: string; readonly incarnationId: string; readonly sequence: number };
}

/** One object's sequence number, or those of all that it replaces. */
export interface SequenceRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/** What the WAL objects in the bucket say. */
export interface WalSurvey {
  /** By {@link partitionKey}, in no order. */
  readonly extents: ReadonlyMap<string, readonly FoundExtent[]>;
  /** The sequences that each incarnation's objects stand for, by the first. */
  readonly incarnations: ReadonlyMap<string, readonly SequenceRange[]>;
  /** The highest revision of the metadata store that a writer knew. */
  readonly metadataRevision: number;
  /** Objects that can't be read, with the reason. */
  readonly damaged: readonly string[];
}

const CONCURRENCY = 16;

/**
 * Reads the footers of all WAL objects.
 *
 * @throws ObjectStoreError
 */
export async function surveyWal(objects: ObjectStore, namespace: string): Promise<WalSurvey> {
  const keys: string[] = [];
  for await (const incarnationId of incarnationsInBucket(objects, namespace)) {
    keys.push(...(await listAll(objects, walPrefix(namespace, incarnationId))).map(({ key }) => key));
  }
  const extents = new Map<string, FoundExtent[]>();
  const incarnations = new Map<string, SequenceRange[]>();
  const damaged: string[] = [];
  let metadataRevision = 0;
  await inParallel(CONCURRENCY, keys, async (key) => {
    const contents = await readOrReport(objects, key, damaged);
    if (contents === undefined) return;
    metadataRevision = Math.max(metadataRevision, contents.metadataRevision);
    const { incarnationId, firstSequence, sequence } = contents;
    const ranges = incarnations.get(incarnationId) ?? [];
    incarnations.set(incarnationId, ranges);
    ranges.push({ first: firstSequence, last: sequence });
    for (const entry of contents.entries) {
      const partition = partitionKey(entry);
      const found = extents.get(partition) ?? [];
      extents.set(partition, found);
      found.push({ ...entry, object: { key, incarnationId, sequence } });
    }
  });
  for (const ranges of incarnations.values()) ranges.sort((a, b) => a.first - b.first);
  return { extents, incarnations, metadataRevision, damaged };
}

async function readOrReport(
  objects: ObjectStore,
  key: string,
  damaged: string[],
): Promise<WalObjectContents | undefined> {
  try {
    return await readWalContents(objects, key);
  } catch (error) {
    if (!(error instanceof WalFormatError)) throw error;
    damaged.push(error.message);
    return undefined;
  }
}
