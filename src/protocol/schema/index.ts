/** Every API that is declared: the table by key, and the declarations with their types by name. */
import type { Api } from '../codec/declare.js';
import { Produce } from './produce.js';
import { Fetch } from './fetch.js';
import { ListOffsets } from './list-offsets.js';
import { Metadata } from './metadata.js';
import { OffsetCommit } from './offset-commit.js';
import { OffsetFetch } from './offset-fetch.js';
import { FindCoordinator } from './find-coordinator.js';
import { JoinGroup } from './join-group.js';
import { Heartbeat } from './heartbeat.js';
import { LeaveGroup } from './leave-group.js';
import { SyncGroup } from './sync-group.js';
import { DescribeGroups } from './describe-groups.js';
import { ListGroups } from './list-groups.js';
import { ApiVersions } from './api-versions.js';
import { CreateTopics } from './create-topics.js';
import { DeleteTopics } from './delete-topics.js';
import { DeleteRecords } from './delete-records.js';
import { InitProducerId } from './init-producer-id.js';
import { OffsetForLeaderEpoch } from './offset-for-leader-epoch.js';
import { DescribeAcls } from './describe-acls.js';
import { CreateAcls } from './create-acls.js';
import { DeleteAcls } from './delete-acls.js';
import { DescribeConfigs } from './describe-configs.js';
import { AlterConfigs } from './alter-configs.js';
import { DescribeLogDirs } from './describe-log-dirs.js';
import { CreatePartitions } from './create-partitions.js';
import { DeleteGroups } from './delete-groups.js';
import { ElectLeaders } from './elect-leaders.js';
import { IncrementalAlterConfigs } from './incremental-alter-configs.js';
import { AlterPartitionReassignments } from './alter-partition-reassignments.js';
import { ListPartitionReassignments } from './list-partition-reassignments.js';
import { OffsetDelete } from './offset-delete.js';
import { DescribeClientQuotas } from './describe-client-quotas.js';
import { AlterClientQuotas } from './alter-client-quotas.js';
import { DescribeUserScramCredentials } from './describe-user-scram-credentials.js';
import { AlterUserScramCredentials } from './alter-user-scram-credentials.js';
import { DescribeQuorum } from './describe-quorum.js';
import { UpdateFeatures } from './update-features.js';
import { DescribeCluster } from './describe-cluster.js';
import { DescribeProducers } from './describe-producers.js';
import { ConsumerGroupHeartbeat } from './consumer-group-heartbeat.js';
import { ConsumerGroupDescribe } from './consumer-group-describe.js';
import { ListConfigResources } from './list-config-resources.js';
import { DescribeTopicPartitions } from './describe-topic-partitions.js';

export * from './produce.js';
export * from './fetch.js';
export * from './list-offsets.js';
export * from './metadata.js';
export * from './offset-commit.js';
export * from './offset-fetch.js';
export * from './find-coordinator.js';
export * from './join-group.js';
export * from './heartbeat.js';
export * from './leave-group.js';
export * from './sync-group.js';
export * from './describe-groups.js';
export * from './list-groups.js';
export * from './api-versions.js';
export * from './create-topics.js';
export * from './delete-topics.js';
export * from './delete-records.js';
export * from './init-producer-id.js';
export * from './offset-for-leader-epoch.js';
export * from './describe-acls.js';
export * from './create-acls.js';
export * from './delete-acls.js';
export * from './describe-configs.js';
export * from './alter-configs.js';
export * from './describe-log-dirs.js';
export * from './create-partitions.js';
export * from './delete-groups.js';
export * from './elect-leaders.js';
export * from './incremental-alter-configs.js';
export * from './alter-partition-reassignments.js';
export * from './list-partition-reassignments.js';
export * from './offset-delete.js';
export * from './describe-client-quotas.js';
export * from './alter-client-quotas.js';
export * from './describe-user-scram-credentials.js';
export * from './alter-user-scram-credentials.js';
export * from './describe-quorum.js';
export * from './update-features.js';
export * from './describe-cluster.js';
export * from './describe-producers.js';
export * from './consumer-group-heartbeat.js';
export * from './consumer-group-describe.js';
export * from './list-config-resources.js';
export * from './describe-topic-partitions.js';
export { RequestHeader } from './request-header.js';
export { ResponseHeader } from './response-header.js';

/** The keys of the declared APIs by name. */
export const ApiKey = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  DescribeGroups: 15,
  ListGroups: 16,
  ApiVersions: 18,
  CreateTopics: 19,
  DeleteTopics: 20,
  DeleteRecords: 21,
  InitProducerId: 22,
  OffsetForLeaderEpoch: 23,
  DescribeAcls: 29,
  CreateAcls: 30,
  DeleteAcls: 31,
  DescribeConfigs: 32,
  AlterConfigs: 33,
  DescribeLogDirs: 35,
  CreatePartitions: 37,
  DeleteGroups: 42,
  ElectLeaders: 43,
  IncrementalAlterConfigs: 44,
  AlterPartitionReassignments: 45,
  ListPartitionReassignments: 46,
  OffsetDelete: 47,
  DescribeClientQuotas: 48,
  AlterClientQuotas: 49,
  DescribeUserScramCredentials: 50,
  AlterUserScramCredentials: 51,
  DescribeQuorum: 55,
  UpdateFeatures: 57,
  DescribeCluster: 60,
  DescribeProducers: 61,
  ConsumerGroupHeartbeat: 68,
  ConsumerGroupDescribe: 69,
  ListConfigResources: 74,
  DescribeTopicPartitions: 75,
} as const;

export type ApiKey = (typeof ApiKey)[keyof typeof ApiKey];

/** All declared APIs in the order of their keys. Whether one is served, and so advertised, is not decided here. */
export const apis: readonly Api[] = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  LeaveGroup,
  SyncGroup,
  DescribeGroups,
  ListGroups,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  DeleteRecords,
  InitProducerId,
  OffsetForLeaderEpoch,
  DescribeAcls,
  CreateAcls,
  DeleteAcls,
  DescribeConfigs,
  AlterConfigs,
  DescribeLogDirs,
  CreatePartitions,
  DeleteGroups,
  ElectLeaders,
  IncrementalAlterConfigs,
  AlterPartitionReassignments,
  ListPartitionReassignments,
  OffsetDelete,
  DescribeClientQuotas,
  AlterClientQuotas,
  DescribeUserScramCredentials,
  AlterUserScramCredentials,
  DescribeQuorum,
  UpdateFeatures,
  DescribeCluster,
  DescribeProducers,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  ListConfigResources,
  DescribeTopicPartitions,
];

const byKey = new Map(apis.map((api) => [api.key, api]));

/** The declaration of an API, `undefined` when there is none. */
export function apiByKey(key: number): Api | undefined {
  return byKey.get(key);
}
