import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { LeaveGroup } from '../../../src/protocol/schema/index.js';
import { awaitCoordinator, describeGroup, rebalancing, stableGroup, stablePair, TestMember } from '../groups.js';
import type { Subject } from '../subject.js';
import { uniqueName } from '../topics.js';
import { until } from '../../support/until.js';

/** The shortest that brokers allow. */
const SHORT_SESSION_MS = 6_000;

export function groupMemberCases(subject: Subject): void {
  describe('members of groups', () => {
    beforeAll(() => awaitCoordinator(subject));

    test('82 JoinGroup v5 without a member id: 79 and an id; with it, generation 1 and the list of members', async () => {
      const member = await TestMember.connect(subject, uniqueName());
      const first = await until('a coordinator', async () => {
        const answer = await member.joinOnce(5);
        return answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED ? answer : undefined;
      });
      expect(first).toMatchObject({ generationId: -1, protocolName: '', leader: '', members: [] });
      expect(first.memberId).toMatch(/^wire-client-.{36}$/);
      member.memberId = first.memberId;
      const joined = await member.joinOnce(5);
      expect(joined).toMatchObject({
        errorCode: ErrorCode.NONE,
        generationId: 1,
        protocolName: 'range',
        leader: first.memberId,
        memberId: first.memberId,
      });
      expect(joined.members.map(({ memberId }) => memberId)).toEqual([first.memberId]);
    });

    test('83 JoinGroup up to v3 joins at once; the protocol name is null only from v7', async () => {
      const member = await TestMember.connect(subject, uniqueName());
      expect(await member.join(3)).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 1 });
      const refused = await TestMember.connect(subject, member.groupId, { protocols: ['other'] });
      expect(await refused.joinOnce(6)).toMatchObject({ protocolName: '' });
      expect(await refused.joinOnce(7)).toMatchObject({ protocolName: null });
    });

    test('83 JoinGroup v0 takes the session timeout for the rebalance timeout', async () => {
      const member = await TestMember.connect(subject, uniqueName());
      expect(await member.join(0)).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 1 });
    });

    test('84 nothing in common: 23; no protocol: 23; no group id: 24; session timeout out of bounds: 26', async () => {
      const member = await stableGroup(subject);
      const other = await TestMember.connect(subject, member.groupId, { protocols: ['other'] });
      expect(await other.joinOnce()).toMatchObject({ errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId: '' });
      const stranger = await TestMember.connect(subject, member.groupId, { protocolType: 'connect' });
      expect(await stranger.joinOnce()).toMatchObject({ errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL });

      const fresh = await TestMember.connect(subject, uniqueName());
      const refused = async (changes: object) => (await fresh.joinOnce(9, changes)).errorCode;
      expect(await refused({ protocolType: '' })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      expect(await refused({ protocols: [] })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      expect(await refused({ groupId: '' })).toBe(ErrorCode.INVALID_GROUP_ID);
      expect(await refused({ sessionTimeoutMs: 1 })).toBe(ErrorCode.INVALID_SESSION_TIMEOUT);
      expect(await refused({ sessionTimeoutMs: 2 ** 31 - 1 })).toBe(ErrorCode.INVALID_SESSION_TIMEOUT);
      expect(await refused({ groupId: uniqueName(), memberId: 'unknown' })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    });

    test('85 a follower waits for the leader; then both have what the leader gave them, byte for byte', async () => {
      const { leader, follower } = await stablePair(subject);
      expect(leader.generationId).toBe(follower.generationId);
      const own = async (member: TestMember) => (await member.sync()).assignment.toString();
      expect([await own(leader), await own(follower)]).toEqual(['first', 'second']);
    });

    test('85 SyncGroup of an old generation: 22; unknown member: 25; while a rebalance begins: 27; other protocol: 23', async () => {
      const { leader, follower } = await stablePair(subject);
      const code = async (changes: object) => (await follower.sync({}, changes)).errorCode;
      expect(await code({ generationId: follower.generationId - 1 })).toBe(ErrorCode.ILLEGAL_GENERATION);
      expect(await code({ memberId: 'unknown' })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await code({ groupId: uniqueName() })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await code({ protocolName: 'other' })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      expect(await code({ protocolName: null })).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
      const rejoining = leader.join();
      await rebalancing(follower);
      expect(await code({})).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
      await Promise.all([rejoining, follower.join()]);
    });

    test('86 Heartbeat: unknown member 25, old generation 22, while a rebalance begins 27, then 0 again', async () => {
      const { leader, follower } = await stablePair(subject);
      expect(await follower.heartbeat()).toBe(ErrorCode.NONE);
      expect(await follower.heartbeat({ memberId: 'unknown' })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await follower.heartbeat({ groupId: uniqueName() })).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect(await follower.heartbeat({ groupId: '' })).toBe(ErrorCode.INVALID_GROUP_ID);
      const generationId = follower.generationId - 1;
      expect(await follower.heartbeat({ generationId })).toBe(ErrorCode.ILLEGAL_GENERATION);
      const rejoining = leader.join();
      await rebalancing(follower);
      await Promise.all([rejoining, follower.join()]);
      expect(await follower.heartbeat()).toBe(ErrorCode.NONE);
    });

    test('86 a follower that joins again unchanged gets the present generation; a leader begins another', async () => {
      const { leader, follower } = await stablePair(subject);
      const { generationId } = follower;
      expect(await follower.join()).toMatchObject({ errorCode: ErrorCode.NONE, generationId, members: [] });
      const rejoining = leader.join();
      await rebalancing(follower);
      await Promise.all([rejoining, follower.join()]);
      expect(leader.generationId).toBe(generationId + 1);
    });

    test('87 a member that falls silent is put out; the other begins a new generation', async () => {
      const { leader, follower } = await stablePair(subject, { sessionTimeoutMs: SHORT_SESSION_MS });
      const generationBefore = leader.generationId;
      await rebalancing(leader);
      expect(await leader.join()).toMatchObject({ generationId: generationBefore + 1 });
      expect(await follower.heartbeat()).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
    }, 30_000);

    test('88 a member that never asks for its assignment is put out after the rebalance timeout', async () => {
      const member = await TestMember.connect(subject, uniqueName(), { rebalanceTimeoutMs: 1_000 });
      await member.join();
      await until('the end of the member', async () =>
        (await member.heartbeat()) === ErrorCode.UNKNOWN_MEMBER_ID ? true : undefined,
      );
    });

    test('89 a member id that nobody comes back with holds up no rebalance for ever', async () => {
      const leader = await stableGroup(subject, { sessionTimeoutMs: 30_000 });
      const pending = await TestMember.connect(subject, leader.groupId, { sessionTimeoutMs: SHORT_SESSION_MS });
      expect(await pending.joinOnce()).toMatchObject({ errorCode: ErrorCode.MEMBER_ID_REQUIRED });
      const begin = performance.now();
      expect(await leader.join()).toMatchObject({ errorCode: ErrorCode.NONE });
      expect(performance.now() - begin).toBeLessThan(SHORT_SESSION_MS + 4_000);
    }, 30_000);

    test('90 a static member that comes back goes on where it was; its old member id is fenced: 82', async () => {
      const options = { instanceId: 'instance-1' };
      const before = await stableGroup(subject, options);
      const after = await TestMember.connect(subject, before.groupId, options);
      expect(await after.join()).toMatchObject({
        errorCode: ErrorCode.NONE,
        generationId: before.generationId,
        skipAssignment: true,
        leader: after.memberId,
        members: [{ memberId: after.memberId, groupInstanceId: 'instance-1' }],
      });
      expect(after.memberId).not.toBe(before.memberId);
      expect(after.memberId).toMatch(/^instance-1-.{36}$/);
      expect((await after.sync()).assignment.toString()).toBe('mine');
      expect(await before.heartbeat()).toBe(ErrorCode.FENCED_INSTANCE_ID);
      expect((await before.sync()).errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
      expect((await before.joinOnce()).errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
      expect(await after.heartbeat()).toBe(ErrorCode.NONE);
    });

    test('90 up to v8 a static leader that comes back is told that its old self leads', async () => {
      const options = { instanceId: 'instance-1' };
      const before = await stableGroup(subject, options);
      const after = await TestMember.connect(subject, before.groupId, options);
      expect(await after.join(8)).toMatchObject({
        errorCode: ErrorCode.NONE,
        generationId: before.generationId,
        leader: before.memberId,
        members: [],
      });
    });

    test('90 an administrator removes a static member by its instance id; unknown: 25', async () => {
      const member = await stableGroup(subject, { instanceId: 'instance-1' });
      const client = await subject.connect();
      const remove = async (groupInstanceId: string) => {
        const request = { groupId: member.groupId, members: [{ memberId: '', groupInstanceId }] };
        return client.send(LeaveGroup, 5, request);
      };
      expect(await remove('unknown')).toMatchObject({
        errorCode: ErrorCode.NONE,
        members: [{ memberId: '', groupInstanceId: 'unknown', errorCode: ErrorCode.UNKNOWN_MEMBER_ID }],
      });
      expect(await remove('instance-1')).toMatchObject({ members: [{ errorCode: ErrorCode.NONE }] });
      expect(await member.heartbeat()).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
      expect((await describeGroup(client, member.groupId)).groupState).toBe('Empty');
    });

    test('90 LeaveGroup v2 is answered for the one member; from v3 for each', async () => {
      const { leader, follower } = await stablePair(subject);
      const { groupId } = leader;
      const leave = (memberId: string) => leader.client.send(LeaveGroup, 2, { groupId, memberId });
      expect(await leave('unknown')).toMatchObject({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
      expect(await leave(follower.memberId)).toMatchObject({ errorCode: ErrorCode.NONE });
      await rebalancing(leader);
      await leader.join();
      const members = [{ memberId: 'unknown' }, { memberId: leader.memberId }];
      const answer = await leader.client.send(LeaveGroup, 3, { groupId, members });
      expect(answer.members.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.NONE]);
      const absent = await leader.client.send(LeaveGroup, 3, { groupId: uniqueName(), members });
      expect(absent).toMatchObject({ errorCode: ErrorCode.NONE });
      expect(absent.members.map(({ errorCode }) => errorCode)).toEqual([
        ErrorCode.UNKNOWN_MEMBER_ID,
        ErrorCode.UNKNOWN_MEMBER_ID,
      ]);
    });

    test('85 the protocol that most members like best is chosen among those that all know', async () => {
      const groupId = uniqueName();
      const first = await TestMember.connect(subject, groupId, { protocols: ['a', 'b', 'c'] });
      await first.join();
      const others = await Promise.all(
        [
          ['c', 'b'],
          ['c', 'b', 'd'],
        ].map((protocols) => TestMember.connect(subject, groupId, { protocols })),
      );
      const joining = others.map((member) => member.join());
      await rebalancing(first);
      // The others are on their way; whoever comes late begins another rebalance.
      await delay(500);
      const answers = await Promise.all([first.join(), ...joining]);
      expect(answers.map(({ protocolName }) => protocolName)).toEqual(['c', 'c', 'c']);
    });
  });
}
