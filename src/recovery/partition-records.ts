import { assignmentKey, partitionStateKey } from '../metadata/keys.js';
import type { Operation } from '../metadata/metadata-store.js';
import { encodeAssignmentRecord } from '../metadata/partition-assignment.js';
import { encodeStateRecord, newestSegments } from '../metadata/partition-state.js';
import type { Manifest } from '../storage/manifest-format.js';

export interface CurrentManifest {
  /** Empty when the partition has none. */
  readonly key: string;
  readonly manifest: Manifest;
}

/**
 * Writes the records of a partition that nobody leads, and of which the manifest tells everything.
 *
 * @param leaderEpoch that no leader may have again
 * @param now ms since the Unix epoch
 */
export function partitionRecords({ key, manifest }: CurrentManifest, leaderEpoch: number, now: number): Operation[] {
  const { topicName, partition, checkpointOffset, logStartOffset, version, segments } = manifest;
  const state = encodeStateRecord({
    topic: topicName,
    partition,
    leaderBroker: '',
    leaderEpoch,
    logStartOffset,
    logEndOffset: checkpointOffset,
    highWatermark: checkpointOffset,
    activeSegment: '',
    segments: newestSegments(segments),
    manifestVersion: version,
    manifestKey: key,
    checkpointOffset,
  });
  const assignment = encodeAssignmentRecord({
    brokerId: '',
    epoch: leaderEpoch,
    assignedAt: new Date(now).toISOString(),
    incarnationId: '',
    tenures: [],
    moveTo: '',
  });
  return [
    { type: 'put', key: partitionStateKey(topicName, partition), value: state },
    { type: 'put', key: assignmentKey(topicName, partition), value: assignment },
  ];
}
