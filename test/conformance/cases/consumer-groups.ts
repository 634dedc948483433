import { beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import {
  ApiVersions,
  DeleteGroups,
  DescribeGroups,
  ListGroups,
  OffsetDelete,
  OffsetFetch,
} from '../../../src/protocol/schema/index.js';
import { ConsumerMember, describeConsumerGroup, type HeartbeatRequest } from '../consumer-groups.js';
import { awaitCoordinator, commitOffset, committedOffset, describeGroup } from '../groups.js';
import type { Subject } from '../subject.js';
import { createTopic, deleteTopic, uniqueName } from '../topics.js';

export function consumerGroupCases(subject: Subject): void {
  describe('groups of the consumer protocol', () => {
    beforeAll(() => awaitCoordinator(subject));

    test('131 the feature group.version is finalised at 1', async () => {
      const client = await subject.connect();
      const software = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' };
      const old = await client.send(ApiVersions, 3, software);
      expect(old.finalizedFeatures).toContainEqual({ name: 'group.version', maxVersionLevel: 1, minVersionLevel: 1 });
      expect(old.supportedFeatures.map(({ name }) => name)).not.toContain('group.version');
      const { supportedFeatures } = await client.send(ApiVersions, 4, software);
      expect(supportedFeatures).toContainEqual({ name: 'group.version', minVersion: 0, maxVersion: 1 });
    });

    test('132 the first member gets everything, later heartbeats bring no news', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 3 });
      const member = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      const joined = await member.join();
      expect(joined).toMatchObject({
        errorCode: 0,
        errorMessage: null,
        memberId: member.memberId,
        memberEpoch: 2,
        heartbeatIntervalMs: 5_000,
      });
      expect(member.partitionsOf(topic)).toEqual([0, 1, 2]);
      expect(await member.heartbeat()).toMatchObject({ errorCode: 0, memberEpoch: 2, assignment: null });
    });

    test('132 before v1 the coordinator chooses an id for whom has none', async () => {
      const member = await ConsumerMember.connect(subject, { memberId: '' });
      const { errorCode, memberId } = await member.join({}, 0);
      expect(errorCode).toBe(0);
      expect(memberId).toMatch(/^.{20,}$/);
    });

    test('133 a partition is given on when its owner has given it back', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const first = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await first.join();
      const second = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, first.groupId);
      expect(await second.join()).toMatchObject({ memberEpoch: 3, assignment: { topicPartitions: [] } });
      expect((await describeConsumerGroup(first.client, first.groupId)).groupState).toBe('Reconciling');

      const told = await first.heartbeat();
      expect(told.memberEpoch).toBe(2);
      expect(first.partitionsOf(topic)).toHaveLength(1);
      expect(await first.heartbeat()).toMatchObject({ memberEpoch: 2, assignment: null });
      expect(await second.heartbeat()).toMatchObject({ memberEpoch: 3, assignment: null });
      expect(await first.acknowledge()).toMatchObject({ memberEpoch: 3, assignment: null });
      await second.heartbeat();
      expect([...first.partitionsOf(topic), ...second.partitionsOf(topic)].sort()).toEqual([0, 1]);
      expect((await describeConsumerGroup(first.client, first.groupId)).groupState).toBe('Stable');
    });

    test('134 who leaves is out at once, and what it had goes to the others', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const first = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await first.join();
      const second = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, first.groupId);
      await second.join();
      expect(await first.heartbeat({ memberEpoch: -1 })).toMatchObject({
        errorCode: 0,
        memberId: first.memberId,
        memberEpoch: -1,
        heartbeatIntervalMs: 0,
        assignment: null,
      });
      expect((await second.heartbeat()).memberEpoch).toBe(4);
      expect(second.partitionsOf(topic)).toEqual([0, 1]);
      expect((await first.heartbeat({ memberEpoch: 3 })).errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    });

    test('135 epochs: ahead 110, behind 110, one behind with no more than its own is taken', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 1 });
      const first = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await first.join();
      const second = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, first.groupId);
      await second.join();
      expect(await first.heartbeat()).toMatchObject({ memberEpoch: 3 });
      expect((await first.heartbeat({ memberEpoch: 4 })).errorCode).toBe(ErrorCode.FENCED_MEMBER_EPOCH);
      expect((await first.heartbeat({ memberEpoch: 2 })).errorCode).toBe(ErrorCode.FENCED_MEMBER_EPOCH);
      const full = { rebalanceTimeoutMs: 10_000, subscribedTopicNames: [topic.name], topicPartitions: [] };
      expect(await first.heartbeat({ memberEpoch: 2, ...full })).toMatchObject({ errorCode: 0, memberEpoch: 3 });
      expect(first.partitionsOf(topic)).toEqual([0]);
      expect(await first.join()).toMatchObject({ errorCode: 0, memberEpoch: 3 });
    });

    test('136 unknown groups 69, unknown members 25', async () => {
      const stranger = await ConsumerMember.connect(subject);
      expect((await stranger.heartbeat({ memberEpoch: 2 })).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
      expect((await stranger.heartbeat({ memberEpoch: -1 })).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
      const member = await ConsumerMember.connect(subject);
      await member.join();
      expect((await member.heartbeat({ memberId: 'other' })).errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect((await member.heartbeat({ memberId: 'other', memberEpoch: -1 })).errorCode).toBe(
        ErrorCode.UNKNOWN_MEMBER_ID,
      );
    });

    test.each<[string, number, Partial<HeartbeatRequest>]>([
      ['no group', ErrorCode.INVALID_REQUEST, { groupId: '' }],
      ['no member id', ErrorCode.INVALID_REQUEST, { memberId: '' }],
      ['an empty instance id', ErrorCode.INVALID_REQUEST, { instanceId: '' }],
      ['an empty rack', ErrorCode.INVALID_REQUEST, { rackId: '' }],
      ['no rebalance timeout', ErrorCode.INVALID_REQUEST, { rebalanceTimeoutMs: -1 }],
      ['null partitions', ErrorCode.INVALID_REQUEST, { topicPartitions: null }],
      ['no subscription', ErrorCode.INVALID_REQUEST, { subscribedTopicNames: null }],
      ['an instance that leaves without an id', ErrorCode.INVALID_REQUEST, { memberEpoch: -2 }],
      ['epoch -3', ErrorCode.INVALID_REQUEST, { memberEpoch: -3 }],
      ['an unknown assignor', ErrorCode.UNSUPPORTED_ASSIGNOR, { serverAssignor: 'sticky' }],
      ['a pattern that is none', ErrorCode.INVALID_REGULAR_EXPRESSION, { subscribedTopicRegex: '(' }],
    ])('137 a first heartbeat with %s: %i', async (_, errorCode, changes) => {
      const member = await ConsumerMember.connect(subject);
      const answer = await member.join(changes);
      expect(answer.errorCode).toBe(errorCode);
      expect(answer.errorMessage).toEqual(expect.any(String));
    });

    test('138 static members: taken 111, away and back without a rebalance, then the old one is fenced 82', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 1 });
      const first = { subscribedTopicNames: [topic.name], instanceId: 'one' };
      const member = await ConsumerMember.connect(subject, first);
      await member.join();
      const other = await ConsumerMember.connect(subject, first, member.groupId);
      expect((await other.join()).errorCode).toBe(ErrorCode.UNRELEASED_INSTANCE_ID);
      const away = await member.heartbeat({ memberEpoch: -2, instanceId: 'one' });
      expect(away).toMatchObject({ errorCode: 0, memberEpoch: -2, assignment: null });
      expect(await other.join()).toMatchObject({ errorCode: 0, memberEpoch: 2 });
      expect(other.partitionsOf(topic)).toEqual([0]);
      expect((await member.heartbeat({ memberEpoch: 2, instanceId: 'one' })).errorCode).toBe(
        ErrorCode.FENCED_INSTANCE_ID,
      );
      expect((await member.heartbeat({ memberEpoch: 2, instanceId: 'two' })).errorCode).toBe(
        ErrorCode.UNKNOWN_MEMBER_ID,
      );
    });

    test('139 subscriptions by pattern, and topics that come and go', async () => {
      const client = await subject.connect();
      const prefix = uniqueName();
      const member = await ConsumerMember.connect(subject, { subscribedTopicRegex: `${prefix}.+` });
      await member.join();
      expect(member.assigned?.topicPartitions).toEqual([]);
      const names = await ConsumerMember.connect(subject);
      const topic = await createTopic(client, { partitions: 2 });
      await names.join({ subscribedTopicNames: [topic.name, 'there-is-none'] });
      expect(names.partitionsOf(topic)).toEqual([0, 1]);
      await deleteTopic(client, topic);
      const told = await names.until('the end of the topic', ({ assignment }) => assignment !== null);
      expect(told.assignment?.topicPartitions).toEqual([]);
    });

    test('140 another subscription takes away what is not subscribed to any more', async () => {
      const client = await subject.connect();
      const [one, two] = [await createTopic(client), await createTopic(client)];
      const member = await ConsumerMember.connect(subject, { subscribedTopicNames: [one.name] });
      await member.join();
      const told = await member.heartbeat({ subscribedTopicNames: [two.name] });
      expect(told).toMatchObject({ memberEpoch: 2, assignment: { topicPartitions: [] } });
      expect(await member.acknowledge()).toMatchObject({ memberEpoch: 3 });
      expect(member.partitionsOf(two)).toEqual([0]);
    });

    test('141 the range assignor gives the same numbers of each topic, in the order of the members', async () => {
      const client = await subject.connect();
      const [one, two] = [await createTopic(client, { partitions: 3 }), await createTopic(client, { partitions: 3 })];
      const first = { subscribedTopicNames: [one.name, two.name], serverAssignor: 'range' };
      const a = await ConsumerMember.connect(subject, { ...first, memberId: 'a' });
      await a.join();
      const b = await ConsumerMember.connect(subject, { ...first, memberId: 'b' }, a.groupId);
      await b.join();
      await a.heartbeat();
      await a.acknowledge();
      await b.heartbeat();
      expect([a.partitionsOf(one), a.partitionsOf(two)]).toEqual([
        [0, 1],
        [0, 1],
      ]);
      expect([b.partitionsOf(one), b.partitionsOf(two)]).toEqual([[2], [2]]);
      expect((await describeConsumerGroup(client, a.groupId)).assignorName).toBe('range');
    });

    test('142 a member that gives nothing back in time is out', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 2 });
      const first = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await first.join({ rebalanceTimeoutMs: 500 });
      const second = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, first.groupId);
      await second.join();
      await first.until('the end of its patience', ({ errorCode }) => errorCode === ErrorCode.UNKNOWN_MEMBER_ID);
      await second.heartbeat();
      expect(second.partitionsOf(topic)).toEqual([0, 1]);
    });

    test('143 described: states, epochs, members; classic and unknown groups 69', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 1 });
      const member = await ConsumerMember.connect(subject, {
        subscribedTopicNames: [topic.name],
        instanceId: 'one',
        rackId: 'rack',
      });
      await member.join();
      const assignment = {
        topicPartitions: [{ topicId: topic.topicId, topicName: topic.name, partitions: [0] }],
      };
      const described = await describeConsumerGroup(member.client, member.groupId);
      expect(described).toMatchObject({
        errorCode: 0,
        groupId: member.groupId,
        groupState: 'Stable',
        groupEpoch: 2,
        assignmentEpoch: 2,
        assignorName: 'uniform',
        members: [
          {
            memberId: member.memberId,
            instanceId: 'one',
            rackId: 'rack',
            memberEpoch: 2,
            clientId: 'wire-client',
            clientHost: '/127.0.0.1',
            subscribedTopicNames: [topic.name],
            assignment,
            targetAssignment: assignment,
            memberType: 1,
          },
        ],
      });
      expect(described.members[0]!.subscribedTopicRegex ?? '').toBe('');
      expect(await describeConsumerGroup(member.client, uniqueName())).toMatchObject({
        errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
      });
      const simple = uniqueName();
      await commitOffset(member.client, simple, topic, 1);
      expect(await describeConsumerGroup(member.client, simple)).toMatchObject({
        errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
      });
      expect(await describeGroup(member.client, member.groupId, 5)).toMatchObject({ errorCode: 0, groupState: 'Dead' });
      const [classic] = (await member.client.send(DescribeGroups, 6, { groups: [member.groupId] })).groups;
      expect(classic).toMatchObject({ errorCode: ErrorCode.GROUP_ID_NOT_FOUND, groupState: 'Dead' });
    });

    test('143 listed by type and state; deleted when it is empty, 68 before', async () => {
      const member = await ConsumerMember.connect(subject);
      await member.join();
      const { client, groupId } = member;
      const listed = async (request: { statesFilter?: string[]; typesFilter?: string[] }) => {
        const { groups } = await client.send(ListGroups, 5, { statesFilter: [], typesFilter: [], ...request });
        return groups.find((group) => group.groupId === groupId);
      };
      const entry = { groupId, protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' };
      expect(await listed({})).toEqual(entry);
      expect(await listed({ typesFilter: ['Consumer'], statesFilter: ['stable'] })).toEqual(entry);
      expect(await listed({ typesFilter: ['classic'] })).toBeUndefined();
      expect(await listed({ statesFilter: ['Empty'] })).toBeUndefined();

      const remove = async () => (await client.send(DeleteGroups, 2, { groupsNames: [groupId] })).results[0]!.errorCode;
      expect(await remove()).toBe(ErrorCode.NON_EMPTY_GROUP);
      await member.heartbeat({ memberEpoch: -1 });
      expect(await listed({})).toEqual({ ...entry, groupState: 'Empty' });
      expect(await remove()).toBe(0);
      expect(await listed({})).toBeUndefined();
    });

    test('144 commits: by epoch; another epoch 113, other members 25, before v9 35', async () => {
      const topic = await createTopic(await subject.connect());
      const member = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await member.join();
      const { client, groupId, memberId } = member;
      const commit = (generationId: number, id = memberId, version = 9) =>
        commitOffset(client, groupId, topic, 5, { generationId, memberId: id, version });
      expect(await commit(2)).toBe(0);
      expect(await commit(3)).toBe(ErrorCode.STALE_MEMBER_EPOCH);
      expect(await commit(0)).toBe(ErrorCode.STALE_MEMBER_EPOCH);
      expect(await commit(2, 'other')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await commit(-1, '')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await commit(2, memberId, 8)).toBe(ErrorCode.UNSUPPORTED_VERSION);
      expect(await committedOffset(client, groupId, topic)).toBe(5);
    });

    test('144 commits of an earlier epoch are taken for partitions that the member has had since', async () => {
      const topic = await createTopic(await subject.connect(), { partitions: 1 });
      const member = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await member.join();
      const other = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] }, member.groupId);
      await other.join();
      expect(await member.heartbeat()).toMatchObject({ memberEpoch: 3 });
      const commit = (generationId: number) =>
        commitOffset(member.client, member.groupId, topic, 7, { generationId, memberId: member.memberId });
      expect(await commit(2)).toBe(0);
      expect(await commit(0)).toBe(ErrorCode.STALE_MEMBER_EPOCH);
    });

    test('145 fetches of offsets: another epoch 113, other members 25, anybody without membership', async () => {
      const topic = await createTopic(await subject.connect());
      const member = await ConsumerMember.connect(subject, { subscribedTopicNames: [topic.name] });
      await member.join();
      const { client, groupId, memberId } = member;
      await commitOffset(client, groupId, topic, 5, { generationId: 2, memberId });
      const fetch = async (identity: { memberId: string | null; memberEpoch: number }) => {
        const topics = [{ name: topic.name, partitionIndexes: [0] }];
        const { groups } = await client.send(OffsetFetch, 9, { groups: [{ groupId, ...identity, topics }] });
        return groups[0]!.errorCode || groups[0]!.topics[0]!.partitions[0]!.committedOffset;
      };
      expect(await fetch({ memberId, memberEpoch: 2 })).toBe(5);
      expect(await fetch({ memberId: null, memberEpoch: -1 })).toBe(5);
      expect(await fetch({ memberId, memberEpoch: 3 })).toBe(ErrorCode.STALE_MEMBER_EPOCH);
      expect(await fetch({ memberId, memberEpoch: 0 })).toBe(ErrorCode.STALE_MEMBER_EPOCH);
      expect(await fetch({ memberId: 'other', memberEpoch: 2 })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    });

    test('145 offsets of topics that members consume are not deleted: 86', async () => {
      const client = await subject.connect();
      const [one, two] = [await createTopic(client), await createTopic(client)];
      const member = await ConsumerMember.connect(subject, { subscribedTopicNames: [one.name] });
      await member.join();
      const { groupId, memberId } = member;
      for (const topic of [one, two]) await commitOffset(client, groupId, topic, 5, { generationId: 2, memberId });
      const topics = [one, two].map(({ name }) => ({ name, partitions: [{ partitionIndex: 0 }] }));
      const answer = await client.send(OffsetDelete, 0, { groupId, topics });
      const codes = new Map(answer.topics.map(({ name, partitions }) => [name, partitions[0]!.errorCode]));
      expect(codes.get(one.name)).toBe(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
      expect(codes.get(two.name)).toBe(0);
    });
  });
}
