import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import {
  DeleteRecords,
  DescribeLogDirs,
  DescribeProducers,
  OffsetForLeaderEpoch,
} from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import { newProducer, numbered } from '../producers.js';
import { batchOf, EARLIEST, endOffset, fetchOne, LATEST, listOffset, produce } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, topicMetadata, uniqueName } from '../topics.js';
import type { TestTopic } from '../topics.js';

export function deletedRecordsCases(subject: Subject): void {
  async function topicWithFive(configs: Readonly<Record<string, string>> = {}) {
    const client = await subject.connect();
    const topic = await createTopic(client, { configs });
    for (const values of [['a', 'b'], ['c', 'd'], ['e']]) await produce(client, topic, batchOf(values));
    return { client, topic };
  }

  describe('DeleteRecords', () => {
    test.each([0, 1, 2])('81 up to an offset: the log starts there (v%i)', async (version) => {
      const { client, topic } = await topicWithFive();
      expect(await deleteTo(client, topic, 3, version)).toEqual({ partitionIndex: 0, lowWatermark: 3, errorCode: 0 });
      expect(await listOffset(client, topic, EARLIEST)).toMatchObject({ errorCode: ErrorCode.NONE, offset: 3 });
      expect(await listOffset(client, topic, LATEST)).toMatchObject({ offset: 5 });
      expect(await fetchOne(client, topic, 2)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
      expect(await fetchOne(client, topic, 3)).toMatchObject({ errorCode: ErrorCode.NONE, logStartOffset: 3 });
      expect(await produce(client, topic, batchOf())).toMatchObject({ baseOffset: 5, logStartOffset: 3 });
    });

    test('81 -1 deletes all; the log is empty and goes on at its end', async () => {
      const { client, topic } = await topicWithFive();
      expect(await deleteTo(client, topic, -1)).toMatchObject({ errorCode: ErrorCode.NONE, lowWatermark: 5 });
      expect(await listOffset(client, topic, EARLIEST)).toMatchObject({ offset: 5 });
      expect(await listOffset(client, topic, 0)).toMatchObject({ errorCode: ErrorCode.NONE, offset: -1 });
      expect(await produce(client, topic, batchOf())).toMatchObject({ baseOffset: 5 });
    });

    test('81 beyond the high watermark, or before -1: 1', async () => {
      const { client, topic } = await topicWithFive();
      for (const offset of [6, -2]) {
        const refused = { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE, lowWatermark: -1 };
        expect(await deleteTo(client, topic, offset)).toMatchObject(refused);
      }
      expect(await listOffset(client, topic, EARLIEST)).toMatchObject({ offset: 0 });
    });

    test('81 below the log start nothing changes', async () => {
      const { client, topic } = await topicWithFive();
      await deleteTo(client, topic, 3);
      expect(await deleteTo(client, topic, 1)).toMatchObject({ errorCode: ErrorCode.NONE, lowWatermark: 3 });
    });

    test('81 a search by time finds nothing that is deleted', async () => {
      const { client, topic } = await topicWithFive();
      await deleteTo(client, topic, 3);
      expect(await listOffset(client, topic, 0)).toMatchObject({ errorCode: ErrorCode.NONE, offset: 3 });
    });

    test('81 unknown topics and partitions: 3; a topic that is only compacted: 44', async () => {
      const { client, topic } = await topicWithFive({ 'cleanup.policy': 'compact' });
      expect(await deleteTo(client, { ...topic, name: uniqueName() }, 0)).toMatchObject({
        errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      });
      expect(await deleteTo(client, topic, 0, 2, 7)).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
      expect(await deleteTo(client, topic, 1)).toMatchObject({ errorCode: ErrorCode.POLICY_VIOLATION });
    });

    test('81 an idempotent producer goes on as if nothing had happened', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const producer = await newProducer(client);
      await produce(client, topic, numbered(producer, 0, ['a', 'b']));
      await deleteTo(client, topic, -1);
      expect(await produce(client, topic, numbered(producer, 0, ['a', 'b']))).toMatchObject({
        errorCode: 0,
        baseOffset: 0,
      });
      expect(await produce(client, topic, numbered(producer, 2))).toMatchObject({ errorCode: 0, baseOffset: 2 });
      expect(await endOffset(client, topic)).toBe(3);
    });
  });

  describe('OffsetForLeaderEpoch', () => {
    const ask = async (
      client: WireClient,
      name: string,
      leaderEpoch: number,
      { currentLeaderEpoch = -1, version = 4, partition = 0 } = {},
    ) => {
      const partitions = [{ partition, currentLeaderEpoch, leaderEpoch }];
      const answer = await client.send(OffsetForLeaderEpoch, version, {
        replicaId: -1,
        topics: [{ topic: name, partitions }],
      });
      return answer.topics[0]?.partitions[0];
    };

    test.each([2, 3, 4])('80 the current epoch ends where the log does (v%i)', async (version) => {
      const { client, topic } = await topicWithFive();
      const { leaderEpoch } = (await topicMetadata(client, topic.name)).partitions[0]!;
      expect(await ask(client, topic.name, leaderEpoch, { version })).toEqual({
        errorCode: ErrorCode.NONE,
        partition: 0,
        leaderEpoch,
        endOffset: 5,
      });
    });

    test('80 an epoch that is yet to come, and none: -1, -1', async () => {
      const { client, topic } = await topicWithFive();
      const { leaderEpoch } = (await topicMetadata(client, topic.name)).partitions[0]!;
      for (const epoch of [leaderEpoch + 1, -1]) {
        expect(await ask(client, topic.name, epoch)).toMatchObject({ errorCode: 0, leaderEpoch: -1, endOffset: -1 });
      }
    });

    test('80 the client’s epoch is checked: newer 75; unknown partitions: 3', async () => {
      const { client, topic } = await topicWithFive();
      const { leaderEpoch } = (await topicMetadata(client, topic.name)).partitions[0]!;
      const newer = await ask(client, topic.name, leaderEpoch, { currentLeaderEpoch: leaderEpoch + 1 });
      expect(newer).toMatchObject({ errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH });
      for (const [name, partition] of [
        [topic.name, 7],
        [uniqueName(), 0],
      ] as const) {
        // prettier-ignore
        const answer = await ask(client, name, 0, { partition });
        expect(answer).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
      }
    });
  });

  describe('what a partition holds', () => {
    test('112 DescribeLogDirs: the bytes of a partition, in one directory', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 2 });
      const batch = batchOf(['x'.repeat(1000)]);
      await produce(client, topic, batch);
      for (const version of [1, 2, 3, 4]) {
        const topics = [{ topic: topic.name, partitions: [0, 1, 7] }];
        const { results } = await client.send(DescribeLogDirs, version, { topics });
        expect(results).toHaveLength(1);
        expect(results[0]).toMatchObject({
          errorCode: ErrorCode.NONE,
          logDir: expect.stringMatching(/^\//) as unknown,
        });
        const sizes = results[0]!.topics.flatMap(({ partitions }) => partitions);
        expect(new Map(sizes.map(({ partitionIndex, partitionSize }) => [partitionIndex, partitionSize]))).toEqual(
          new Map([
            [0, batch.length],
            [1, 0],
          ]),
        );
        expect(sizes).toMatchObject([{ offsetLag: 0, isFutureKey: false }, {}]);
      }
      const all = await client.send(DescribeLogDirs, 4, { topics: null });
      expect(all.results.flatMap(({ topics }) => topics.map(({ name }) => name))).toContain(topic.name);
      const none = await client.send(DescribeLogDirs, 4, { topics: [{ topic: uniqueName(), partitions: [0] }] });
      expect(none.results.flatMap(({ topics }) => topics)).toEqual([]);
    });

    test('113 DescribeProducers: who has written, and how far', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const producer = await newProducer(client);
      await produce(client, topic, numbered(producer, 0, ['a', 'b']));
      const describeProducers = async (name: string, partition = 0) => {
        const answer = await client.send(DescribeProducers, 0, { topics: [{ name, partitionIndexes: [partition] }] });
        return answer.topics[0]?.partitions[0];
      };
      expect(await describeProducers(topic.name)).toMatchObject({
        errorCode: ErrorCode.NONE,
        activeProducers: [
          {
            producerId: producer.producerId,
            producerEpoch: producer.producerEpoch,
            lastSequence: 1,
            coordinatorEpoch: -1,
            currentTxnStartOffset: -1,
          },
        ],
      });
      for (const [name, partition] of [
        [topic.name, 7],
        [uniqueName(), 0],
      ] as const) {
        // prettier-ignore
        const unknown = await describeProducers(name, partition);
        expect(unknown).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, activeProducers: [] });
      }
    });
  });
}

async function deleteTo(client: WireClient, topic: TestTopic, offset: number, version = 2, partitionIndex = 0) {
  const topics = [{ name: topic.name, partitions: [{ partitionIndex, offset }] }];
  const answer = await client.send(DeleteRecords, version, { topics, timeoutMs: 10_000 });
  return answer.topics[0]?.partitions[0];
}
