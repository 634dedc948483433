import { CLUSTER_ID_KEY, commitKey } from '../metadata/keys.js';
import { MetadataMismatchError, type MetadataStore } from '../metadata/metadata-store.js';
import { readRevisionFloor } from '../metadata/revision-tracking-store.js';
import { decodeClusterIdentity, decodeIncarnationCommit } from '../metadata/records.js';
import { walObjectKey, walPrefix } from '../storage/object-keys.js';
import { ObjectNotFoundError, type ObjectStore } from '../storage/object-store.js';
import { PatientObjectStore, type Patience } from '../storage/patient-object-store.js';
import { readWalContents } from '../storage/read-wal-contents.js';
import { incarnationsInBucket, listAll } from './bucket-contents.js';
import { MetadataMarks } from './metadata-marks.js';

/** The two stores of one cluster. */
export interface ClusterStores {
  readonly metadata: MetadataStore;
  readonly objects: ObjectStore;
  /** First path segment of all object keys. */
  readonly namespace: string;
}

const ADVICE = 'No broker serves until "kafscale recover" has brought the two together.';

/**
 * Checks that the metadata store is not behind the bucket, as one is that was restored from an older copy or wiped: it
 * would not know all that was acknowledged, offsets would be given twice, and objects that it doesn't know be deleted.
 *
 * @throws MetadataMismatchError when it is behind, or when the bucket's namespace belongs to another cluster
 * @param patience with the object store, of which many things are asked
 * @throws ObjectStoreError when the object store has not answered in time; MetadataUnavailableError
 */
export async function verifyMetadata(unsteady: ClusterStores, patience: Patience): Promise<void> {
  const objects = new PatientObjectStore(unsteady.objects, patience);
  const stores = { ...unsteady, objects };
  const { signal } = patience;
  const { metadata, namespace } = stores;
  const [identity] = (await metadata.range(CLUSTER_ID_KEY)).entries;
  const clusterId = identity && decodeClusterIdentity(identity.value, identity.key).clusterId;
  const mark = await new MetadataMarks(objects, namespace).newest(signal);
  if (mark !== undefined) {
    const writtenAt = new Date(mark.writtenAt).toISOString();
    if (clusterId === undefined) {
      throw new MetadataMismatchError(
        `the metadata store is empty, but namespace "${namespace}" of the bucket holds cluster ${mark.clusterId} as of ${writtenAt}. ` +
          `${ADVICE} For a new cluster choose another KAFSCALE_S3_NAMESPACE.`,
      );
    }
    if (clusterId !== mark.clusterId) {
      throw new MetadataMismatchError(
        `the metadata store is of cluster ${clusterId}, but namespace "${namespace}" of the bucket belongs to cluster ` +
          `${mark.clusterId}: choose another KAFSCALE_S3_NAMESPACE, or the metadata store that belongs to it.`,
      );
    }
    const revision = await revisionOf(metadata);
    if (revision < mark.revision) throw behind(revision, mark.revision, `at ${writtenAt}`);
  }
  await verifyUncommitted(stores, signal);
}

async function revisionOf(metadata: MetadataStore): Promise<number> {
  return (await readRevisionFloor(metadata)) + (await metadata.range(CLUSTER_ID_KEY)).revision;
}

/** What is not committed was written by somebody who knew a revision: one that is still to come was lost. */
async function verifyUncommitted(stores: ClusterStores, signal: AbortSignal): Promise<void> {
  const { metadata, objects, namespace } = stores;
  let revision = await revisionOf(metadata);
  for await (const incarnationId of incarnationsInBucket(objects, namespace, signal)) {
    const key = commitKey(incarnationId);
    const record = await metadata.get(key);
    const committed = record === undefined ? 0 : decodeIncarnationCommit(record.value, key).committedSequence;
    const startAfter = walObjectKey(namespace, incarnationId, committed);
    for (const { key: objectKey } of await listAll(objects, walPrefix(namespace, incarnationId), startAfter, signal)) {
      const metadataRevision = await revisionIn(objects, objectKey, signal);
      // Others may be writing: what they know now is no news.
      if (metadataRevision > revision) revision = await revisionOf(metadata);
      if (metadataRevision > revision) throw behind(revision, metadataRevision, `when ${objectKey} was written`);
    }
  }
}

/** The revision that whoever wrote a WAL object knew; 0 for one that was removed meanwhile, which is no news. */
async function revisionIn(objects: ObjectStore, key: string, signal: AbortSignal): Promise<number> {
  try {
    return (await readWalContents(objects, key, { signal })).metadataRevision;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return 0;
    throw error;
  }
}

function behind(revision: number, known: number, when: string): MetadataMismatchError {
  return new MetadataMismatchError(
    `the metadata store is at revision ${revision}, but was at ${known} ${when}: it seems to be restored from an older copy. ${ADVICE}`,
  );
}
