import { INCARNATIONS_PREFIX } from '../metadata/keys.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { surveyManifests } from './manifest-survey.js';
import { surveyMetadata } from './metadata-survey.js';
import { MetadataMarks } from './metadata-marks.js';
import { planRecovery, type RecoveryPlan } from './recovery-plan.js';
import type { ClusterStores } from './verify-metadata.js';
import { surveyWal } from './wal-survey.js';

/** Brokers are running: what the bucket holds would change under a recovery's feet. */
export class BrokersLiveError extends Error {
  override readonly name = 'BrokersLiveError';
}

/**
 * Finds out what the metadata store should say, from what it still says and from what the bucket holds: manifests, and
 * the footers of all WAL objects. Changes nothing.
 *
 * @throws ObjectStoreError, MetadataUnavailableError, MetadataFormatError, MarkFormatError
 */
export async function surveyAndPlan({ metadata, objects, namespace }: ClusterStores): Promise<RecoveryPlan> {
  const [known, manifests, wal, mark] = await Promise.all([
    surveyMetadata(metadata),
    surveyManifests(objects, namespace),
    surveyWal(objects, namespace),
    new MetadataMarks(objects, namespace).newest(),
  ]);
  return planRecovery(known, manifests, wal, mark);
}

/**
 * @throws BrokersLiveError when an incarnation is registered: a broker runs, or died within its lease's time
 * @throws MetadataUnavailableError
 */
export async function requireNoBrokers(metadata: MetadataStore): Promise<void> {
  const live = (await metadata.range(INCARNATIONS_PREFIX)).entries.length;
  if (live === 0) return;
  throw new BrokersLiveError(
    `${live} broker(s) are registered. Stop them all, wait until their leases are over (10 s), and try again.`,
  );
}
