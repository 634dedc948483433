import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { DeleteRecords, OffsetForLeaderEpoch } from '../../../src/protocol/schema/index.js';
import { chosenBootstrap } from '../../support/bootstrap.js';
import { startBroker } from '../../support/broker.js';
import type { RunningBroker } from '../../support/broker.js';
import { WireClient } from '../../support/wire-client.js';
import { newProducer, numbered } from '../producers.js';
import { batchOf, EARLIEST, endOffset, fetchOne, listOffset, produce } from '../records.js';
import { createTopic, topicWithLeaders } from '../topics.js';

/** Only a broker that the tests started can be started again by them. */
const describeOwnBroker = chosenBootstrap === undefined ? describe : describe.skip;

export function restartCases(): void {
  describeOwnBroker('a broker that ends and comes back', () => {
    let dataDirectory = '';

    beforeAll(async () => {
      dataDirectory = await mkdtemp(join(tmpdir(), 'kafscale-restart-'));
    });
    afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

    async function run<T>(how: 'stop' | 'kill', use: (client: WireClient) => Promise<T>): Promise<T> {
      const broker: RunningBroker = await startBroker({ KAFSCALE_DATA_DIR: dataDirectory });
      const client = await WireClient.connect(broker.bootstrap);
      try {
        return await use(client);
      } finally {
        client.close();
        await broker[how]();
      }
    }

    test.each(['stop', 'kill'] as const)(
      '56 an idempotent producer sends its last batches again: they are recognised (%s)',
      async (how) => {
        const { topic, producer } = await run(how, async (client) => {
          const made = { topic: await createTopic(client), producer: await newProducer(client) };
          await produce(client, made.topic, numbered(made.producer, 0, ['a', 'b']));
          await produce(client, made.topic, numbered(made.producer, 2));
          return made;
        });
        await run('stop', async (client) => {
          await topicWithLeaders(client, topic.name);
          const again = (sequence: number, values?: string[]) =>
            produce(client, topic, numbered(producer, sequence, values));
          expect(await again(2)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 2 });
          expect(await again(0, ['a', 'b'])).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0 });
          expect(await endOffset(client, topic)).toBe(3);
          expect(await again(4)).toMatchObject({ errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER });
          expect(await again(3)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 3 });
          expect((await newProducer(client)).producerId).not.toBe(producer.producerId);
        });
      },
    );

    test('68 after a restart the leader epoch has grown, and a reader with the old one is answered 74', async () => {
      const leader = async (client: WireClient, name: string) => (await topicWithLeaders(client, name)).partitions[0]!;
      const { topic, before } = await run('kill', async (client) => {
        const made = await createTopic(client);
        await produce(client, made, batchOf());
        return { topic: made, before: await leader(client, made.name) };
      });
      await run('stop', async (client) => {
        const { leaderId, leaderEpoch } = await leader(client, topic.name);
        expect(leaderEpoch).toBeGreaterThan(before.leaderEpoch);
        const read = (currentLeaderEpoch: number) => fetchOne(client, topic, 0, { version: 16, currentLeaderEpoch });
        expect(await read(before.leaderEpoch)).toMatchObject({
          errorCode: ErrorCode.FENCED_LEADER_EPOCH,
          currentLeader: { leaderId, leaderEpoch },
        });
        expect(await read(leaderEpoch)).toMatchObject({ errorCode: ErrorCode.NONE, highWatermark: 1 });
      });
    });

    test.each(['stop', 'kill'] as const)(
      '80 81 deleted records stay deleted, and epochs keep their ends (%s)',
      async (how) => {
        const topic = await run(how, async (client) => {
          const made = await createTopic(client);
          for (const values of [['a', 'b'], ['c']]) await produce(client, made, batchOf(values));
          const topics = [{ name: made.name, partitions: [{ partitionIndex: 0, offset: 1 }] }];
          const answer = await client.send(DeleteRecords, 2, { topics, timeoutMs: 10_000 });
          expect(answer.topics[0]?.partitions).toMatchObject([{ errorCode: ErrorCode.NONE, lowWatermark: 1 }]);
          return made;
        });
        await run('stop', async (client) => {
          await topicWithLeaders(client, topic.name);
          expect(await listOffset(client, topic, EARLIEST)).toMatchObject({ errorCode: ErrorCode.NONE, offset: 1 });
          expect(await fetchOne(client, topic, 0)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
          expect(await produce(client, topic, batchOf())).toMatchObject({ baseOffset: 3, logStartOffset: 1 });
          const partitions = [0, 1, 2].map((leaderEpoch) => ({ partition: 0, currentLeaderEpoch: -1, leaderEpoch }));
          const ends = await client.send(OffsetForLeaderEpoch, 4, {
            replicaId: -1,
            topics: [{ topic: topic.name, partitions }],
          });
          expect(ends.topics[0]?.partitions.map(({ leaderEpoch, endOffset }) => [leaderEpoch, endOffset])).toEqual([
            [0, 3],
            [1, 4],
            [-1, -1],
          ]);
        });
      },
    );
  });
}
