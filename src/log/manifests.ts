import type { PartitionId } from '../metadata/partition-id.js';
import { ManifestFormatError, decodeManifest, type Manifest } from '../storage/manifest-format.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readIntact } from '../storage/read-intact.js';

/** Far more than a manifest has, bytes: it is read by one request whatever its size. */
const MAX_MANIFEST_BYTES = 2 ** 30;

/** What is told of a partition that has no manifest yet: nothing is below its checkpoint, which is 0. */
export function emptyManifest(id: PartitionId): Manifest {
  return {
    topicId: id.topicId,
    topicName: id.topicName,
    partition: id.partition,
    version: 0,
    createdAt: 0,
    incarnationId: '',
    leaderEpoch: -1,
    logStartOffset: 0,
    checkpointOffset: 0,
    segments: [],
    epochs: [],
    producers: [],
    retired: [],
    topicConfig: new Map(),
    topicPartitions: 0,
  };
}

/** Which manifest the metadata store means. */
export interface ManifestPointer {
  readonly manifestKey: string;
  readonly manifestVersion: number;
  readonly checkpointOffset: number;
}

/**
 * Reads the manifest that the metadata store points at, by one request; by more when it arrives damaged.
 *
 * @throws ObjectStoreError when it can't be read, ObjectNotFoundError when it is gone
 * @throws ManifestFormatError when it is damaged each time, or another one than the metadata store means
 */
export function readManifest(
  objects: ObjectStore,
  id: PartitionId,
  pointer: ManifestPointer,
  signal: AbortSignal,
): Promise<Manifest> {
  return readIntact(
    () => readOnce(objects, id, pointer, signal),
    (error) => error instanceof ManifestFormatError,
  );
}

async function readOnce(
  objects: ObjectStore,
  id: PartitionId,
  pointer: ManifestPointer,
  signal: AbortSignal,
): Promise<Manifest> {
  const key = pointer.manifestKey;
  const manifest = decodeManifest(await objects.read(key, { start: 0, length: MAX_MANIFEST_BYTES }, { signal }), key);
  const isMeant =
    manifest.topicId === id.topicId &&
    manifest.partition === id.partition &&
    manifest.version === pointer.manifestVersion &&
    manifest.checkpointOffset === pointer.checkpointOffset;
  if (!isMeant) {
    throw new ManifestFormatError(
      `${key} is version ${manifest.version} of ${manifest.topicId}-${manifest.partition} with checkpoint ` +
        `${manifest.checkpointOffset}; the metadata store means version ${pointer.manifestVersion} of ` +
        `${id.topicId}-${id.partition} with checkpoint ${pointer.checkpointOffset}`,
    );
  }
  return manifest;
}
