import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { BatchLayout } from '../../../src/protocol/records/record-batch.js';
import { ApiVersions, Produce } from '../../../src/protocol/schema/index.js';
import { batches, batchOf, endOffset, fetchOne, produce, produceRequest, recordBytes } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, deleteTopic, uniqueName } from '../topics.js';
import { until } from '../../support/until.js';

const UNKNOWN_ID = 'AAAAAAAAQACAAAAAAAAAAQ';

export function produceCases(subject: Subject): void {
  describe('Produce', () => {
    test.each([3, 5, 9, 13])(
      '27 acks=-1 answers with the offset at which the record is readable (v%i)',
      async (version) => {
        const client = await subject.connect();
        const topic = await createTopic(client);
        for (const baseOffset of [0, 1]) {
          expect(await produce(client, topic, batchOf([`record ${baseOffset}`]), { version })).toMatchObject({
            errorCode: ErrorCode.NONE,
            baseOffset,
            logAppendTimeMs: -1,
            logStartOffset: version >= 5 ? 0 : -1,
          });
          const read = await fetchOne(client, topic, baseOffset);
          expect(read).toMatchObject({ errorCode: ErrorCode.NONE, highWatermark: baseOffset + 1 });
          expect(batches(read)).toMatchObject([{ baseOffset, recordCount: 1 }]);
          expect(recordBytes(read).includes(`record ${baseOffset}`)).toBe(true);
        }
      },
    );

    test('28 acks=0 gets no answer; the next request on the connection does', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      client.sendWithoutAnswer(Produce, 9, produceRequest(topic, batchOf(), { acks: 0 }));
      await expect(client.send(ApiVersions, 0, {})).resolves.toMatchObject({ errorCode: ErrorCode.NONE });
      await until('the record', async () => ((await endOffset(client, topic)) === 1 ? true : undefined));
    });

    test('29 acks=0 to an unknown topic closes the connection', async () => {
      const client = await subject.connect();
      const nowhere = { name: uniqueName(), topicId: UNKNOWN_ID };
      client.sendWithoutAnswer(Produce, 9, produceRequest(nowhere, batchOf(), { acks: 0 }));
      await client.closedByBroker();
    });

    test.each([2, -2, 32767])('30 acks=%i is refused for every partition: 21, nothing is appended', async (acks) => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 2 });
      const { responses } = await client.send(Produce, 9, {
        acks,
        timeoutMs: 10_000,
        topicData: [{ ...topic, partitionData: [0, 1].map((index) => ({ index, records: batchOf() })) }],
      });
      const refused = { errorCode: ErrorCode.INVALID_REQUIRED_ACKS, baseOffset: -1 };
      expect(responses[0]?.partitionResponses).toMatchObject([refused, refused]);
      expect([await endOffset(client, topic, 0), await endOffset(client, topic, 1)]).toEqual([0, 0]);
    });

    test('31 a flipped byte is answered 2 for its partition; the others of the request are appended', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 3 });
      const corrupt = batchOf();
      corrupt[corrupt.length - 1]! ^= 1;
      const { responses } = await client.send(Produce, 9, {
        acks: -1,
        timeoutMs: 10_000,
        topicData: [
          {
            ...topic,
            partitionData: [0, 1, 2].map((index) => ({ index, records: index === 1 ? corrupt : batchOf() })),
          },
        ],
      });
      const results = new Map(responses[0]?.partitionResponses.map((result) => [result.index, result]));
      expect(results.get(0)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0 });
      expect(results.get(1)).toMatchObject({ errorCode: ErrorCode.CORRUPT_MESSAGE, baseOffset: -1 });
      expect(results.get(2)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0 });
      expect(await endOffset(client, topic, 1)).toBe(0);
    });

    test('40 a LogAppendTime topic stamps batches with the time that it answers', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { configs: { 'message.timestamp.type': 'LogAppendTime' } });
      const before = Date.now();
      const { errorCode, logAppendTimeMs } = await produce(client, topic, batchOf());
      expect(errorCode).toBe(ErrorCode.NONE);
      expect(logAppendTimeMs).toBeGreaterThanOrEqual(before - 1000);
      expect(logAppendTimeMs).toBeLessThanOrEqual(Date.now() + 1000);
      const [batch] = batches(await fetchOne(client, topic, 0));
      expect(batch).toMatchObject({ timestampType: 'LogAppendTime', maxTimestamp: logAppendTimeMs });
      expect(batch?.crc).toBe(batch?.computeCrc());
    });

    test('44 an unknown partition or topic is answered 3; from v13 on an unknown or deleted id 100', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const nowhere = { name: uniqueName(), topicId: UNKNOWN_ID };
      const unknown = { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, baseOffset: -1 };
      const unknownId = { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, baseOffset: -1 };
      for (const partition of [1, -1, 2 ** 31 - 1]) {
        expect(await produce(client, topic, batchOf(), { version: 12, partition })).toMatchObject(unknown);
        expect(await produce(client, topic, batchOf(), { version: 13, partition })).toMatchObject(unknown);
      }
      expect(await produce(client, nowhere, batchOf(), { version: 12 })).toMatchObject(unknown);
      expect(await produce(client, nowhere, batchOf(), { version: 13 })).toMatchObject(unknownId);
      await deleteTopic(client, topic);
      expect(await produce(client, topic, batchOf(), { version: 13 })).toMatchObject(unknownId);
    });

    test('46 five pipelined requests of a producer without an id are appended in their order', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const requests = [0, 1, 2, 3, 4].map((index) => produce(client, topic, batchOf([`${index}a`, `${index}b`])));
      expect(await Promise.all(requests)).toMatchObject(
        [0, 2, 4, 6, 8].map((baseOffset) => ({ errorCode: ErrorCode.NONE, baseOffset })),
      );
      const log = recordBytes(await fetchOne(client, topic, 0));
      const positions = ['0a', '1a', '2a', '3a', '4a'].map((value) => log.indexOf(value));
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
    });

    test('48 a batch comes back as it was sent, except for its offset and leader epoch', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      await produce(client, topic, batchOf(['first']));
      const sent = batchOf(['one', 'two', 'three'], { compression: 1 });
      await produce(client, topic, sent);
      const [batch] = batches(await fetchOne(client, topic, 1));
      expect(batch?.baseOffset).toBe(1);
      expect(batch?.partitionLeaderEpoch).toBeGreaterThanOrEqual(0);
      const { LENGTH_PREFIX, BATCH_LENGTH, MAGIC } = BatchLayout;
      expect(batch?.bytes.subarray(BATCH_LENGTH, LENGTH_PREFIX)).toEqual(sent.subarray(BATCH_LENGTH, LENGTH_PREFIX));
      expect(batch?.bytes.subarray(MAGIC)).toEqual(sent.subarray(MAGIC));
    });
  });
}
