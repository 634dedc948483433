import { describe, expect, test } from '@jest/globals';
import type { Api, RequestInput } from '../../../src/protocol/codec/index.js';
import {
  AlterClientQuotas,
  AlterConfigs,
  AlterPartitionReassignments,
  CreateAcls,
  CreatePartitions,
  DeleteAcls,
  DeleteRecords,
  DescribeAcls,
  DescribeClientQuotas,
  DescribeCluster,
  DescribeConfigs,
  DescribeLogDirs,
  DescribeProducers,
  DescribeTopicPartitions,
  ElectLeaders,
  IncrementalAlterConfigs,
  ListConfigResources,
  ListPartitionReassignments,
  OffsetForLeaderEpoch,
} from '../../../src/protocol/schema/index.js';
import type { Subject } from '../subject.js';
import { createTopic } from '../topics.js';

const TOPIC = 2;

/** Requests that change nothing, or next to nothing. */
function requests(name: string): [Api, object][] {
  const resource = { resourceType: TOPIC, resourceName: name };
  return [
    request(DeleteRecords, { topics: [{ name, partitions: [{ partitionIndex: 0, offset: 0 }] }], timeoutMs: 1000 }),
    request(OffsetForLeaderEpoch, { topics: [{ topic: name, partitions: [{ partition: 0, leaderEpoch: 0 }] }] }),
    request(DescribeAcls, {
      ...{ resourceTypeFilter: 1, resourceNameFilter: null, principalFilter: null, hostFilter: null },
      ...{ operation: 1, permissionType: 1 },
    }),
    request(CreateAcls, { creations: [] }),
    request(DeleteAcls, { filters: [] }),
    request(DescribeConfigs, { resources: [{ ...resource, configurationKeys: null }] }),
    request(AlterConfigs, { resources: [{ ...resource, configs: [] }], validateOnly: true }),
    request(IncrementalAlterConfigs, { resources: [{ ...resource, configs: [] }], validateOnly: true }),
    request(DescribeLogDirs, { topics: [{ topic: name, partitions: [0] }] }),
    request(CreatePartitions, { topics: [{ name, count: 2, assignments: null }], timeoutMs: 1000, validateOnly: true }),
    request(ElectLeaders, { electionType: 0, topicPartitions: [{ topic: name, partitions: [0] }] }),
    request(AlterPartitionReassignments, { topics: [{ name, partitions: [{ partitionIndex: 0, replicas: null }] }] }),
    request(ListPartitionReassignments, { topics: null }),
    request(DescribeClientQuotas, { components: [], strict: false }),
    request(AlterClientQuotas, { entries: [], validateOnly: true }),
    request(DescribeCluster, { includeClusterAuthorizedOperations: true }),
    request(DescribeProducers, { topics: [{ name, partitionIndexes: [0] }] }),
    request(DescribeTopicPartitions, { topics: [{ name }] }),
    request(ListConfigResources, {}),
  ];
}

function request<A extends Api>(api: A, body: RequestInput<A>): [Api, object] {
  return [api, body];
}

export function adminVersionCases(subject: Subject): void {
  describe('administration', () => {
    test('118 every API is answered in every version that is advertised', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      for (const [api, body] of requests(name)) {
        const range = subject.versionsOf(api);
        const last = Math.min(range?.max ?? -1, api.versions.max);
        expect([api.name, range?.min, last >= api.versions.min]).toEqual([api.name, api.versions.min, true]);
        for (let version = api.versions.min; version <= last; version += 1) {
          // The client fails if the answer is not of exactly this version.
          await client.send(api, version, body);
        }
      }
    });
  });
}
