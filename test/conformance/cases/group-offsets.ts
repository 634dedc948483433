import { beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { OffsetCommit, OffsetFetch } from '../../../src/protocol/schema/index.js';
import {
  awaitCoordinator,
  commitOffset,
  committedOffset,
  describeGroup,
  fetchOffsets,
  rebalancing,
  stableGroup,
  stablePair,
  TestMember,
} from '../groups.js';
import type { Subject } from '../subject.js';
import { createTopic, deleteTopic, recreateTopic, uniqueName } from '../topics.js';

const NO_OFFSET = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: ErrorCode.NONE };

export function groupOffsetCases(subject: Subject): void {
  describe('offsets of groups', () => {
    beforeAll(() => awaitCoordinator(subject));

    test('91 a client without membership commits, and the group is Empty', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const groupId = uniqueName();
      expect(await commitOffset(client, groupId, topic, 7)).toBe(ErrorCode.NONE);
      expect(await describeGroup(client, groupId)).toMatchObject({ groupState: 'Empty', protocolType: '' });
      expect(await committedOffset(client, groupId, topic)).toBe(7);
      expect(await commitOffset(client, groupId, topic, 3)).toBe(ErrorCode.NONE);
      expect(await committedOffset(client, groupId, topic)).toBe(3);
    });

    test('91 the empty group id may commit too', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      expect(await commitOffset(client, '', topic, 5)).toBe(ErrorCode.NONE);
      expect(await committedOffset(client, '', topic)).toBe(5);
    });

    test('91 without membership in a group that has members: 25; old generation: 22; unknown member: 25', async () => {
      const member = await stableGroup(subject);
      const topic = await createTopic(member.client);
      expect(await member.commit(topic, 1)).toBe(ErrorCode.NONE);
      expect(await member.commit(topic, 1, { generationId: -1, memberId: '' })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await member.commit(topic, 1, { generationId: member.generationId - 1 })).toBe(
        ErrorCode.ILLEGAL_GENERATION,
      );
      expect(await member.commit(topic, 1, { memberId: 'unknown' })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    });

    test('91 a member of a group that is not there: 69 from v9, before 22', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const code = (version: number) =>
        commitOffset(client, uniqueName(), topic, 1, { version, generationId: 3, memberId: 'member' });
      expect(await code(9)).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
      expect(await code(8)).toBe(ErrorCode.ILLEGAL_GENERATION);
    });

    test('91 while a rebalance begins the old generation may still commit; once it has a new one: 22, then 27', async () => {
      const { leader, follower } = await stablePair(subject);
      const topic = await createTopic(leader.client);
      const rejoining = leader.join();
      await rebalancing(follower);
      expect(await follower.commit(topic, 1)).toBe(ErrorCode.NONE);
      const generationId = follower.generationId;
      await Promise.all([rejoining, follower.join()]);
      expect(await follower.commit(topic, 1, { generationId })).toBe(ErrorCode.ILLEGAL_GENERATION);
      expect(await follower.commit(topic, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
    });

    test('91 metadata of 4096 characters is kept; more: 12, and only for that partition', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 2 });
      const groupId = uniqueName();
      expect(await commitOffset(client, groupId, topic, 1, { metadata: 'm'.repeat(4096) })).toBe(ErrorCode.NONE);
      const { topics } = await client.send(OffsetCommit, 9, {
        groupId,
        generationIdOrMemberEpoch: -1,
        memberId: '',
        topics: [
          {
            name: topic.name,
            partitions: [
              { partitionIndex: 0, committedOffset: 2, committedMetadata: 'm'.repeat(5000) },
              { partitionIndex: 1, committedOffset: 2, committedMetadata: 'fine' },
            ],
          },
        ],
      });
      expect(topics[0]!.partitions).toEqual([
        { partitionIndex: 0, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE },
        { partitionIndex: 1, errorCode: ErrorCode.NONE },
      ]);
      const found = await fetchOffsets(client, groupId, topic, [0, 1]);
      expect(found.topics[0]!.partitions).toMatchObject([
        { committedOffset: 1, metadata: 'm'.repeat(4096) },
        { committedOffset: 2, metadata: 'fine' },
      ]);
    });

    test('91 unknown topic or partition: 3; v10, unknown id: 100', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const unknown = { name: uniqueName(), topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' };
      expect(await commitOffset(client, uniqueName(), unknown, 1)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      expect(await commitOffset(client, uniqueName(), topic, 1, { partition: 9 })).toBe(
        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      );
      expect(await commitOffset(client, uniqueName(), unknown, 1, { version: 10 })).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
      expect(await commitOffset(client, uniqueName(), topic, 1, { version: 10 })).toBe(ErrorCode.NONE);
    });

    test('92 OffsetFetch: unknown group or partition: -1 without an error; topics null: all that have an offset', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { partitions: 2 });
      const groupId = uniqueName();
      expect(await fetchOffsets(client, groupId, topic, [0, 1])).toMatchObject({
        errorCode: ErrorCode.NONE,
        topics: [{ name: topic.name, partitions: [NO_OFFSET, NO_OFFSET] }],
      });
      expect(await fetchOffsets(client, groupId)).toMatchObject({ errorCode: ErrorCode.NONE, topics: [] });
      await commitOffset(client, groupId, topic, 4, { partition: 1, metadata: 'mine' });
      expect(await fetchOffsets(client, groupId, topic, [0, 1, 9])).toMatchObject({
        topics: [{ partitions: [NO_OFFSET, { committedOffset: 4, metadata: 'mine' }, NO_OFFSET] }],
      });
      const all = await fetchOffsets(client, groupId);
      expect(all.topics).toMatchObject([
        { name: topic.name, partitions: [{ partitionIndex: 1, committedOffset: 4, metadata: 'mine' }] },
      ]);
    });

    test('92 OffsetFetch v1 to v7 for one group, v8 for several, v10 by id', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const [groupId, other] = [uniqueName(), uniqueName()];
      await commitOffset(client, groupId, topic, 4);
      const { name, topicId } = topic;
      for (const version of [1, 2, 5, 7]) {
        const answer = await client.send(OffsetFetch, version, { groupId, topics: [{ name, partitionIndexes: [0] }] });
        expect(answer).toMatchObject({ errorCode: 0, topics: [{ name, partitions: [{ committedOffset: 4 }] }] });
      }
      const several = await client.send(OffsetFetch, 8, {
        groups: [groupId, other].map((id) => ({ groupId: id, topics: [{ name, partitionIndexes: [0] }] })),
      });
      expect(several.groups).toMatchObject([
        { groupId, errorCode: 0, topics: [{ partitions: [{ committedOffset: 4 }] }] },
        { groupId: other, errorCode: 0, topics: [{ partitions: [NO_OFFSET] }] },
      ]);
      const unknownId = 'AAAAAAAAAAAAAAAAAAAAAQ';
      const topics = [topicId, unknownId].map((id) => ({ topicId: id, partitionIndexes: [0] }));
      const byId = await client.send(OffsetFetch, 10, { groups: [{ groupId, topics }], requireStable: true });
      expect(byId.groups[0]!.topics).toHaveLength(2);
      expect(byId.groups[0]!.topics).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ topicId, partitions: [expect.objectContaining({ committedOffset: 4 })] }),
          expect.objectContaining({
            topicId: unknownId,
            partitions: [expect.objectContaining({ committedOffset: -1, errorCode: ErrorCode.UNKNOWN_TOPIC_ID })],
          }),
        ]),
      );
      const all = await client.send(OffsetFetch, 10, { groups: [{ groupId, topics: null }] });
      expect(all.groups[0]!.topics).toMatchObject([{ topicId }]);
    });

    test('92 a member that is new reads what its predecessor committed', async () => {
      const member = await stableGroup(subject);
      const topic = await createTopic(member.client);
      expect(await member.commit(topic, 11)).toBe(ErrorCode.NONE);
      expect(await member.leave()).toBe(ErrorCode.NONE);
      const next = await TestMember.connect(subject, member.groupId);
      await next.join();
      expect(await committedOffset(next.client, member.groupId, topic)).toBe(11);
    });

    test('92 a topic that is made again under its name has no offsets of its predecessor', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const groupId = uniqueName();
      await commitOffset(client, groupId, topic, 4);
      await deleteTopic(client, topic);
      const again = await recreateTopic(client, topic.name);
      expect(await committedOffset(client, groupId, again)).toBe(-1);
    });
  });
}
