import { describe, expect, test } from '@jest/globals';
import type { RequestInput } from '../../../src/protocol/codec/index.js';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { CreateTopics, DeleteTopics } from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import { batchOf, fetchOne, produce } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, deleteTopic, topicMetadata, topicNames, topicWithLeaders, uniqueName } from '../topics.js';

const UNKNOWN_ID = 'AAAAAAAAQACAAAAAAAAAAQ';
const UUID = /^[\w-]{22}$/;

type NewTopic = RequestInput<typeof CreateTopics>['topics'][number];

export function topicCases(subject: Subject): void {
  describe('CreateTopics', () => {
    test('98 a topic that is given twice is refused once, 42; the others of the request are made', async () => {
      const client = await subject.connect();
      const [twice, once] = [newTopic(), newTopic()];
      const { topics } = await create(client, [twice, once, twice]);
      const results = new Map(topics.map(({ name, errorCode }) => [name, errorCode]));
      expect(topics).toHaveLength(2);
      expect(results.get(twice.name)).toBe(ErrorCode.INVALID_REQUEST);
      expect(results.get(once.name)).toBe(ErrorCode.NONE);
      expect(await topicNames(client)).not.toContain(twice.name);
    });

    test('98 a topic that exists is refused: 36', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { topics } = await create(client, [newTopic({ name })]);
      expect(topics).toMatchObject([{ name, errorCode: ErrorCode.TOPIC_ALREADY_EXISTS }]);
    });

    test('98 of clients that make a topic at the same time one succeeds, the others are answered 36', async () => {
      const topic = newTopic();
      const clients = await Promise.all([1, 2, 3, 4, 5].map(() => subject.connect()));
      const answers = await Promise.all(clients.map((client) => create(client, [topic])));
      const errorCodes = answers.map(({ topics }) => topics[0]?.errorCode).sort();
      const exists = ErrorCode.TOPIC_ALREADY_EXISTS;
      expect(errorCodes).toEqual([ErrorCode.NONE, exists, exists, exists, exists]);
    });

    test.each([
      ['0 partitions', { numPartitions: 0 }, ErrorCode.INVALID_PARTITIONS],
      ['-2 partitions', { numPartitions: -2 }, ErrorCode.INVALID_PARTITIONS],
      ['replication factor 0', { replicationFactor: 0 }, ErrorCode.INVALID_REPLICATION_FACTOR],
      ['replication factor -2', { replicationFactor: -2 }, ErrorCode.INVALID_REPLICATION_FACTOR],
      ['a name with a slash', { name: 'a/b' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['no name', { name: '' }, ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['an unknown setting', { configs: [{ name: 'no.such.setting', value: '1' }] }, ErrorCode.INVALID_CONFIG],
      ['a value that is no number', { configs: [{ name: 'retention.ms', value: 'x' }] }, ErrorCode.INVALID_CONFIG],
    ])('98 a topic with %s is refused, and not made', async (_, wrong, errorCode) => {
      const client = await subject.connect();
      const topic = newTopic(wrong);
      const { topics } = await create(client, [topic]);
      expect(topics).toMatchObject([{ name: topic.name, errorCode }]);
      expect(topics[0]?.errorMessage).toEqual(expect.any(String));
      expect(await topicNames(client)).not.toContain(topic.name);
    });

    test('98 a request for more than 10,000 partitions is refused: 44', async () => {
      const client = await subject.connect();
      const large = [newTopic({ numPartitions: 6000 }), newTopic({ numPartitions: 6000 })];
      const { topics } = await create(client, large, { validateOnly: true });
      const refused = { errorCode: ErrorCode.POLICY_VIOLATION };
      expect(topics).toMatchObject([refused, refused]);
    });

    test('98 partitions and replication factor -1 take the defaults of the broker', async () => {
      const client = await subject.connect();
      const topic = newTopic({ numPartitions: -1, replicationFactor: -1 });
      const { topics } = await create(client, [topic], { version: 5 });
      expect(topics[0]?.errorCode).toBe(ErrorCode.NONE);
      expect(topics[0]?.numPartitions).toBeGreaterThan(0);
      expect(topics[0]?.replicationFactor).toBeGreaterThan(0);
      expect((await topicWithLeaders(client, topic.name)).partitions).toHaveLength(topics[0]!.numPartitions);
    });

    test('98 assignments together with a replication factor are refused: 42', async () => {
      const client = await subject.connect();
      const { leaderId } = (await topicMetadata(client, (await createTopic(client)).name)).partitions[0]!;
      const assignments = [{ partitionIndex: 0, brokerIds: [leaderId] }];
      const { topics } = await create(client, [newTopic({ numPartitions: -1, assignments })]);
      expect(topics).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
      const assigned = await create(client, [newTopic({ numPartitions: -1, replicationFactor: -1, assignments })]);
      expect(assigned.topics).toMatchObject([{ errorCode: ErrorCode.NONE, numPartitions: 1 }]);
    });

    test('98 validateOnly checks, and makes nothing', async () => {
      const client = await subject.connect();
      const [good, bad] = [newTopic(), newTopic({ numPartitions: 0 })];
      const { topics } = await create(client, [good, bad], { validateOnly: true });
      const results = new Map(topics.map(({ name, errorCode }) => [name, errorCode]));
      expect(results.get(good.name)).toBe(ErrorCode.NONE);
      expect(results.get(bad.name)).toBe(ErrorCode.INVALID_PARTITIONS);
      expect(await topicNames(client)).not.toContain(good.name);
    });

    test('98 v7 answers with the id of the topic', async () => {
      const client = await subject.connect();
      const topic = newTopic({ numPartitions: 3, configs: [{ name: 'retention.ms', value: '1000' }] });
      const [made] = (await create(client, [topic], { version: 7 })).topics;
      expect(made).toMatchObject({ errorCode: ErrorCode.NONE, numPartitions: 3, replicationFactor: 1 });
      expect(made?.topicId).toMatch(UUID);
      expect(made?.configs).toContainEqual(expect.objectContaining({ name: 'retention.ms', value: '1000' }));
      expect(await topicWithLeaders(client, topic.name)).toMatchObject({ topicId: made?.topicId });
    });
  });

  describe('DeleteTopics', () => {
    test('100 a topic is deleted by its id; its readers are answered 3, or 100', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      await produce(client, topic, batchOf());
      await deleteTopic(client, topic);
      expect(await topicNames(client)).not.toContain(topic.name);
      expect((await fetchOne(client, topic, 0, { version: 12 })).errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      expect((await fetchOne(client, topic, 0, { version: 13 })).errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
    });

    test.each([12, 13])(
      '100 a fetch that waits while its topic is deleted is answered 3, or 100 (v%i)',
      async (version) => {
        const [client, reader] = [await subject.connect(), await subject.connect()];
        const topic = await createTopic(client);
        const waiting = fetchOne(reader, topic, 0, { version, maxWaitMs: 60_000 });
        await deleteTopic(client, topic);
        const gone = [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_ID];
        expect(gone).toContain((await waiting).errorCode);
      },
    );

    test('100 a topic is deleted by its name', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const answer = await client.send(DeleteTopics, 5, { topicNames: [name], timeoutMs: 10_000 });
      expect(answer.responses).toMatchObject([{ name, errorCode: ErrorCode.NONE }]);
    });

    test('100 name and id together, or neither, are refused: 42', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const both = await client.send(DeleteTopics, 6, { topics: [topic], timeoutMs: 10_000 });
      expect(both.responses).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
      const neither = await client.send(DeleteTopics, 6, {
        topics: [{ name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
        timeoutMs: 10_000,
      });
      expect(neither.responses).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
      expect(await topicNames(client)).toContain(topic.name);
    });

    test('100 an unknown id is answered 100, an unknown name 3', async () => {
      const client = await subject.connect();
      const name = uniqueName();
      const byId = await client.send(DeleteTopics, 6, { topics: [{ topicId: UNKNOWN_ID }], timeoutMs: 10_000 });
      expect(byId.responses).toMatchObject([
        { name: null, topicId: UNKNOWN_ID, errorCode: ErrorCode.UNKNOWN_TOPIC_ID },
      ]);
      const byName = await client.send(DeleteTopics, 1, { topicNames: [name], timeoutMs: 10_000 });
      expect(byName.responses).toMatchObject([{ name, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }]);
    });
  });
}

function newTopic(fields: Partial<NewTopic> = {}): NewTopic {
  return { name: uniqueName(), numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...fields };
}

function create(
  client: WireClient,
  topics: readonly NewTopic[],
  options: { readonly version?: number; readonly validateOnly?: boolean } = {},
) {
  const { version = 7, validateOnly = false } = options;
  return client.send(CreateTopics, version, { topics, timeoutMs: 10_000, validateOnly });
}
