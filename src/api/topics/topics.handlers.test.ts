import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { ZERO_UUID } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ClusterRecords, contextOf } from '../../../test/support/cluster-records.js';
import { CreateTopicsHandler } from './create-topics.handler.js';
import { DeleteTopicsHandler } from './delete-topics.handler.js';
import { MetadataHandler } from './metadata.handler.js';
import { TopicCreation } from './topic-creation.js';

const NEW_TOPIC = { name: 'orders', numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] };

let cluster: ClusterRecords;
let creation: TopicCreation;

beforeEach(async () => {
  cluster = await ClusterRecords.open();
  await cluster.registerBroker(1);
  await cluster.registerBroker(2);
  creation = new TopicCreation(cluster.catalogue, cluster.view, { partitions: 3 }, silentLogger);
});
afterEach(() => cluster.close());

function createTopics(topic: Partial<typeof NEW_TOPIC> | object, allowAdminApis = true) {
  const handler = new CreateTopicsHandler(cluster.catalogue, cluster.view, creation, cluster.topicDefaults, {
    allowAdminApis,
  });
  return handler.handle({ topics: [{ ...NEW_TOPIC, ...topic }], timeoutMs: 0, validateOnly: false });
}

function metadata(autoCreateTopics = true) {
  return new MetadataHandler(cluster.catalogue, cluster.view, creation, { autoCreateTopics });
}

function askFor(name: string) {
  return {
    topics: [{ name, topicId: ZERO_UUID }],
    allowAutoTopicCreation: true,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  };
}

describe('CreateTopics', () => {
  const assigned = (...brokerIds: number[][]) => ({
    assignments: brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids })),
  });

  test('takes the number of partitions from a manual assignment', async () => {
    expect((await createTopics(assigned([1, 2], [2, 1]))).topics).toMatchObject([{ errorCode: 0, numPartitions: 2 }]);
    expect(cluster.catalogue.get('orders')).toMatchObject({ partitionCount: 2, replicationFactor: 2 });
  });

  test.each([
    ['a gap', { assignments: [{ partitionIndex: 1, brokerIds: [1] }] }, ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['no brokers', assigned([]), ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['a broker twice', assigned([1, 1]), ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['an unknown broker', assigned([1], [3]), ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['different numbers of replicas', assigned([1], [1, 2]), ErrorCode.INVALID_REPLICA_ASSIGNMENT],
    ['partitions as well', { ...assigned([1]), numPartitions: 1 }, ErrorCode.INVALID_REQUEST],
    ['too many partitions', { numPartitions: 2 ** 31 - 1 }, ErrorCode.INVALID_PARTITIONS],
    ['a setting without a value', { configs: [{ name: 'retention.ms', value: null }] }, ErrorCode.INVALID_CONFIG],
  ])('refuses %s', async (_title, topic, errorCode) => {
    expect((await createTopics(topic)).topics).toMatchObject([{ name: 'orders', errorCode }]);
    expect(cluster.catalogue.all()).toEqual([]);
  });

  test('reports the configuration, and what of it is the topic’s own', async () => {
    const { topics } = await createTopics({ configs: [{ name: 'retention.ms', value: '1000' }] });
    expect(topics[0]?.configs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'retention.ms', value: '1000', configSource: 1 }),
        expect.objectContaining({ name: 'cleanup.policy', value: 'delete', configSource: 5 }),
      ]),
    );
  });

  test('a request with too many partitions is refused as a whole', async () => {
    const handler = new CreateTopicsHandler(cluster.catalogue, cluster.view, creation, cluster.topicDefaults, {
      allowAdminApis: true,
    });
    const large = ['a', 'b'].map((name) => ({ ...NEW_TOPIC, name, numPartitions: 6000 }));
    const { topics } = await handler.handle({ topics: large, timeoutMs: 0, validateOnly: false });
    expect(topics.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.POLICY_VIOLATION, ErrorCode.POLICY_VIOLATION]);
    expect(cluster.catalogue.all()).toEqual([]);
  });

  test('can be forbidden', async () => {
    const { topics } = await createTopics({}, false);
    expect(topics).toMatchObject([{ errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED }]);
  });
});

describe('DeleteTopics', () => {
  const deletion = (allowAdminApis = true) =>
    new DeleteTopicsHandler(cluster.catalogue, silentLogger, { allowAdminApis });

  test('a topic that is named twice, once by its id, is refused both times', async () => {
    await createTopics({});
    const topicId = cluster.catalogue.get('orders')!.id;
    const byName = { name: 'orders', topicId: ZERO_UUID };
    const request = { topics: [byName, { name: null, topicId }], topicNames: [], timeoutMs: 1000 };
    const { responses } = await deletion().handle(request, contextOf(6));
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST]);
    expect(cluster.catalogue.get('orders')).toBeDefined();
  });

  test.each([
    [1, ErrorCode.INVALID_REQUEST],
    [3, ErrorCode.TOPIC_DELETION_DISABLED],
  ])('can be forbidden (v%i)', async (version, errorCode) => {
    await createTopics({});
    const request = { topics: [], topicNames: ['orders'], timeoutMs: 1000 };
    expect((await deletion(false).handle(request, contextOf(version))).responses).toMatchObject([{ errorCode }]);
    expect(cluster.catalogue.get('orders')).toBeDefined();
  });
});

describe('Metadata', () => {
  test('clients that ask for the same new topic at once create it once', async () => {
    const ask = () => metadata().handle(askFor('orders'), contextOf(12));
    const answers = Promise.all([ask(), ask()]);
    for (const partition of [0, 1, 2]) await cluster.assign('orders', partition, 2, 7);
    for (const { topics } of await answers) {
      expect(topics).toMatchObject([{ errorCode: ErrorCode.NONE, name: 'orders', partitions: [{}, {}, {}] }]);
    }
    expect(cluster.catalogue.all()).toHaveLength(1);
  });

  test('a partition has its leader as the only replica; without one it is not available', async () => {
    await createTopics({ numPartitions: 2 });
    await cluster.assign('orders', 0, 2, 7);
    const { topics } = await metadata().handle(askFor('orders'), contextOf(12));
    expect(topics[0]?.partitions).toEqual([
      { errorCode: 0, partitionIndex: 0, leaderId: 2, leaderEpoch: 7, replicaNodes: [2], isrNodes: [2] },
      { errorCode: ErrorCode.LEADER_NOT_AVAILABLE, partitionIndex: 1, leaderId: -1, replicaNodes: [], isrNodes: [] },
    ]);
  });

  test('the configuration can keep clients from creating topics', async () => {
    const { topics } = await metadata(false).handle(askFor('orders'), contextOf(12));
    expect(topics).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }]);
    expect(cluster.catalogue.all()).toEqual([]);
  });

  test('a name that collides with another is not created', async () => {
    await createTopics({ name: 'a.b' });
    const { topics } = await metadata().handle(askFor('a_b'), contextOf(12));
    expect(topics).toMatchObject([{ errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, name: 'a_b' }]);
  });
});
