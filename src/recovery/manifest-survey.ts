import { decodeManifest, ManifestFormatError, type Manifest } from '../storage/manifest-format.js';
import { manifestsPrefix, parseManifestKey } from '../storage/object-keys.js';
import { ObjectCorruptError, type ObjectStore } from '../storage/object-store.js';
import { readIntact } from '../storage/read-intact.js';
import { readWhole } from '../storage/read-whole.js';
import { listAll } from './bucket-contents.js';
import { inParallel } from '../time/in-parallel.js';
import { partitionKey } from '../metadata/partition-id.js';

export interface FoundManifest {
  readonly key: string;
  readonly manifest: Manifest;
}

export interface ManifestSurvey {
  /** The newest manifest of each partition, by {@link partitionKey}. */
  readonly manifests: ReadonlyMap<string, FoundManifest>;
  /** Objects that can't be read, with the reason. */
  readonly damaged: readonly string[];
}

const CONCURRENCY = 16;

/**
 * Finds the newest manifest of every partition. One that was written but never committed is as true as any: it tells of
 * committed records only. Of several of one version, written by leaders that replaced each other, the one that covers
 * most is taken.
 *
 * @throws ObjectStoreError
 */
export async function surveyManifests(objects: ObjectStore, namespace: string): Promise<ManifestSurvey> {
  const newest = new Map<string, { version: number; keys: { key: string; sizeBytes: number }[] }>();
  for (const { key, sizeBytes } of await listAll(objects, manifestsPrefix(namespace))) {
    const parts = parseManifestKey(key);
    if (parts === undefined) continue;
    const partition = partitionKey(parts);
    const known = newest.get(partition);
    if (known?.version === parts.version) known.keys.push({ key, sizeBytes });
    else if (known === undefined || known.version < parts.version) {
      newest.set(partition, { version: parts.version, keys: [{ key, sizeBytes }] });
    }
  }
  const manifests = new Map<string, FoundManifest>();
  const damaged: string[] = [];
  await inParallel(CONCURRENCY, [...newest], async ([partition, { keys }]) => {
    for (const { key, sizeBytes } of keys) {
      try {
        const manifest = await readIntact(
          async () => decodeManifest(await readWhole(objects, key, sizeBytes), key),
          isDamage,
        );
        const best = manifests.get(partition)?.manifest;
        if (best === undefined || manifest.checkpointOffset > best.checkpointOffset) {
          manifests.set(partition, { key, manifest });
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged.push(error.message);
      }
    }
  });
  return { manifests, damaged };
}

function isDamage(error: unknown): error is Error {
  return error instanceof ManifestFormatError || error instanceof ObjectCorruptError;
}
