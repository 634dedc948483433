import { SUPPORTED_FORMAT_LEVELS } from '../formats/format-level.js';
import type { Clock } from '../time/clock.js';
import { putFormatLevel } from './format-level.js';
import { CLUSTER_ID_KEY } from './keys.js';
import { MetadataFormatError, type KeyValue, type MetadataStore } from './metadata-store.js';
import { decodeClusterIdentity, encodeClusterIdentity } from './records.js';
import { newUuid } from './uuid.js';

/**
 * The cluster's id: 22 characters of base64url that stay the same for as long as the metadata store does. Whichever
 * broker asks first makes it, and with it the cluster: at the newest format level that this broker supports.
 *
 * @throws MetadataUnavailableError when the metadata store doesn't answer; asking again is safe
 * @throws MetadataFormatError when the stored id can't be read
 */
export async function clusterIdOf(store: MetadataStore, clock: Clock, newId: () => string = newUuid): Promise<string> {
  const existing = await store.get(CLUSTER_ID_KEY);
  if (existing !== undefined) return read(existing);
  const clusterId = newId();
  const value = encodeClusterIdentity({ clusterId, createdAt: new Date(clock.now()).toISOString() });
  const { succeeded, reads } = await store.txn({
    compare: [{ key: CLUSTER_ID_KEY, exists: false }],
    success: [{ type: 'put', key: CLUSTER_ID_KEY, value }, putFormatLevel(SUPPORTED_FORMAT_LEVELS.max, clock)],
    failure: [{ type: 'get', key: CLUSTER_ID_KEY }],
  });
  if (succeeded) return clusterId;
  return reads[0] === undefined ? clusterIdOf(store, clock, newId) : read(reads[0]);
}

function read({ key, value }: KeyValue): string {
  const { clusterId } = decodeClusterIdentity(value, key);
  if (clusterId === '') throw new MetadataFormatError(`${key} is no ClusterIdentity: it lacks the id`);
  return clusterId;
}
