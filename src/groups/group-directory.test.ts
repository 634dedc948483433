import { describe, expect, test } from '@jest/globals';
import { CoordinatorKit, CoordinatorStore } from '../../test/support/coordinator-kit.js';
import { CONSUMERS_PREFIX } from '../metadata/keys.js';
import { ErrorCode } from '../protocol/errors.js';

const HEARTBEAT_MS = 3_000;

describe('what is written of groups', () => {
  test('heartbeats write nothing', async () => {
    const kit = await new CoordinatorKit().begin('one');
    const { memberId, generationId } = await kit.member('readers');
    const before = kit.transactions.length;
    for (let count = 0; count < 100; count += 1) {
      await kit.store.clock.advance(HEARTBEAT_MS);
      kit.groups.heartbeat('readers', memberId, null, generationId);
    }
    expect(kit.transactions).toHaveLength(before);
    expect(kit.groups.describe('readers')?.id).toBe('readers');
  });

  test('commits of many groups that come at once share transactions', async () => {
    const kit = await new CoordinatorKit().begin('one');
    const groups = Array.from({ length: 100 }, (_, index) => `group-${index}`);
    const codes = await Promise.all(groups.map((group, index) => kit.commit(group, index)));
    expect(codes.flat()).toEqual(groups.map(() => ErrorCode.NONE));
    expect(kit.transactions.length).toBeLessThanOrEqual(2);
    expect(kit.transactions.reduce((sum, writes) => sum + writes)).toBe(groups.length);
    expect(kit.committed('group-99')).toBe(99);
  });

  test('of commits that wait for one transaction, the last one of a partition is written', async () => {
    const kit = await new CoordinatorKit().begin('one');
    await Promise.all([1, 2, 3, 4, 5].map((offset) => kit.commit('readers', offset)));
    const { entries } = await kit.store.metadata.range(CONSUMERS_PREFIX);
    expect(entries).toHaveLength(1);
    expect(kit.transactions.reduce((sum, writes) => sum + writes)).toBeLessThan(5);
    expect((await new CoordinatorKit(kit.store).begin('two')).committed('readers')).toBe(5);
  });
});

describe('groups that are coordinated elsewhere for a while', () => {
  test('a coordinator that comes back knows what was committed meanwhile, not what it knew', async () => {
    const store = new CoordinatorStore();
    const first = await new CoordinatorKit(store, 1).begin('one');
    const second = new CoordinatorKit(store, 2);
    await first.commit('readers', 5);
    await first.commit('gone', 6);
    first.directory.abandon('moved away');
    await store.end('one');

    await second.begin('two');
    expect(second.committed('readers')).toBe(5);
    await second.commit('readers', 9);
    await store.clock.until(second.groups.delete('gone'));
    second.directory.abandon('moved back');
    await store.end('two');

    await first.begin('three');
    expect(first.committed('readers')).toBe(9);
    expect(first.groups.list().map(({ groupId }) => groupId)).toEqual(['readers']);
  });

  test('a coordinator that lost the groups shows nothing of them, and whoever waits is sent away', async () => {
    const kit = await new CoordinatorKit().begin('one');
    await kit.commit('readers', 5);
    kit.directory.abandon('moved away');
    const refused = expect.objectContaining({ code: ErrorCode.NOT_COORDINATOR }) as unknown as Error;
    expect(() => kit.committed('readers')).toThrow(refused);
    await expect(kit.commit('readers', 6)).rejects.toThrow(refused);
  });

  test('I4: what an incarnation commits after its end is refused, and not stored', async () => {
    const kit = await new CoordinatorKit().begin('one');
    await kit.commit('readers', 5);
    await kit.store.end('one');
    expect(await kit.commit('readers', 6)).toEqual([ErrorCode.NOT_COORDINATOR]);
    expect((await new CoordinatorKit(kit.store).begin('two')).committed('readers')).toBe(5);
  });

  test('a member keeps its place, and a group without members its offsets', async () => {
    const store = new CoordinatorStore();
    const first = await new CoordinatorKit(store).begin('one');
    const member = await first.member('live');
    await first.commit('live', 3, member);
    const leaving = await first.member('left');
    await first.commit('left', 4, leaving);
    first.groups.leave('left', [{ memberId: leaving.memberId, instanceId: null, reason: '' }]);
    await store.clock.advance(1_000);
    await store.end('one');

    const second = await new CoordinatorKit(store).begin('two');
    second.groups.heartbeat('live', member.memberId, null, member.generationId);
    expect([second.committed('live'), second.committed('left')]).toEqual([3, 4]);
    expect(second.groups.list().map(({ groupId, state }) => `${groupId} ${state}`)).toEqual([
      'left Empty',
      'live Stable',
    ]);
  });
});
