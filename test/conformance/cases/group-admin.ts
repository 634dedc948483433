import { beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { DeleteGroups, DescribeGroups, ListGroups, OffsetDelete } from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import {
  awaitCoordinator,
  commitOffset,
  committedOffset,
  describeGroup,
  stableGroup,
  stablePair,
  subscription,
  TestMember,
} from '../groups.js';
import type { Subject } from '../subject.js';
import { createTopic, uniqueName, type TestTopic } from '../topics.js';

export function groupAdminCases(subject: Subject): void {
  describe('administration of groups', () => {
    beforeAll(() => awaitCoordinator(subject));

    test('93 a group that is not there is Dead: up to v5 without an error, from v6 69', async () => {
      const client = await subject.connect();
      const groupId = uniqueName();
      expect(await describeGroup(client, groupId, 5)).toMatchObject({ errorCode: 0, groupState: 'Dead', members: [] });
      expect(await describeGroup(client, groupId, 6)).toMatchObject({
        errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
        errorMessage: expect.stringContaining(groupId) as unknown,
        groupState: 'Dead',
      });
    });

    test('93 a stable group shows its protocol and its members, with client, host, metadata and assignment', async () => {
      const { leader, follower } = await stablePair(subject, { topics: ['one'] });
      const described = await describeGroup(leader.client, leader.groupId);
      expect(described).toMatchObject({ groupState: 'Stable', protocolType: 'consumer', protocolData: 'range' });
      const isLeader = ({ memberId }: { memberId: string }) => Number(memberId === leader.memberId);
      const members = described.members.toSorted((a, b) => isLeader(b) - isLeader(a));
      expect(members).toMatchObject([
        {
          memberId: leader.memberId,
          groupInstanceId: null,
          clientId: 'wire-client',
          clientHost: '/127.0.0.1',
          memberMetadata: subscription(['one']),
          memberAssignment: Buffer.from('first'),
        },
        { memberId: follower.memberId, memberAssignment: Buffer.from('second') },
      ]);
    });

    test('93 while a group waits for its assignment it shows neither protocol nor metadata', async () => {
      const member = await TestMember.connect(subject, uniqueName());
      await member.join();
      const described = await describeGroup(member.client, member.groupId);
      expect(described).toMatchObject({
        groupState: 'CompletingRebalance',
        protocolType: 'consumer',
        protocolData: '',
      });
      expect(described.members).toMatchObject([{ memberId: member.memberId, memberMetadata: Buffer.alloc(0) }]);
    });

    test('93 authorized operations only when asked for', async () => {
      const member = await stableGroup(subject);
      const groups = [member.groupId];
      const without = await member.client.send(DescribeGroups, 3, { groups, includeAuthorizedOperations: false });
      expect(without.groups[0]!.authorizedOperations).toBe(-2147483648);
      const asked = await member.client.send(DescribeGroups, 3, { groups, includeAuthorizedOperations: true });
      // READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS.
      expect(asked.groups[0]!.authorizedOperations).toBe((1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11));
    });

    test('93 ListGroups by state from v4, by type from v5, in any case', async () => {
      const stable = await stableGroup(subject);
      const topic = await createTopic(stable.client);
      const empty = uniqueName();
      await commitOffset(stable.client, empty, topic, 1);
      const ours = new Set([stable.groupId, empty]);
      const list = async (version: number, statesFilter: string[] = [], typesFilter: string[] = []) => {
        const { groups } = await stable.client.send(ListGroups, version, { statesFilter, typesFilter });
        return groups.filter(({ groupId }) => ours.has(groupId));
      };
      const ids = (groups: readonly { groupId: string }[]) => groups.map(({ groupId }) => groupId).sort();
      expect(ids(await list(0))).toEqual([...ours].sort());
      expect(await list(4, ['Stable'])).toMatchObject([
        { groupId: stable.groupId, protocolType: 'consumer', groupState: 'Stable' },
      ]);
      expect(await list(4, ['empty'])).toMatchObject([{ groupId: empty, protocolType: '', groupState: 'Empty' }]);
      expect(await list(4, ['NoSuchState'])).toEqual([]);
      expect(ids(await list(5, [], ['Classic']))).toEqual([...ours].sort());
      expect(await list(5, ['Stable'], ['classic'])).toMatchObject([{ groupType: 'classic' }]);
      expect(await list(5, [], ['share'])).toEqual([]);
    });

    test('94 DeleteGroups: with members 68, not there 69, empty 0: then its offsets are gone', async () => {
      const member = await stableGroup(subject);
      const { client } = member;
      const topic = await createTopic(client);
      const empty = uniqueName();
      await commitOffset(client, empty, topic, 1);
      const unknown = uniqueName();
      const { results } = await client.send(DeleteGroups, 2, { groupsNames: [member.groupId, empty, unknown] });
      expect(new Map(results.map(({ groupId, errorCode }) => [groupId, errorCode]))).toEqual(
        new Map([
          [member.groupId, ErrorCode.NON_EMPTY_GROUP],
          [empty, ErrorCode.NONE],
          [unknown, ErrorCode.GROUP_ID_NOT_FOUND],
        ]),
      );
      expect(await committedOffset(client, empty, topic)).toBe(-1);
      expect(await describeGroup(client, empty)).toMatchObject({ groupState: 'Dead' });
      expect(await member.heartbeat()).toBe(ErrorCode.NONE);
    });

    test('94 a group that is deleted after its last member left can be made again', async () => {
      const member = await stableGroup(subject);
      await member.leave();
      const { results } = await member.client.send(DeleteGroups, 1, { groupsNames: [member.groupId] });
      expect(results).toMatchObject([{ errorCode: ErrorCode.NONE }]);
      const next = await TestMember.connect(subject, member.groupId);
      expect(await next.join()).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 1 });
    });

    test('94 OffsetDelete: subscribed topic 86, others deleted, unknown 3', async () => {
      const client = await subject.connect();
      const [subscribed, other] = [await createTopic(client), await createTopic(client)];
      const member = await stableGroup(subject, { topics: [subscribed.name] });
      for (const topic of [subscribed, other]) expect(await member.commit(topic, 5)).toBe(ErrorCode.NONE);
      const unknown = { name: uniqueName(), topicId: '' };
      const deleted = await deleteOffsets(client, member.groupId, [subscribed, other, unknown]);
      expect(deleted.errorCode).toBe(ErrorCode.NONE);
      expect(deleted.codes).toEqual(
        new Map([
          [subscribed.name, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC],
          [other.name, ErrorCode.NONE],
          [unknown.name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
        ]),
      );
      expect(await committedOffset(client, member.groupId, subscribed)).toBe(5);
      expect(await committedOffset(client, member.groupId, other)).toBe(-1);
    });

    test('94 OffsetDelete of a group that is not there: 69; of another protocol with members: 68', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      expect(await deleteOffsets(client, uniqueName(), [topic])).toMatchObject({
        errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
      });
      const member = await stableGroup(subject, { protocolType: 'connect' });
      expect(await deleteOffsets(client, member.groupId, [topic])).toMatchObject({
        errorCode: ErrorCode.NON_EMPTY_GROUP,
      });
    });
  });
}

async function deleteOffsets(client: WireClient, groupId: string, topics: readonly TestTopic[]) {
  const answer = await client.send(OffsetDelete, 0, {
    groupId,
    topics: topics.map(({ name }) => ({ name, partitions: [{ partitionIndex: 0 }] })),
  });
  return {
    errorCode: answer.errorCode,
    codes: new Map(answer.topics.map(({ name, partitions }) => [name, partitions[0]!.errorCode])),
  };
}
