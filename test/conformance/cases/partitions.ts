import { describe, expect, test } from '@jest/globals';
import type { RequestInput } from '../../../src/protocol/codec/index.js';
import { ErrorCode } from '../../../src/protocol/errors.js';
import {
  AlterPartitionReassignments,
  CreatePartitions,
  DescribeTopicPartitions,
  ElectLeaders,
  ListPartitionReassignments,
} from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import { batchOf, produce } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, topicMetadata, topicWithLeaders, uniqueName } from '../topics.js';
import { until } from '../../support/until.js';

type NewPartitions = RequestInput<typeof CreatePartitions>['topics'][number];

export function partitionCases(subject: Subject): void {
  describe('CreatePartitions', () => {
    test.each([0, 1, 2, 3])('99 more partitions are there, and take records (v%i)', async (version) => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const { results } = await create(client, [{ name: topic.name, count: 3, assignments: null }], { version });
      expect(results).toEqual([{ name: topic.name, errorCode: ErrorCode.NONE, errorMessage: null }]);
      await untilPartitions(client, topic.name, 3);
      expect(await produce(client, topic, batchOf(), { partition: 2 })).toMatchObject({ errorCode: 0, baseOffset: 0 });
    });

    test('99 as many as there are, fewer, none: 37', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client, { partitions: 2 });
      for (const count of [2, 1, 0, -1]) {
        const { results } = await create(client, [{ name, count, assignments: null }]);
        expect(results).toMatchObject([{ name, errorCode: ErrorCode.INVALID_PARTITIONS }]);
        expect(results[0]?.errorMessage).toEqual(expect.any(String));
      }
    });

    test('99 an unknown topic: 3; a topic twice: 42', async () => {
      const client = await subject.connect();
      const unknown = await create(client, [{ name: uniqueName(), count: 2, assignments: null }]);
      expect(unknown.results).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }]);
      const { name } = await createTopic(client);
      const twice = await create(
        client,
        [2, 3].map((count) => ({ name, count, assignments: null })),
      );
      expect(twice.results).toMatchObject([{ name, errorCode: ErrorCode.INVALID_REQUEST }]);
      expect((await topicMetadata(client, name)).partitions).toHaveLength(1);
    });

    test('99 validateOnly changes nothing', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { results } = await create(client, [{ name, count: 2, assignments: null }], { validateOnly: true });
      expect(results).toMatchObject([{ errorCode: ErrorCode.NONE }]);
      expect((await topicMetadata(client, name)).partitions).toHaveLength(1);
    });

    test('99 assignments: one for each new partition, of known brokers, else 39', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { leaderId } = (await topicMetadata(client, name)).partitions[0]!;
      const assign = async (...lists: number[][]) => {
        const assignments = lists.map((brokerIds) => ({ brokerIds }));
        return (await create(client, [{ name, count: 3, assignments }])).results[0]?.errorCode;
      };
      const wrong = ErrorCode.INVALID_REPLICA_ASSIGNMENT;
      expect(await assign([leaderId])).toBe(wrong);
      expect(await assign([leaderId], [4711])).toBe(wrong);
      expect(await assign([leaderId], [])).toBe(wrong);
      expect(await assign([leaderId], [leaderId, leaderId])).toBe(wrong);
      expect(await assign([leaderId], [leaderId])).toBe(ErrorCode.NONE);
      await untilPartitions(client, name, 3);
    });
  });

  describe('DescribeTopicPartitions', () => {
    test('110 pages go through the topics by name, and the cursor says where the next begins', async () => {
      const client = await subject.connect();
      const topics = await Promise.all([2, 1, 3].map((partitions) => createTopic(client, { partitions })));
      const names = topics.map(({ name }) => name).sort();
      const seen: string[] = [];
      let cursor: { topicName: string; partitionIndex: number } | null = null;
      do {
        const page = await describePage(client, names, 2, cursor);
        for (const { name, errorCode, partitions } of page.topics) {
          expect(errorCode).toBe(ErrorCode.NONE);
          seen.push(...partitions.map(({ partitionIndex }) => `${name} ${partitionIndex}`));
        }
        cursor = page.nextCursor;
      } while (cursor !== null);
      const counts = new Map(topics.map(({ name }, index) => [name, [2, 1, 3][index]!]));
      expect(seen).toEqual(
        names.flatMap((name) => [...Array(counts.get(name)).keys()].map((index) => `${name} ${index}`)),
      );
    });

    test('110 a partition has its leader, and no null lists', async () => {
      const client = await subject.connect();
      const { name, topicId } = await createTopic(client);
      const { leaderId, leaderEpoch } = (await topicMetadata(client, name)).partitions[0]!;
      const { topics, nextCursor } = await describePage(client, [name], 2000, null);
      expect(nextCursor).toBeNull();
      expect(topics).toMatchObject([
        {
          name,
          topicId,
          isInternal: false,
          partitions: [
            {
              errorCode: ErrorCode.NONE,
              leaderId,
              leaderEpoch,
              replicaNodes: [leaderId],
              isrNodes: [leaderId],
              eligibleLeaderReplicas: [],
              lastKnownElr: [],
              offlineReplicas: [],
            },
          ],
        },
      ]);
    });

    test('110 unknown: 3; a cursor outside the list, or before the first partition: no topics but errors', async () => {
      const client = await subject.connect();
      const unknown = uniqueName();
      const { topics } = await describePage(client, [unknown], 10, null);
      expect(topics).toMatchObject([{ name: unknown, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }]);
      const { name } = await createTopic(client);
      for (const cursor of [
        { topicName: '', partitionIndex: 0 },
        { topicName: name, partitionIndex: -1 },
      ]) {
        const answer = await describePage(client, [name], 10, cursor);
        expect(answer.topics).toMatchObject([{ name, errorCode: ErrorCode.INVALID_REQUEST }]);
      }
    });
  });

  describe('ElectLeaders, reassignments', () => {
    test('111 no election is needed for a partition that is led: 84; unknown: 3', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { replicaElectionResults, errorCode } = await client.send(ElectLeaders, 2, {
        electionType: 0,
        topicPartitions: [{ topic: name, partitions: [0, 1] }],
      });
      expect(errorCode).toBe(ErrorCode.NONE);
      expect(replicaElectionResults).toMatchObject([
        {
          topic: name,
          partitionResult: [
            { partitionId: 0, errorCode: ErrorCode.ELECTION_NOT_NEEDED },
            { partitionId: 1, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
          ],
        },
      ]);
    });

    test('111 for all partitions (null), those that need none are left out', async () => {
      const client = await subject.connect();
      await createTopic(client);
      const answer = await client.send(ElectLeaders, 2, { electionType: 0, topicPartitions: null });
      expect(answer.errorCode).toBe(ErrorCode.NONE);
      expect(answer.replicaElectionResults.flatMap(({ partitionResult }) => partitionResult)).toEqual([]);
    });

    test('111 nothing is being moved', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      for (const topics of [null, [{ name, partitionIndexes: [0] }]]) {
        const answer = await client.send(ListPartitionReassignments, 0, { topics });
        expect(answer).toMatchObject({ errorCode: ErrorCode.NONE, topics: [] });
      }
    });

    test('111 a move: none to stop 85, unknown partition 3, unknown broker or none 39, to where it is 0', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { leaderId } = (await topicMetadata(client, name)).partitions[0]!;
      const move = async (partitionIndex: number, replicas: number[] | null) => {
        const topics = [{ name, partitions: [{ partitionIndex, replicas }] }];
        const answer = await client.send(AlterPartitionReassignments, 0, { topics });
        expect(answer.errorCode).toBe(ErrorCode.NONE);
        return answer.responses[0]?.partitions[0]?.errorCode;
      };
      expect(await move(0, null)).toBe(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
      expect(await move(1, [leaderId])).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      expect(await move(0, [4711])).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
      expect(await move(0, [])).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
      expect(await move(0, [leaderId])).toBe(ErrorCode.NONE);
    });
  });
}

/** Apache Kafka's brokers hear of new partitions a moment after they were made. */
function untilPartitions(client: WireClient, name: string, count: number): Promise<true> {
  return until(`${count} partitions`, async () => {
    const { partitions } = await topicWithLeaders(client, name);
    return partitions.length === count ? true : undefined;
  });
}

function create(
  client: WireClient,
  topics: readonly NewPartitions[],
  { version = 3, validateOnly = false }: { readonly version?: number; readonly validateOnly?: boolean } = {},
) {
  return client.send(CreatePartitions, version, { topics, timeoutMs: 10_000, validateOnly });
}

function describePage(
  client: WireClient,
  names: readonly string[],
  responsePartitionLimit: number,
  cursor: { readonly topicName: string; readonly partitionIndex: number } | null,
) {
  const topics = names.map((name) => ({ name }));
  return client.send(DescribeTopicPartitions, 0, { topics, responsePartitionLimit, cursor });
}
