import { describe, expect, test } from '@jest/globals';
import { ZERO_UUID } from '../../../src/protocol/codec/index.js';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { Metadata } from '../../../src/protocol/schema/index.js';
import type { Subject } from '../subject.js';
import {
  createTopic,
  deleteTopic,
  recreateTopic,
  topicMetadata,
  topicNames,
  topicWithLeaders,
  uniqueName,
} from '../topics.js';
import { until } from '../../support/until.js';

const NOT_ASKED_FOR = -2147483648;
const UNKNOWN_ID = 'AAAAAAAAQACAAAAAAAAAAQ';

export function metadataCases(subject: Subject): void {
  describe('Metadata', () => {
    test('16 null means all topics, empty means none; in v0 empty means all', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const named = expect.arrayContaining([expect.objectContaining({ name })]);
      expect((await client.send(Metadata, 1, { topics: null })).topics).toEqual(named);
      expect((await client.send(Metadata, 12, { topics: null })).topics).toEqual(named);
      expect((await client.send(Metadata, 0, { topics: [] })).topics).toEqual(named);
      const none = await client.send(Metadata, 1, { topics: [] });
      expect(none.topics).toEqual([]);
      expect(none.brokers).not.toHaveLength(0);
    });

    test('17 an unknown topic is answered 3 without partitions, and not created, when the client forbids it', async () => {
      const client = await subject.connect();
      const name = uniqueName();
      const answer = await client.send(Metadata, 4, { topics: [{ name }], allowAutoTopicCreation: false });
      expect(answer.topics).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name, partitions: [] }]);
      expect(await topicNames(client)).not.toContain(name);
    });

    test.each([1, 12])('18 an unknown topic is created when the client allows it (v%i)', async (version) => {
      const client = await subject.connect();
      const name = uniqueName();
      const errorCodes = new Set<number>();
      const topic = await until('a leader', async () => {
        const answer = await client.send(Metadata, version, { topics: [{ name }], allowAutoTopicCreation: true });
        const [entry] = answer.topics;
        errorCodes.add(entry!.errorCode);
        return entry!.partitions.some(({ leaderId }) => leaderId >= 0) ? entry : undefined;
      });
      expect(topic).toMatchObject({ errorCode: ErrorCode.NONE, name });
      errorCodes.delete(ErrorCode.NONE);
      const meanwhile = [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.LEADER_NOT_AVAILABLE];
      const expected = subject.expected({ kafscale: [], apacheKafka: meanwhile });
      expect(expected).toEqual(expect.arrayContaining([...errorCodes]));
      expect(await topicNames(client)).toContain(name);
    });

    test('18 clients that ask for an unknown topic at the same time get the same one', async () => {
      const name = uniqueName();
      const clients = await Promise.all([1, 2, 3, 4, 5].map(() => subject.connect()));
      const ids = clients.map((client) =>
        until('the topic', async () => {
          const answer = await client.send(Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: true });
          return answer.topics[0]?.errorCode === ErrorCode.NONE ? answer.topics[0].topicId : undefined;
        }),
      );
      expect(new Set(await Promise.all(ids)).size).toBe(1);
    });

    test.each([
      ['"a/b"', 'a/b'],
      ['the empty name', ''],
      ['"."', '.'],
      ['".."', '..'],
      ['250 letters', 'x'.repeat(250)],
      ['"ä"', 'ä'],
    ])('19 %s is no topic name: 17, and nothing is created', async (_, name) => {
      const client = await subject.connect();
      const answer = await client.send(Metadata, 9, { topics: [{ name }], allowAutoTopicCreation: true });
      expect(answer.topics).toMatchObject([{ errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, partitions: [] }]);
      expect(await topicNames(client)).not.toContain(name);
    });

    test('20 v12 finds a topic by its id and gives its name; an unknown id is answered 100 without a name', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      expect(await topicMetadata(client, topic)).toMatchObject({ errorCode: ErrorCode.NONE, ...topic });
      expect(await topicMetadata(client, { topicId: UNKNOWN_ID })).toMatchObject({
        errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
        name: null,
        topicId: UNKNOWN_ID,
        partitions: [],
      });
    });

    test.each([10, 11])('21 v%i does not look topics up by their ids: 42', async (version) => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      for (const reference of [{ name: null, topicId: topic.topicId }, topic, { name: null, topicId: ZERO_UUID }]) {
        const answer = await client.send(Metadata, version, { topics: [reference] });
        expect(answer.topics).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST, partitions: [] }]);
      }
    });

    test('22 a topic that is asked for twice is described once or twice, alike', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { topics } = await client.send(Metadata, 9, { topics: [{ name }, { name }] });
      expect([1, 2]).toContain(topics.length);
      for (const topic of topics) expect(topic).toEqual(topics[0]);
    });

    test.each([8, 9, 10])('25 v%i tells what the client may do to the cluster only when asked', async (version) => {
      const client = await subject.connect();
      const ask = (includeClusterAuthorizedOperations: boolean) =>
        client.send(Metadata, version, { topics: [], includeClusterAuthorizedOperations });
      expect((await ask(true)).clusterAuthorizedOperations).toBeGreaterThan(0);
      expect((await ask(false)).clusterAuthorizedOperations).toBe(NOT_ASKED_FOR);
    });

    test('25 v8 on tells what the client may do to a topic only when asked', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const ask = async (includeTopicAuthorizedOperations: boolean) =>
        (await client.send(Metadata, 12, { topics: [{ name }], includeTopicAuthorizedOperations })).topics[0];
      expect((await ask(true))?.topicAuthorizedOperations).toBeGreaterThan(0);
      expect((await ask(false))?.topicAuthorizedOperations).toBe(NOT_ASKED_FOR);
    });

    test('26 a topic that is deleted and made again has a new id; the old one is answered 100', async () => {
      const client = await subject.connect();
      const first = await createTopic(client);
      await deleteTopic(client, first);
      const second = await recreateTopic(client, first.name);
      expect(second.topicId).not.toBe(first.topicId);
      expect(await topicMetadata(client, first)).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null });
      expect(await topicWithLeaders(client, first.name)).toMatchObject({ topicId: second.topicId });
    });
  });
}
