import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { ErrorCode } from '../protocol/errors.js';
import { ClusterRecords, contextOf } from '../../test/support/cluster-records.js';
import { until } from '../../test/support/until.js';
import { AlterPartitionReassignmentsHandler } from './topics/alter-partition-reassignments.handler.js';
import { CreatePartitionsHandler } from './topics/create-partitions.handler.js';
import { DescribeClusterHandler } from './cluster/describe-cluster.handler.js';
import { DescribeTopicPartitionsHandler } from './topics/describe-topic-partitions.handler.js';
import { ElectLeadersHandler } from './topics/elect-leaders.handler.js';
import { ListPartitionReassignmentsHandler } from './topics/list-partition-reassignments.handler.js';
import { ListConfigResourcesHandler } from './configs/list-config-resources.handler.js';

let cluster: ClusterRecords;

beforeEach(async () => {
  cluster = await ClusterRecords.open();
  await cluster.registerBroker(1);
  await cluster.registerBroker(2);
});
afterEach(() => cluster.close());

function createTopic(name: string, partitionCount = 1, replicationFactor = 1) {
  return cluster.catalogue.create({ name, partitionCount, replicationFactor, configs: new Map() });
}

describe('CreatePartitions', () => {
  const topic = (name: string, count: number, ...assignments: number[][]) => ({
    name,
    count,
    assignments: assignments.length > 0 ? assignments.map((brokerIds) => ({ brokerIds })) : null,
  });

  function create(topics: ReturnType<typeof topic>[], { validateOnly = false, allowAdminApis = true } = {}) {
    const options = { allowAdminApis };
    const handler = new CreatePartitionsHandler(cluster.catalogue, cluster.view, silentLogger, options);
    return handler.handle({ topics, timeoutMs: 0, validateOnly });
  }

  test('each topic has its own result', async () => {
    for (const name of ['a', 'b', 'c']) await createTopic(name, 2);
    const asked = [topic('a', 3), topic('b', 2), topic('c', 1), topic('d', 5), topic('e', 1), topic('e', 2)];
    const { results } = await create(asked);
    expect(Object.fromEntries(results.map(({ name, errorCode }) => [name, errorCode]))).toEqual({
      a: ErrorCode.NONE,
      b: ErrorCode.INVALID_PARTITIONS,
      c: ErrorCode.INVALID_PARTITIONS,
      d: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      e: ErrorCode.INVALID_REQUEST,
    });
    expect(cluster.catalogue.get('a')?.partitionCount).toBe(3);
  });

  test('what is only validated, or forbidden, is not done', async () => {
    await createTopic('a');
    expect((await create([topic('a', 2)], { validateOnly: true })).results).toMatchObject([{ errorCode: 0 }]);
    expect((await create([topic('a', 2)], { allowAdminApis: false })).results).toMatchObject([
      { errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED },
    ]);
    expect(cluster.catalogue.get('a')?.partitionCount).toBe(1);
  });

  test.each([
    ['as many lists of brokers as partitions are added', [[1, 2]], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['as many brokers as the topic has replicas', [[1], [2]], ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['known brokers', [[1, 2], [1, 7]], ErrorCode.INVALID_REPLICA_ASSIGNMENT], // prettier-ignore
    ['brokers once', [[1, 2], [1, 1]], ErrorCode.INVALID_REPLICA_ASSIGNMENT], // prettier-ignore
    ['no more than that', [[1, 2], [2, 1]], ErrorCode.NONE], // prettier-ignore
  ])('a manual assignment needs %s', async (_title, assignments, errorCode) => {
    await createTopic('a', 1, 2);
    expect((await create([topic('a', 3, ...assignments)])).results).toMatchObject([{ errorCode }]);
  });

  test('a topic and a request have bounds', async () => {
    for (const name of ['a', 'b']) await createTopic(name);
    expect((await create([topic('a', 10_001)])).results).toMatchObject([{ errorCode: ErrorCode.INVALID_PARTITIONS }]);
    expect((await create([topic('a', 6000), topic('b', 6000)], { validateOnly: true })).results).toMatchObject([
      { errorCode: ErrorCode.NONE },
      { errorCode: ErrorCode.POLICY_VIOLATION },
    ]);
  });
});

describe('DescribeTopicPartitions', () => {
  function describePage(names: string[], limit: number, cursor: { topicName: string; partitionIndex: number } | null) {
    const handler = new DescribeTopicPartitionsHandler(cluster.catalogue, cluster.view);
    return handler.handle({ topics: names.map((name) => ({ name })), responsePartitionLimit: limit, cursor });
  }

  test.each([1, 2, 3, 4, 5, 6, 100])('pages of %i show every partition once, in order', async (limit) => {
    for (const [name, count] of [['b', 3], ['a', 1], ['c', 2]] as const) await createTopic(name, count); // prettier-ignore
    const seen: string[] = [];
    let cursor: { topicName: string; partitionIndex: number } | null = null;
    do {
      const page = describePage([], limit, cursor);
      const partitions = page.topics.flatMap(({ name, partitions: some }) =>
        some.map(({ partitionIndex }) => `${name}${partitionIndex}`),
      );
      expect(partitions.length).toBeLessThanOrEqual(limit);
      seen.push(...partitions);
      cursor = page.nextCursor ?? null;
    } while (cursor !== null);
    expect(seen).toEqual(['a0', 'b0', 'b1', 'b2', 'c0', 'c1']);
  });

  test('a partition without a leader is said to have none', async () => {
    const { id } = await createTopic('a', 2);
    await cluster.assign('a', 0, 2, 7);
    const { topics } = describePage(['a', 'a', 'nobody', 'a/b'], 100, null);
    expect(topics).toMatchObject([
      {
        name: 'a',
        topicId: id,
        partitions: [
          { errorCode: 0, leaderId: 2, leaderEpoch: 7, replicaNodes: [2], eligibleLeaderReplicas: [] },
          { errorCode: ErrorCode.LEADER_NOT_AVAILABLE, leaderId: -1, replicaNodes: [] },
        ],
      },
      { name: 'a/b', errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION },
      { name: 'nobody', errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
    ]);
  });

  test('a cursor that makes no sense is refused', () => {
    const invalid = expect.objectContaining({ code: ErrorCode.INVALID_REQUEST });
    expect(() => describePage([], 1, { topicName: 'a', partitionIndex: -1 })).toThrow(invalid);
    expect(() => describePage(['b'], 1, { topicName: 'a', partitionIndex: 0 })).toThrow(invalid);
  });
});

describe('ElectLeaders', () => {
  const elect = (electionType: number, topicPartitions: { topic: string; partitions: number[] }[] | null) =>
    new ElectLeadersHandler(cluster.catalogue, cluster.view).handle({ electionType, topicPartitions, timeoutMs: 0 });

  test('is needed only where there is no leader, and can do nothing there', async () => {
    await createTopic('a', 2);
    await cluster.assign('a', 0, 1, 0);
    const result = (partitionId: number, errorCode: ErrorCode) => ({ partitionId, errorCode });
    const asked = [{ topic: 'a', partitions: [0, 1, 2] }];
    expect(elect(0, asked).replicaElectionResults).toMatchObject([
      {
        topic: 'a',
        partitionResult: [
          result(0, ErrorCode.ELECTION_NOT_NEEDED),
          result(1, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE),
          result(2, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
        ],
      },
    ]);
    expect(elect(1, null).replicaElectionResults).toMatchObject([
      { topic: 'a', partitionResult: [result(1, ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE)] },
    ]);
    expect(() => elect(2, null)).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }));
  });
});

describe('reassignments', () => {
  const alter = async (partitionIndex: number, replicas: number[] | null, allowAdminApis = true) => {
    const handler = new AlterPartitionReassignmentsHandler(cluster.catalogue, cluster.store, { allowAdminApis });
    const topics = [{ name: 'a', partitions: [{ partitionIndex, replicas }] }];
    const answer = await handler.handle({ topics, timeoutMs: 0, allowReplicationFactorChange: true });
    return answer.responses[0]?.partitions[0]?.errorCode;
  };
  const list = (topics: { name: string; partitionIndexes: number[] }[] | null = null) =>
    new ListPartitionReassignmentsHandler(cluster.catalogue, cluster.view).handle({ topics, timeoutMs: 0 }).topics;

  test('a partition moves to another broker, until that is taken back', async () => {
    await createTopic('a', 2);
    await cluster.assign('a', 0, 1, 0);
    expect(await alter(0, null)).toBe(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
    expect(await alter(0, [1])).toBe(ErrorCode.NONE);
    expect(list()).toEqual([]);

    expect(await alter(0, [2])).toBe(ErrorCode.NONE);
    const partitions = [{ partitionIndex: 0, replicas: [2, 1], addingReplicas: [2], removingReplicas: [1] }];
    await until('the move to be seen', () => Promise.resolve(list().length > 0 || undefined));
    expect(list()).toEqual([{ name: 'a', partitions }]);
    expect(list([{ name: 'a', partitionIndexes: [1] }])).toEqual([]);

    expect(await alter(0, null)).toBe(ErrorCode.NONE);
    await until('its end to be seen', () => Promise.resolve(list().length === 0 || undefined));
  });

  test('what can not be done is refused', async () => {
    await createTopic('a', 2);
    await cluster.assign('a', 0, 1, 0);
    for (const replicas of [[], [1, 2], [4711]]) {
      expect(await alter(0, replicas)).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
    }
    expect(await alter(1, [2])).toBe(ErrorCode.LEADER_NOT_AVAILABLE);
    expect(await alter(2, [2])).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    const forbidden = expect.objectContaining({ code: ErrorCode.CLUSTER_AUTHORIZATION_FAILED });
    await expect(alter(0, [2], false)).rejects.toEqual(forbidden);
  });
});

describe('DescribeCluster', () => {
  test('shows the brokers, and knows no controllers', () => {
    const ask = (endpointType: number) =>
      new DescribeClusterHandler(cluster.view).handle({
        includeClusterAuthorizedOperations: false,
        endpointType,
        includeFencedBrokers: true,
      });
    expect(ask(1)).toMatchObject({ controllerId: 1, brokers: [{ brokerId: 1, isFenced: false }, { brokerId: 2 }] });
    const refused = (code: ErrorCode) => expect.objectContaining({ code });
    expect(() => ask(2)).toThrow(refused(ErrorCode.MISMATCHED_ENDPOINT_TYPE));
    expect(() => ask(3)).toThrow(refused(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE));
  });
});

describe('ListConfigResources', () => {
  test('lists what is asked for, or all', async () => {
    await createTopic('a');
    const handler = new ListConfigResourcesHandler(cluster.catalogue, cluster.view, cluster.groupConfigs);
    await cluster.groupConfigs.alter('g', () => new Map([['consumer.session.timeout.ms', '50000']]), 1_000);
    const list = (version: number, ...resourceTypes: number[]) =>
      handler
        .handle({ resourceTypes }, contextOf(version))
        .configResources.map(({ resourceName, resourceType }) => `${resourceType} ${resourceName}`);
    expect(list(0)).toEqual([]);
    expect(list(1)).toEqual(['2 a', '4 1', '4 2', '8 1', '8 2', '32 g']);
    expect(list(1, 4, 32)).toEqual(['4 1', '4 2', '32 g']);
    expect(() => list(1, 3)).toThrow(expect.objectContaining({ code: ErrorCode.UNSUPPORTED_VERSION }));
  });
});
