import { describe, expect, test } from '@jest/globals';
import { GroupKit, joinRequest } from '../../test/support/group-kit.js';
import { committedOffsetKey, groupMetadataKey } from '../metadata/keys.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { encodeOffset } from './committed-offset.js';

function codeOf(call: () => unknown): ErrorCode | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof KafkaError) return error.code;
    throw error;
  }
}

describe('the groups of a broker', () => {
  test('before an incarnation begins: NOT_COORDINATOR; while groups are loaded: COORDINATOR_LOAD_IN_PROGRESS', async () => {
    const kit = new GroupKit();
    expect(codeOf(() => kit.offset('g'))).toBe(ErrorCode.NOT_COORDINATOR);
    kit.store.setFaults({ latencyMs: [100, 100] });
    await kit.register();
    expect(codeOf(() => kit.offset('g'))).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    expect(await kit.coordinator.join('g', joinRequest())).toMatchObject({
      errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
    });
    await kit.clock.advance(1_000);
    expect(kit.offset('g')).toBeUndefined();
  });

  test('loading goes on until the metadata store answers', async () => {
    const first = await new GroupKit().begin();
    await first.clock.until(first.commit('g', 7));
    await first.incarnation.supersede();
    first.directory.abandon('killed');
    const next = new GroupKit({}, first, 50);
    next.store.setFaults({ failBefore: 1 });
    await next.register();
    await next.clock.advance(10_000);
    expect(codeOf(() => next.offset('g'))).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    next.store.setFaults({});
    await next.clock.advance(10_000);
    expect(next.offset('g')).toBe(7);
  });

  test('an incarnation whose lease may have run out coordinates nothing', async () => {
    const kit = await new GroupKit().begin();
    await kit.clock.until(kit.commit('g', 7));
    kit.incarnation.live = false;
    expect(codeOf(() => kit.offset('g'))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(codeOf(() => kit.coordinator.list())).toBe(ErrorCode.NOT_COORDINATOR);
  });

  test('a restart finds members, generation, assignment and offsets; members go on without a rebalance', async () => {
    const kit = await new GroupKit().begin();
    const { memberId, generationId } = await kit.stableMember('g');
    await kit.clock.until(kit.commitAs('g', { memberId, instanceId: null, generationId }, 42));
    const next = await kit.restart();
    const classic = next.coordinator.describe('g')!.classic!;
    expect(classic).toMatchObject({ state: 'Stable', generationId, protocolType: 'consumer', protocolName: 'range' });
    expect(classic.members.map(({ id, assignment }) => [id, assignment.toString()])).toEqual([[memberId, 'mine']]);
    expect(next.offset('g')).toBe(42);
    next.coordinator.heartbeat('g', memberId, null, generationId);
  });

  test("after a restart the members' sessions begin anew: the silent are put out, the others stay", async () => {
    const kit = await new GroupKit().begin();
    const { memberId, generationId } = await kit.stableMember('g', { instanceId: 'a' });
    const next = await kit.restart();
    await next.clock.advance(9_000);
    next.coordinator.heartbeat('g', memberId, 'a', generationId);
    await next.clock.advance(9_000);
    expect(next.coordinator.describe('g')?.classic?.state).toBe('Stable');
    await next.clock.advance(2_000);
    expect(next.coordinator.describe('g')?.classic).toMatchObject({ state: 'Empty', generationId: generationId + 1 });
  });

  test('heartbeats write nothing', async () => {
    const kit = await new GroupKit().begin();
    const { memberId, generationId } = await kit.stableMember('g');
    const before = kit.transactions.length;
    for (let second = 0; second < 60; second += 1) {
      await kit.clock.advance(1_000);
      kit.coordinator.heartbeat('g', memberId, null, generationId);
    }
    expect(kit.transactions).toHaveLength(before);
  });

  test('what was in memory when an incarnation ended is not used again: it is read anew', async () => {
    const kit = await new GroupKit().begin();
    const member = await kit.stableMember('g');
    // Another broker coordinates meanwhile, and takes the group further.
    const other = await kit.restart();
    await other.stableMember('g', { memberId: member.memberId });
    await other.clock.until(other.commit('other', 5));
    await other.incarnation.supersede();
    other.directory.abandon('drained');
    await kit.begin();
    expect(kit.coordinator.describe('g')?.classic?.generationId).toBe(member.generationId + 1);
    expect(kit.offset('other')).toBe(5);
  });

  test('when the incarnation ends, whoever waits is sent to find the coordinator', async () => {
    const kit = await new GroupKit({ initialRebalanceDelayMs: 3_000 }).begin();
    const joining = kit.coordinator.join('g', joinRequest());
    await kit.clock.advance(1_000);
    kit.directory.abandon('lost');
    expect(await joining).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR });
    expect(codeOf(() => kit.coordinator.list())).toBe(ErrorCode.NOT_COORDINATOR);
  });

  test('I4: an incarnation that was superseded without its knowing acknowledges nothing, and drops its groups', async () => {
    const kit = await new GroupKit().begin();
    const { memberId, generationId } = await kit.stableMember('g');
    await kit.incarnation.supersede();
    const committer = { memberId, instanceId: null, generationId };
    expect(await kit.clock.until(kit.commitAs('g', committer, 1))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(codeOf(() => kit.coordinator.heartbeat('g', memberId, null, generationId))).toBe(ErrorCode.NOT_COORDINATOR);
  });

  test('a closed directory sends away who waits, and still writes what was accepted', async () => {
    const kit = await new GroupKit({ initialRebalanceDelayMs: 3_000 }).begin();
    kit.store.setFaults({ latencyMs: [100, 100] });
    const joining = kit.coordinator.join('g', joinRequest());
    const committing = kit.commit('other', 3);
    kit.directory.close();
    expect(await kit.clock.until(joining)).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR });
    expect(await kit.clock.until(committing)).toBe(ErrorCode.NONE);
  });

  test.each([
    ['a record', groupMetadataKey('broken')],
    ['an offset', committedOffsetKey('broken', 'orders', 0)],
  ])('a group with %s that cannot be read is left alone, the others are served', async (_what, key) => {
    const kit = new GroupKit();
    const good = encodeOffset({
      offset: 4,
      leaderEpoch: -1,
      metadata: '',
      committedAt: 0,
      expiresAt: undefined,
      topicId: undefined,
    });
    await kit.stored.txn({
      compare: [],
      success: [
        { type: 'put', key, value: Buffer.from('not protobuf') },
        { type: 'put', key: committedOffsetKey('good', 'orders', 0), value: good },
      ],
    });
    await kit.begin();
    expect(codeOf(() => kit.offset('broken'))).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    await expect(kit.commit('broken', 1)).rejects.toMatchObject({ code: ErrorCode.COORDINATOR_NOT_AVAILABLE });
    expect(kit.offset('good')).toBe(4);
    expect((await kit.stored.get(key))?.value.toString()).toBe('not protobuf');
  });

  test('a group that is deleted is gone with its offsets, also after a restart', async () => {
    const kit = await new GroupKit().begin();
    await kit.clock.until(Promise.all([kit.commit('g', 1), kit.commit('g', 2, 1), kit.commit('g2', 3)]));
    const deleting = kit.coordinator.delete('g');
    expect(codeOf(() => kit.offset('g'))).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    await kit.clock.until(deleting);
    expect(kit.coordinator.describe('g')).toBeUndefined();
    expect(kit.coordinator.list().map(({ groupId }) => groupId)).toEqual(['g2']);
    const next = await kit.restart();
    expect(next.offset('g')).toBeUndefined();
    expect(next.offset('g2')).toBe(3);
  });
});
