import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { ListOffsets } from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import { batchOfRecords, EARLIEST, LATEST, listOffset, produce } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic } from '../topics.js';
import type { TestTopic } from '../topics.js';

const START_MS = 1_700_000_000_000;
const LARGEST_TIMESTAMP = -3;

export function listOffsetsCases(subject: Subject): void {
  /** Offsets 0 to 4 with times 100, 300, 200 in one batch and 250, 500 in another, counted from START_MS. */
  async function topicWithTimes(): Promise<{ client: WireClient; topic: TestTopic }> {
    const client = await subject.connect();
    const topic = await createTopic(client);
    for (const times of [
      [100, 300, 200],
      [250, 500],
    ]) {
      await produce(
        client,
        topic,
        batchOfRecords(times.map((time) => ({ value: 'value', timestamp: START_MS + time }))),
      );
    }
    return { client, topic };
  }

  describe('ListOffsets', () => {
    test.each([1, 4, 7, 11])('76 both ends of an empty log are 0, without a timestamp (v%i)', async (version) => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const zero = { errorCode: ErrorCode.NONE, offset: 0, timestamp: -1 };
      expect(await listOffset(client, topic, LATEST, { version })).toMatchObject(zero);
      expect(await listOffset(client, topic, EARLIEST, { version })).toMatchObject(zero);
    });

    test.each([0, 1])('76 the ends of a log with records (isolation level %i)', async (isolationLevel) => {
      const { client, topic } = await topicWithTimes();
      const latest = await listOffset(client, topic, LATEST, { isolationLevel });
      expect(latest).toMatchObject({ errorCode: ErrorCode.NONE, offset: 5, timestamp: -1 });
      expect(latest.leaderEpoch).toBeGreaterThanOrEqual(0);
      expect(await listOffset(client, topic, EARLIEST, { isolationLevel })).toMatchObject({ offset: 0, timestamp: -1 });
    });

    test.each([
      [0, 0, 100],
      [100, 0, 100],
      [101, 1, 300],
      [200, 1, 300],
      [300, 1, 300],
      [301, 4, 500],
      [500, 4, 500],
    ])(
      '77 a time %i ms after the start finds the first record that is not earlier: offset %i',
      async (time, offset, found) => {
        const { client, topic } = await topicWithTimes();
        expect(await listOffset(client, topic, START_MS + time)).toMatchObject({
          errorCode: ErrorCode.NONE,
          offset,
          timestamp: START_MS + found,
        });
      },
    );

    test('77 a time before all records finds the first, one after all finds nothing', async () => {
      const { client, topic } = await topicWithTimes();
      expect(await listOffset(client, topic, 0)).toMatchObject({ offset: 0, timestamp: START_MS + 100 });
      const nothing = { errorCode: ErrorCode.NONE, offset: -1, timestamp: -1 };
      expect(await listOffset(client, topic, START_MS + 501)).toMatchObject(nothing);
      expect(await listOffset(client, await createTopic(client), 0)).toMatchObject(nothing);
    });

    test('78 -3 finds the record with the largest timestamp; versions before v7 answer 35', async () => {
      const { client, topic } = await topicWithTimes();
      await produce(client, topic, batchOfRecords([{ value: 'late', timestamp: START_MS }]));
      const largest = { errorCode: ErrorCode.NONE, offset: 4, timestamp: START_MS + 500 };
      expect(await listOffset(client, topic, LARGEST_TIMESTAMP, { version: 7 })).toMatchObject(largest);
      expect(await listOffset(client, topic, LARGEST_TIMESTAMP, { version: 6 })).toMatchObject({
        errorCode: ErrorCode.UNSUPPORTED_VERSION,
        offset: -1,
        timestamp: -1,
      });
      const empty = await createTopic(client);
      expect(await listOffset(client, empty, LARGEST_TIMESTAMP)).toMatchObject({ offset: -1, timestamp: -1 });
    });

    test.each([
      [-4, 7],
      [-5, 8],
      [-6, 10],
      [-7, 11],
      [-100, 11],
    ])('78 %i means nothing in v%i: 35', async (timestamp, version) => {
      const { client, topic } = await topicWithTimes();
      expect(await listOffset(client, topic, timestamp, { version })).toMatchObject({
        errorCode: ErrorCode.UNSUPPORTED_VERSION,
        offset: -1,
      });
    });

    test('78 without tiers, -4 is the start, -5 finds nothing', async () => {
      const { client, topic } = await topicWithTimes();
      expect(await listOffset(client, topic, -4, { version: 8 })).toMatchObject({
        errorCode: ErrorCode.NONE,
        offset: 0,
      });
      expect(await listOffset(client, topic, -5, { version: 9 })).toMatchObject({
        errorCode: ErrorCode.NONE,
        offset: -1,
      });
    });

    test('79 a partition that is asked for twice is answered 42', async () => {
      const { client, topic } = await topicWithTimes();
      const partition = { partitionIndex: 0, timestamp: LATEST };
      const answer = await client.send(ListOffsets, 7, {
        replicaId: -1,
        topics: [{ name: topic.name, partitions: [partition, partition] }],
      });
      const errorCodes = answer.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
      expect(new Set(errorCodes)).toEqual(new Set([ErrorCode.INVALID_REQUEST]));
    });
  });
}
