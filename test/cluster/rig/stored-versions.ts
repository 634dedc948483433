import { loadConfig } from '../../../src/config/load-config.js';
import type { FormatVersions } from '../../../src/formats/levels.js';
import { kafscale as records } from '../../../src/generated/metadata.js';
import { kafscale as objects } from '../../../src/generated/storage.js';
import { silentLogger } from '../../../src/logging/logger.js';
import { EtcdMetadataStore } from '../../../src/metadata/etcd-metadata-store.js';
import { COMMITS_PREFIX, CONSUMERS_PREFIX } from '../../../src/metadata/keys.js';
import { openObjectStore } from '../../../src/open-stores.js';
import { manifestsPrefix, metadataMarksPrefix, walPrefix } from '../../../src/storage/object-keys.js';
import { ObjectNotFoundError, type ObjectStore } from '../../../src/storage/object-store.js';
import { readWhole } from '../../../src/storage/read-whole.js';
import { systemClock } from '../../../src/time/clock.js';
import type { Cluster } from './cluster.js';

/** The versions that are stored now, each once and in order. */
export type StoredVersions = Readonly<Record<keyof FormatVersions | 'groupRecord', readonly number[]>>;

/** Looks into all WAL objects, manifests and marks, commit records and committed offsets: at their versions alone. */
export async function storedVersions(cluster: Cluster): Promise<StoredVersions> {
  const { config } = loadConfig({ environment: cluster.storeSettings });
  if (config.metadata.kind !== 'etcd') throw new Error('the cluster has no etcd');
  const { endpoints, prefix } = config.metadata;
  const metadata = new EtcdMetadataStore({ endpoints, prefix }, silentLogger, systemClock);
  const bucket = await openObjectStore(config);
  const { namespace } = config.objects;
  try {
    const commits = (await metadata.range(COMMITS_PREFIX)).entries;
    const groups = (await metadata.range(CONSUMERS_PREFIX)).entries.filter(({ key }) => key.includes('/offsets/'));
    return {
      metadataRecord: distinct(
        commits.map(({ value }) => records.metadata.IncarnationCommit.decode(value).formatVersion),
      ),
      groupRecord: distinct(groups.map(({ value }) => records.metadata.CommittedOffset.decode(value).formatVersion)),
      walObject: await versionsOf(bucket, walPrefix(namespace), (bytes) => bytes.readUInt16BE(bytes.length - 8)),
      manifest: await versionsOf(bucket, manifestsPrefix(namespace), (bytes) => bytes.readUInt16BE(4)),
      metadataMark: await versionsOf(bucket, metadataMarksPrefix(namespace), (bytes) => {
        return objects.storage.MetadataMark.decode(bytes.subarray(0, -4)).formatVersion;
      }),
    };
  } finally {
    await Promise.all([metadata.close(), bucket.close()]);
  }
}

async function versionsOf(bucket: ObjectStore, prefix: string, versionOf: (bytes: Buffer) => number) {
  const versions: number[] = [];
  for await (const { key, sizeBytes } of bucket.list(prefix)) {
    try {
      versions.push(versionOf(await readWhole(bucket, key, sizeBytes)));
    } catch (error) {
      // Brokers delete what they don't need any more.
      if (!(error instanceof ObjectNotFoundError)) throw error;
    }
  }
  return distinct(versions);
}

function distinct(versions: readonly number[]): readonly number[] {
  return [...new Set(versions)].sort((one, other) => one - other);
}
