import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { ApiVersions, Fetch } from '../../../src/protocol/schema/index.js';
import { batches, batchOf, endOffset, fetch, fetchOne, produce, recordBytes } from '../records.js';
import type { FetchedPartition } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, topicMetadata, uniqueName } from '../topics.js';

const UNKNOWN_ID = 'AAAAAAAAQACAAAAAAAAAAQ';
/** Longer than any test may take: an answer that comes did not wait for it. */
const NEVER_MS = 60_000;

export function fetchCases(subject: Subject): void {
  describe('Fetch', () => {
    test('60 a fetch at the end waits for its time and is answered empty', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const started = performance.now();
      const read = await fetchOne(client, topic, 0, { maxWaitMs: 300 });
      expect(performance.now() - started).toBeGreaterThan(250);
      expectEmpty(read);
    });

    test.each([4, 11, 18])('60 a fetch that waits is answered when a record arrives (v%i)', async (version) => {
      const client = await subject.connect();
      const producer = await subject.connect();
      const topic = await createTopic(client);
      const waiting = fetchOne(client, topic, 0, { version, maxWaitMs: NEVER_MS });
      await produce(producer, topic, batchOf(['arrived']));
      const read = await waiting;
      expect(read).toMatchObject({ errorCode: ErrorCode.NONE, highWatermark: 1 });
      expect(recordBytes(read).includes('arrived')).toBe(true);
    });

    test('60 a fetch that waits for more bytes than a batch has waits for the next ones', async () => {
      const client = await subject.connect();
      const producer = await subject.connect();
      const topic = await createTopic(client);
      const batch = batchOf(['x'.repeat(1000)]);
      const waiting = fetchOne(client, topic, 0, { maxWaitMs: NEVER_MS, minBytes: batch.length * 3 });
      for (let count = 0; count < 3; count++) await produce(producer, topic, batch);
      expect(batches(await waiting)).toHaveLength(3);
    });

    test('61 an offset beyond the end, or before the start, is out of range: 1', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      await produce(client, topic, batchOf());
      for (const offset of [2, 1000, -1]) {
        const read = await fetchOne(client, topic, offset, { maxWaitMs: NEVER_MS });
        expect(read).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
        expect(recordBytes(read)).toHaveLength(0);
      }
    });

    test.each([
      ['a wait of 0', { maxWaitMs: 0, minBytes: 1_000_000 }],
      ['0 bytes at least', { maxWaitMs: NEVER_MS, minBytes: 0 }],
    ])('62 a fetch with %s is answered at once, even if empty', async (_, options) => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      expectEmpty(await fetchOne(client, topic, 0, options));
    });

    test('64 all partitions of a fetch without a session are in the answer', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 3 });
      await produce(client, topic, batchOf(), { partition: 1 });
      const positions = [0, 1, 2].map((partition) => ({ topic, partition, offset: 0 }));
      const answer = await fetch(client, positions, { maxWaitMs: NEVER_MS });
      expect(answer).toMatchObject({ errorCode: ErrorCode.NONE, sessionId: 0 });
      const partitions = answer.responses.flatMap((response) => response.partitions);
      const sizes = new Map(partitions.map((read) => [read.partitionIndex, batches(read).length]));
      expect([sizes.get(0), sizes.get(1), sizes.get(2)]).toEqual([0, 1, 0]);
    });

    test('64 a session that a client wants to begin is refused by session id 0, or begun', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const answer = await fetch(client, [{ topic, offset: 0 }], { sessionId: 0, sessionEpoch: 0 });
      expect(answer).toMatchObject({ errorCode: ErrorCode.NONE });
      expect(answer.responses).toHaveLength(1);
      expect(answer.sessionId === 0).toBe(subject.expected({ kafscale: true, apacheKafka: false }));
    });

    test('65 a session that does not exist is answered 70 for the whole fetch', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const answer = await fetch(client, [{ topic, offset: 0 }], { sessionId: 77, sessionEpoch: 3 });
      expect(answer).toMatchObject({ errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, responses: [] });
    });

    test('66 a fetch from the middle of a batch gets the batch from its start', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      await produce(client, topic, batchOf(['zero']));
      await produce(client, topic, batchOf(['one', 'two', 'three']));
      expect(batches(await fetchOne(client, topic, 2))).toMatchObject([{ baseOffset: 1, recordCount: 3 }]);
    });

    test('67 an error in one partition ends the wait; the others carry what they have', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 2 });
      await produce(client, topic, batchOf());
      const positions = [
        { topic, partition: 0, offset: 0 },
        { topic, partition: 1, offset: 99 },
        { topic, partition: 7, offset: 0 },
      ];
      const answer = await fetch(client, positions, { maxWaitMs: NEVER_MS, minBytes: 1_000_000 });
      const partitions = new Map(
        answer.responses.flatMap((t) => t.partitions).map((read) => [read.partitionIndex, read]),
      );
      expect(batches(partitions.get(0)!)).toHaveLength(1);
      expect(partitions.get(1)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
      expect(partitions.get(7)).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
    });

    test('68 a newer leader epoch than the real one is answered 75, an older one 74, none is not checked', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const { leaderEpoch } = (await topicMetadata(client, topic.name)).partitions[0]!;
      for (const version of [9, 16]) {
        const read = (currentLeaderEpoch: number) => fetchOne(client, topic, 0, { version, currentLeaderEpoch });
        expect(await read(leaderEpoch + 1)).toMatchObject({ errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH });
        expectEmpty(await read(leaderEpoch));
        expectEmpty(await read(-1));
        if (leaderEpoch === 0) continue;
        const fenced = await read(leaderEpoch - 1);
        expect(fenced).toMatchObject({ errorCode: ErrorCode.FENCED_LEADER_EPOCH });
        if (version >= 16) expect(fenced.currentLeader.leaderEpoch).toBe(leaderEpoch);
      }
    });

    test('69 v13 answers 100 to an unknown topic id, v12 answers 3 to an unknown name', async () => {
      const client = await subject.connect();
      const nowhere = { name: uniqueName(), topicId: UNKNOWN_ID };
      expect(await fetchOne(client, nowhere, 0, { version: 12 })).toMatchObject({
        errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      });
      expect(await fetchOne(client, nowhere, 0, { version: 13 })).toMatchObject({
        errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
      });
    });

    test.each([4, 12, 18])(
      '70 read_committed gets no aborted transactions, read_uncommitted null (v%i)',
      async (version) => {
        const client = await subject.connect();
        const topic = await createTopic(client);
        await produce(client, topic, batchOf());
        const ends = { highWatermark: 1, lastStableOffset: 1 };
        const committed = await fetchOne(client, topic, 0, { version, isolationLevel: 1 });
        expect(committed).toMatchObject({ ...ends, abortedTransactions: [] });
        const uncommitted = await fetchOne(client, topic, 0, { version, isolationLevel: 0 });
        expect(uncommitted).toMatchObject({ ...ends, abortedTransactions: null });
      },
    );

    test('73 a fetch in the name of a replica is refused, 6, and changes nothing', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      await produce(client, topic, batchOf());
      const { leaderId } = (await topicMetadata(client, topic.name)).partitions[0]!;
      const replicaId = leaderId + 1000;
      for (const options of [
        { version: 4, replicaId },
        { version: 14, replicaId: leaderId },
        { version: 15, replicaState: { replicaId, replicaEpoch: 1 } },
        { version: 18, replicaState: { replicaId: leaderId, replicaEpoch: 1 } },
      ]) {
        const read = await fetchOne(client, topic, 0, options);
        expect(read).toMatchObject({ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER });
        expect(recordBytes(read)).toHaveLength(0);
      }
      expect(await topicMetadata(client, topic.name)).toMatchObject({
        partitions: [{ leaderId, replicaNodes: [leaderId], isrNodes: [leaderId] }],
      });
      expect(await endOffset(client, topic)).toBe(1);
    });

    test('75 a client that goes away while its fetch waits leaves the broker well', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const request = client.encode(Fetch, 12, {
        maxWaitMs: NEVER_MS,
        minBytes: 1,
        topics: [{ topic: topic.name, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1024 }] }],
      });
      for (let count = 0; count < 20; count++) {
        const leaving = await subject.connect();
        leaving.write(request.bytes);
        leaving.close();
      }
      expect(await produce(client, topic, batchOf())).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0 });
      await expect(client.send(ApiVersions, 0, {})).resolves.toMatchObject({ errorCode: ErrorCode.NONE });
    });
  });
}

function expectEmpty(read: FetchedPartition): void {
  expect(read).toMatchObject({ errorCode: ErrorCode.NONE, highWatermark: 0, lastStableOffset: 0 });
  expect(recordBytes(read)).toHaveLength(0);
}
