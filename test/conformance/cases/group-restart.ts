import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { Heartbeat, SyncGroup } from '../../../src/protocol/schema/index.js';
import { chosenBootstrap } from '../../support/bootstrap.js';
import { startBroker } from '../../support/broker.js';
import { WireClient } from '../../support/wire-client.js';
import { ConsumerMember, describeConsumerGroup } from '../consumer-groups.js';
import { commitOffset, committedOffset, describeGroup, stablePair } from '../groups.js';
import { createTopic, uniqueName } from '../topics.js';
import { until } from '../../support/until.js';

/** Only a broker that the tests started can be started again by them. */
const describeOwnBroker = chosenBootstrap === undefined ? describe : describe.skip;

export function groupRestartCases(): void {
  describeOwnBroker('groups of a broker that ends and comes back', () => {
    let dataDirectory = '';

    beforeAll(async () => {
      dataDirectory = await mkdtemp(join(tmpdir(), 'kafscale-restart-'));
    });
    afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

    async function run<T>(how: 'stop' | 'kill', use: (connect: () => Promise<WireClient>) => Promise<T>): Promise<T> {
      const broker = await startBroker({
        KAFSCALE_DATA_DIR: dataDirectory,
        KAFSCALE_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFSCALE_GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS: '0',
      });
      const clients: WireClient[] = [];
      try {
        return await use(async () => {
          const client = await WireClient.connect(broker.bootstrap);
          clients.push(client);
          return client;
        });
      } finally {
        for (const client of clients) client.close();
        await broker[how]();
      }
    }

    test.each(['stop', 'kill'] as const)(
      '95, 97 offsets that were acknowledged are there, and members go on in their generation (%s)',
      async (how) => {
        const before = await run(how, async (connect) => {
          const { leader, follower } = await stablePair({ connect });
          const topic = await createTopic(leader.client);
          expect(await follower.commit(topic, 42, { metadata: 'mine' })).toBe(ErrorCode.NONE);
          const simple = uniqueName();
          expect(await commitOffset(leader.client, simple, topic, 43)).toBe(ErrorCode.NONE);
          return { leader, follower, topic, simple };
        });
        await run('stop', async (connect) => {
          const client = await connect();
          const { leader, follower, topic, simple } = before;
          const { groupId, generationId } = leader;
          expect(await committedOffset(client, groupId, topic)).toBe(42);
          expect(await committedOffset(client, simple, topic)).toBe(43);
          expect(await describeGroup(client, groupId)).toMatchObject({ groupState: 'Stable', protocolData: 'range' });
          for (const { memberId } of [leader, follower]) {
            const member = { groupId, generationId, memberId };
            expect(await client.send(Heartbeat, 4, member)).toMatchObject({ errorCode: ErrorCode.NONE });
          }
          const sync = { groupId, generationId, memberId: follower.memberId, protocolType: 'consumer' };
          const synced = await client.send(SyncGroup, 5, { ...sync, protocolName: 'range', assignments: [] });
          expect(synced.assignment.toString()).toBe('second');
        });
      },
    );

    test.each(['stop', 'kill'] as const)(
      '150 members of the consumer protocol go on where they were (%s)',
      async (how) => {
        const before = await run(how, async (connect) => {
          const topic = await createTopic(await connect(), { partitions: 2 });
          const first = await ConsumerMember.connect({ connect }, { subscribedTopicNames: [topic.name] });
          await first.join();
          const second = await ConsumerMember.connect(
            { connect },
            { subscribedTopicNames: [topic.name] },
            first.groupId,
          );
          await second.join();
          await first.heartbeat();
          return { topic, first, second };
        });
        await run('stop', async (connect) => {
          const { topic } = before;
          const first = before.first.reconnect(await connect());
          const second = before.second.reconnect(await connect());
          const described = await describeConsumerGroup(first.client, first.groupId);
          expect(described).toMatchObject({ groupState: 'Reconciling', groupEpoch: 3, assignmentEpoch: 3 });
          expect(await second.heartbeat()).toMatchObject({ errorCode: ErrorCode.NONE, assignment: null });
          expect(await first.acknowledge()).toMatchObject({ errorCode: ErrorCode.NONE, memberEpoch: 3 });
          await second.heartbeat();
          expect([...first.partitionsOf(topic), ...second.partitionsOf(topic)].sort()).toEqual([0, 1]);
        });
      },
    );

    test('87 members that do not come back after a restart are put out when their session ends', async () => {
      const groupId = await run('kill', async (connect) => {
        const { leader } = await stablePair({ connect }, { sessionTimeoutMs: 6_000 });
        return leader.groupId;
      });
      await run('stop', async (connect) => {
        const client = await connect();
        expect(await describeGroup(client, groupId)).toMatchObject({ groupState: 'Stable' });
        await until('the end of the members', async () =>
          (await describeGroup(client, groupId)).groupState === 'Empty' ? true : undefined,
        );
      });
    }, 30_000);
  });
}
