import { beforeAll, describe, expect, test } from '@jest/globals';
import { assignedPartitions } from '../../../src/groups/consumer-protocol.js';
import { ErrorCode } from '../../../src/protocol/errors.js';
import type { WireClient } from '../../support/wire-client.js';
import { ConsumerMember, describeConsumerGroup } from '../consumer-groups.js';
import {
  assignment,
  awaitCoordinator,
  commitOffset,
  committedOffset,
  describeGroup,
  rebalancing,
  subscription,
  TestMember,
} from '../groups.js';
import type { Subject } from '../subject.js';
import { createTopic, uniqueName, type TestTopic } from '../topics.js';

/** A group of one classic member, which has all partitions of a topic. */
async function classicGroup(subject: Subject, topic: TestTopic, partitions: readonly number[]): Promise<TestMember> {
  const member = await TestMember.connect(subject, uniqueName(), { topics: [topic.name] });
  await member.join();
  await member.sync({ [member.memberId]: assignment(topic.name, partitions) });
  return member;
}

/** What a classic member is assigned when it asks. */
async function partitionsOf(member: TestMember): Promise<readonly number[]> {
  const synced = await member.sync();
  expect(synced).toMatchObject({ errorCode: 0, protocolType: 'consumer', protocolName: 'range' });
  return assignedPartitions(synced.assignment)?.flatMap(({ partitions }) => partitions) ?? [];
}

async function typeOf(client: WireClient, groupId: string): Promise<'classic' | 'consumer'> {
  const { errorCode } = await describeConsumerGroup(client, groupId);
  return errorCode === ErrorCode.NONE ? 'consumer' : 'classic';
}

export function groupMigrationCases(subject: Subject): void {
  describe('groups on their way from one protocol to the other', () => {
    beforeAll(() => awaitCoordinator(subject));

    test('146 a classic group becomes one of the consumer protocol with the first member of it, and keeps going', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const classic = await classicGroup(subject, topic, [0, 1]);
      expect(await classic.commit(topic, 5)).toBe(0);
      const modern = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, classic.groupId);
      expect(await modern.join()).toMatchObject({
        errorCode: 0,
        memberEpoch: classic.generationId + 1,
        assignment: { topicPartitions: [] },
      });
      const described = await describeConsumerGroup(modern.client, classic.groupId);
      const types = described.members.map(({ memberId, memberType }) => [memberId, memberType]);
      expect(types).toContainEqual([classic.memberId, 0]);
      expect(types).toContainEqual([modern.memberId, 1]);

      // An eager consumer gives everything back before it joins again.
      await rebalancing(classic);
      expect(await classic.join()).toMatchObject({ errorCode: 0, protocolName: 'range', members: [] });
      const [kept] = await partitionsOf(classic);
      expect(await classic.heartbeat()).toBe(0);
      await modern.heartbeat();
      expect(new Set([kept, ...modern.partitionsOf(topic)])).toEqual(new Set([0, 1]));
      expect(await classic.commit(topic, 6)).toBe(0);
      expect(await committedOffset(modern.client, classic.groupId, topic)).toBe(6);
    });

    test('146 a cooperative member first gives back, then the other gets it', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const classic = await classicGroup(subject, topic, [0, 1]);
      const modern = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, classic.groupId);
      await modern.join();
      await rebalancing(classic);
      const owning = (partitions: readonly number[]) => ({
        protocols: [{ name: 'range', metadata: subscription([topic.name], { topic: topic.name, partitions }) }],
      });
      const before = await classic.joinOnce(9, owning([0, 1]));
      expect(before).toMatchObject({ errorCode: 0, generationId: classic.generationId });
      const kept = await partitionsOf(classic);
      expect(kept).toHaveLength(1);
      expect(await modern.heartbeat()).toMatchObject({ assignment: null });
      expect(await classic.heartbeat()).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
      const after = await classic.joinOnce(9, owning(kept));
      expect(after).toMatchObject({ errorCode: 0, generationId: modern.epoch });
      classic.generationId = after.generationId;
      expect(await partitionsOf(classic)).toEqual(kept);
      await modern.heartbeat();
      expect(modern.partitionsOf(topic)).toHaveLength(1);
    });

    test('147 a member of the classic protocol joins a group of the other', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const modern = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await modern.join();
      const classic = await TestMember.connect(subject, modern.groupId, { topics: [topic.name] });
      expect((await classic.joinOnce()).errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED);
      expect(await classic.join()).toMatchObject({ errorCode: 0, leader: '', members: [], generationId: 3 });
      expect(await partitionsOf(classic)).toEqual([]);
      expect(await classic.heartbeat()).toBe(0);
      await modern.heartbeat();
      await modern.acknowledge();
      await rebalancing(classic);
      await classic.join();
      expect(new Set([...(await partitionsOf(classic)), ...modern.partitionsOf(topic)])).toEqual(new Set([0, 1]));
    });

    test('147 members of the classic protocol are refused 23 for another protocol type, or subscriptions that are none', async () => {
      const modern = await ConsumerMember.connect(subject);
      await modern.join();
      const other = await TestMember.connect(subject, modern.groupId, { protocolType: 'connect' });
      expect((await other.joinOnce()).errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      const none = await TestMember.connect(subject, modern.groupId);
      expect((await none.joinOnce(9, { protocols: [] })).errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    });

    test('147 what the classic members of such a group ask is checked as ever', async () => {
      const modern = await ConsumerMember.connect(subject);
      await modern.join();
      const classic = await TestMember.connect(subject, modern.groupId, { topics: [] });
      await classic.join();
      expect((await classic.sync({}, { generationId: 9 })).errorCode).toBe(ErrorCode.ILLEGAL_GENERATION);
      expect((await classic.sync({}, { protocolName: 'other' })).errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      expect((await classic.sync({}, { memberId: modern.memberId })).errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await classic.heartbeat({ generationId: 9 })).toBe(ErrorCode.ILLEGAL_GENERATION);
      expect(await classic.heartbeat({ memberId: 'other' })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await classic.leave()).toBe(0);
      expect(await classic.leave()).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    });

    test('148 the group becomes a classic one again when the last member of the other protocol leaves', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const modern = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await modern.join();
      const classic = await TestMember.connect(subject, modern.groupId, { topics: [topic.name] });
      await classic.join();
      await classic.sync();
      expect(await typeOf(classic.client, classic.groupId)).toBe('consumer');
      await modern.heartbeat({ memberEpoch: -1 });
      expect(await typeOf(classic.client, classic.groupId)).toBe('classic');
      expect((await describeGroup(classic.client, classic.groupId)).groupState).toBe('PreparingRebalance');
      const joined = await classic.join();
      expect(joined).toMatchObject({ errorCode: 0, leader: classic.memberId });
      expect(joined.members).toHaveLength(1);
      expect((await modern.heartbeat({ memberEpoch: 5 })).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
    });

    test('149 empty groups take members of either protocol; offsets stay', async () => {
      const topic = await createTopic(await subject.connect());
      const client = await subject.connect();
      const groupId = uniqueName();
      await commitOffset(client, groupId, topic, 5);
      const modern = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, groupId);
      expect((await modern.join()).errorCode).toBe(0);
      expect(await typeOf(client, groupId)).toBe('consumer');
      await modern.heartbeat({ memberEpoch: -1 });
      const classic = await TestMember.connect(subject, groupId, { topics: [topic.name] });
      expect((await classic.join()).errorCode).toBe(0);
      expect(await typeOf(client, groupId)).toBe('classic');
      expect(await committedOffset(client, groupId, topic)).toBe(5);
    });

    test('149 a group of another protocol type stays what it is: 69', async () => {
      const classic = await TestMember.connect(subject, uniqueName(), { protocolType: 'connect' });
      await classic.join();
      const modern = await ConsumerMember.connect(subject, {}, classic.groupId);
      expect((await modern.join()).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
    });
  });
}
