import type { ClusterView } from '../../cluster/cluster-view.js';
import type { Topic } from '../../metadata/topic-catalogue.js';
import { ErrorCode } from '../../protocol/errors.js';

export interface PartitionDescription {
  readonly errorCode: ErrorCode;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch?: number;
  readonly replicaNodes: number[];
  readonly isrNodes: number[];
}

/**
 * A partition as clients are told of it. Its replicas are the brokers that serve reads of it, all in sync: durability is the
 * object store's. Without a live leader it is LEADER_NOT_AVAILABLE with leader −1.
 */
export function describePartition(cluster: ClusterView, topic: Topic, partitionIndex: number): PartitionDescription {
  const leader = cluster.leaderOf(topic, partitionIndex);
  if (!leader) {
    const errorCode = ErrorCode.LEADER_NOT_AVAILABLE;
    return { errorCode, partitionIndex, leaderId: -1, replicaNodes: [], isrNodes: [] };
  }
  const { brokerId, leaderEpoch } = leader;
  const replicas = cluster.replicasOf(partitionIndex, brokerId);
  return {
    errorCode: ErrorCode.NONE,
    partitionIndex,
    leaderId: brokerId,
    leaderEpoch,
    replicaNodes: replicas,
    isrNodes: replicas,
  };
}
