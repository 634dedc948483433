import type { MirroredAssignment } from '../cluster/cluster-mirror.js';
import type { PartitionLogs } from '../log/partition-logs.js';
import type { PartitionRef, PartitionState, PartitionStatus } from './messages.js';

const NO_OFFSETS = { logStartOffset: 0, logEndOffset: 0, highWatermark: 0 };

/**
 * What has become of every partition that the cluster has given to this broker, by name and number: what is assigned,
 * and what it opens or serves.
 */
export function partitionStatuses(
  logs: Pick<PartitionLogs, 'all' | 'opening'>,
  given: Iterable<Pick<MirroredAssignment, 'topicName' | 'partition' | 'epoch'>>,
): PartitionStatus[] {
  const statuses = new Map<string, PartitionStatus>();
  const epochs = new Map<string, number>();
  const put = (ref: PartitionRef, state: PartitionState, rest: Partial<PartitionStatus> = {}) => {
    const key = `${ref.topic}/${ref.partition}`;
    const { topic, partition } = ref;
    const leaderEpoch = epochs.get(key) ?? 0;
    statuses.set(key, { topic, partition, leader: false, state, ...NO_OFFSETS, leaderEpoch, ...rest });
  };
  for (const { topicName, partition, epoch } of given) {
    epochs.set(`${topicName}/${partition}`, epoch);
    put({ topic: topicName, partition }, 'assigned');
  }
  for (const { topicName, partition, hasFailed } of logs.opening()) {
    put({ topic: topicName, partition }, hasFailed ? 'failed' : 'opening');
  }
  for (const log of logs.all()) {
    const { topicName, partition, isLeading, isSealed, leaderEpoch, logStartOffset, logEndOffset, highWatermark } = log;
    const offsets = { logStartOffset, logEndOffset, highWatermark };
    // Without a live incarnation nothing is served, and the partition is taken over anew.
    const state = isSealed ? 'releasing' : isLeading ? 'online' : 'assigned';
    put({ topic: topicName, partition }, state, { ...offsets, leader: state === 'online', leaderEpoch });
  }
  return [...statuses.values()].sort(byName);
}

function byName(one: PartitionRef, other: PartitionRef): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  return one.partition - other.partition;
}
