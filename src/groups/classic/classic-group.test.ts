import { describe, expect, test } from '@jest/globals';
import { joinRequest } from '../../../test/support/group-kit.js';
import { SimulatedCoordinator, GROUP_OPTIONS } from '../../../test/support/group-simulation.js';
import { ErrorCode } from '../../protocol/errors.js';
import type { GroupOptions } from '../group-options.js';
import type { JoinRequest, JoinResult, SyncResult } from './messages.js';

/** A group whose members do only what the test says. */
class Kit extends SimulatedCoordinator {
  constructor(options: Partial<GroupOptions> = {}) {
    super({ ...GROUP_OPTIONS, initialRebalanceDelayMs: 0, ...options });
  }

  join(changes: Partial<JoinRequest> = {}): Promise<JoinResult> {
    return this.group.join(joinRequest(changes));
  }

  sync({ memberId, generationId }: JoinResult, assignments: Readonly<Record<string, string>> = {}) {
    return this.group.sync({
      memberId,
      instanceId: null,
      generationId,
      protocolType: null,
      protocolName: null,
      assignments: new Map(Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)])),
    });
  }

  /** A member that is alone in a stable generation. */
  async stable(changes: Partial<JoinRequest> = {}): Promise<JoinResult> {
    const joined = await this.clock.until(this.join(changes));
    await this.clock.until(this.sync(joined, { [joined.memberId]: 'mine' }));
    return joined;
  }
}

/** What a promise has come to by now. */
async function stateOf<T>(kit: Kit, promise: Promise<T>): Promise<T | 'waiting'> {
  await kit.clock.settle();
  return Promise.race([promise, Promise.resolve('waiting' as const)]);
}

describe('the first rebalance of a group', () => {
  test('waits the initial delay, and as much again for as long as somebody comes in it', async () => {
    const kit = new Kit({ initialRebalanceDelayMs: 3_000 });
    const first = kit.join();
    await kit.clock.advance(2_900);
    const second = kit.join();
    await kit.clock.advance(2_900);
    expect(await stateOf(kit, first)).toBe('waiting');
    const third = kit.join();
    await kit.clock.advance(200);
    expect(await stateOf(kit, first)).toBe('waiting');
    await kit.clock.advance(3_000);
    const results = await Promise.all([first, second, third]);
    expect(results.map(({ generationId }) => generationId)).toEqual([1, 1, 1]);
    expect(results.map(({ members }) => members.length)).toEqual([3, 0, 0]);
  });

  test('lasts no longer than the rebalance timeout, however many come', async () => {
    const kit = new Kit({ initialRebalanceDelayMs: 3_000 });
    const first = kit.join({ rebalanceTimeoutMs: 7_000 });
    for (let second = 0; second < 9; second += 1) {
      void kit.join({ rebalanceTimeoutMs: 7_000 });
      await kit.clock.advance(1_000);
    }
    expect(await stateOf(kit, first)).toMatchObject({ generationId: 1 });
  });
});

describe('a rebalance', () => {
  test('ends when the last member has joined, without waiting for more', async () => {
    const kit = new Kit();
    const leader = await kit.stable();
    const second = kit.join();
    expect(await stateOf(kit, second)).toBe('waiting');
    const begin = kit.clock.monotonic();
    await kit.clock.until(Promise.all([kit.join({ memberId: leader.memberId }), second]));
    expect(kit.clock.monotonic()).toBe(begin);
    expect(kit.group.generationId).toBe(2);
  });

  test('goes on without dynamic members who do not join in time; one of those who did leads', async () => {
    const kit = new Kit();
    const { memberId } = await kit.stable({ sessionTimeoutMs: 60_000 });
    const second = await kit.clock.until(kit.join());
    expect(second).toMatchObject({ generationId: 2, leader: second.memberId });
    expect(second.members).toHaveLength(1);
    expect(() => kit.group.heartbeat(memberId, null, 2)).toThrow('UNKNOWN_MEMBER_ID');
  });

  test('keeps static members who do not join in time until their session ends', async () => {
    const kit = new Kit();
    const { memberId } = await kit.stable({ instanceId: 'static', sessionTimeoutMs: 60_000 });
    const second = await kit.clock.until(kit.join({ sessionTimeoutMs: 60_000 }));
    expect(second).toMatchObject({ generationId: 2, leader: second.memberId });
    expect(second.members.map((member) => member.memberId)).toEqual([memberId, second.memberId]);
  });

  test('is not held up for ever by a new member whose client gave up waiting', async () => {
    const kit = new Kit();
    const { memberId } = await kit.stable({ sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 1_800_000 });
    const second = kit.join();
    await kit.clock.advance(299_000);
    expect(await stateOf(kit, second)).toBe('waiting');
    await kit.clock.advance(2_000);
    expect(await second).toMatchObject({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID, memberId: '' });
    expect(kit.group.members.map(({ id }) => id)).toEqual([memberId]);
  });

  test('of a follower who joins twice answers both, the first one with an error', async () => {
    const kit = new Kit();
    const { memberId } = await kit.stable();
    void kit.join();
    const first = kit.join({ memberId });
    const again = kit.join({ memberId });
    expect(await kit.clock.until(Promise.all([first, again]))).toMatchObject([{}, { generationId: 2 }]);
  });
});

describe('the assignment', () => {
  test('is handed out when it is durable, not before', async () => {
    const kit = new Kit();
    const joined = await kit.clock.until(kit.join());
    kit.nextSave({ delayMs: 1_000, fails: false });
    const synced = kit.sync(joined, { [joined.memberId]: 'mine' });
    await kit.clock.advance(900);
    expect(await stateOf<SyncResult>(kit, synced)).toBe('waiting');
    expect(kit.group.state).toBe('CompletingRebalance');
    await kit.clock.advance(200);
    expect((await synced).assignment.toString()).toBe('mine');
    expect(kit.stored?.generationId).toBe(1);
  });

  test('that could not be stored is nobody’s: all are told to go on, and a rebalance begins', async () => {
    const kit = new Kit();
    const joined = await kit.clock.until(kit.join());
    kit.nextSave({ delayMs: 10, fails: true });
    const synced = await kit.clock.until(kit.sync(joined, { [joined.memberId]: 'mine' }));
    expect(synced).toMatchObject({ errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, assignment: Buffer.alloc(0) });
    expect(kit.group.state).toBe('PreparingRebalance');
    expect(kit.stored).toBeUndefined();
  });

  test('that takes too long to store is given up, whether it gets there later or not', async () => {
    const kit = new Kit();
    const joined = await kit.clock.until(kit.join());
    kit.nextSave({ delayMs: 8_000, fails: false });
    const synced = await kit.clock.until(kit.sync(joined, { [joined.memberId]: 'mine' }));
    expect(synced.errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    await kit.clock.advance(5_000);
    expect(kit.stored?.generationId).toBe(1);
    expect(kit.group.state).not.toBe('Stable');
  });

  test('of a member that the leader left out is empty', async () => {
    const kit = new Kit();
    const joined = await kit.clock.until(kit.join());
    expect((await kit.clock.until(kit.sync(joined))).assignment).toHaveLength(0);
  });

  test('handed in twice counts the first time', async () => {
    const kit = new Kit();
    const joined = await kit.clock.until(kit.join());
    void kit.sync(joined, { [joined.memberId]: 'first' });
    const again = await kit.clock.until(kit.sync(joined, { [joined.memberId]: 'second' }));
    expect(again.assignment.toString()).toBe('first');
  });

  test('of a generation whose members left before it was durable is not used', async () => {
    const kit = new Kit();
    const joined = await kit.clock.until(kit.join());
    kit.nextSave({ delayMs: 1_000, fails: false });
    const synced = kit.sync(joined, { [joined.memberId]: 'mine' });
    kit.group.leave([{ memberId: joined.memberId, instanceId: null, reason: '' }]);
    expect(await kit.clock.until(synced)).toMatchObject({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID });
    await kit.clock.advance(5_000);
    expect(kit.group.state).toBe('Empty');
    expect(kit.stored).toMatchObject({ generationId: 2, members: [] });
  });
});

describe('a static member that comes back', () => {
  test('when its new id cannot be stored, stays who it was', async () => {
    const kit = new Kit();
    const before = await kit.stable({ instanceId: 'static' });
    kit.nextSave({ delayMs: 10, fails: true });
    const after = await kit.clock.until(kit.join({ instanceId: 'static' }));
    expect(after).toMatchObject({ errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, memberId: '' });
    kit.group.heartbeat(before.memberId, 'static', before.generationId);
    expect(kit.group.members.map(({ assignment }) => assignment.toString())).toEqual(['mine']);
  });

  test('takes part in a rebalance that begins before its new id is stored', async () => {
    const kit = new Kit();
    await kit.stable({ instanceId: 'static' });
    kit.nextSave({ delayMs: 1_000, fails: false });
    const again = kit.join({ instanceId: 'static' });
    await kit.clock.advance(100);
    const other = kit.join();
    expect(await kit.clock.until(Promise.all([again, other]))).toMatchObject([
      { generationId: 2 },
      { generationId: 2 },
    ]);
    expect(kit.group.state).toBe('CompletingRebalance');
  });

  test('keeps the id that a generation has told it, also when storing it fails only then', async () => {
    const kit = new Kit();
    await kit.stable({ instanceId: 'static' });
    kit.nextSave({ delayMs: 1_000, fails: true });
    const again = kit.join({ instanceId: 'static' });
    await kit.clock.advance(100);
    const [{ memberId }] = await kit.clock.until(Promise.all([again, kit.join()]));
    const third = kit.join();
    const rejoined = kit.join({ memberId, instanceId: 'static' });
    await kit.clock.advance(1_000);
    expect(await stateOf(kit, rejoined)).toBe('waiting');
    expect(await kit.clock.until(Promise.all([rejoined, third]))).toMatchObject([
      { errorCode: ErrorCode.NONE, memberId },
      { errorCode: ErrorCode.NONE },
    ]);
  });

  test('fences the requests that its former self has parked', async () => {
    const kit = new Kit();
    await kit.stable();
    const parked = kit.join({ instanceId: 'static' });
    await kit.clock.settle();
    const again = kit.join({ instanceId: 'static' });
    expect(await kit.clock.until(parked)).toMatchObject({ errorCode: ErrorCode.FENCED_INSTANCE_ID });
    expect(await stateOf(kit, again)).toBe('waiting');
  });

  test('with protocols that change the choice begins a rebalance', async () => {
    const kit = new Kit();
    await kit.stable({ instanceId: 'static' });
    const again = await kit.clock.until(
      kit.join({ instanceId: 'static', protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] }),
    );
    expect(again).toMatchObject({ errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL });
    const both = ['other', 'range'].map((name) => ({ name, metadata: Buffer.alloc(0) }));
    const wider = await kit.clock.until(kit.join({ instanceId: 'static', protocols: both }));
    expect(wider).toMatchObject({ generationId: 2, protocolName: 'other' });
  });
});

describe('group.max.size', () => {
  test('refuses members beyond it with GROUP_MAX_SIZE_REACHED, but not those who come back', async () => {
    const kit = new Kit({ maxGroupSize: 1 });
    const { memberId } = await kit.stable({ instanceId: 'static' });
    expect(await kit.join()).toMatchObject({ errorCode: ErrorCode.GROUP_MAX_SIZE_REACHED, memberId: '' });
    expect(await kit.clock.until(kit.join({ memberId, instanceId: 'static' }))).toMatchObject({ errorCode: 0 });
    expect(await kit.clock.until(kit.join({ instanceId: 'static' }))).toMatchObject({ errorCode: 0 });
  });

  test('when it was lowered, the group shrinks to it at once', async () => {
    const kit = new Kit();
    const first = await kit.stable();
    const second = kit.join();
    const both = await kit.clock.until(Promise.all([kit.join({ memberId: first.memberId }), second]));
    await kit.clock.until(Promise.all(both.map((joined) => kit.sync(joined))));
    const smaller = new Kit({ maxGroupSize: 1 });
    smaller.stored = kit.stored;
    await smaller.restart(false);
    expect(smaller.group.state).toBe('PreparingRebalance');
    const [kept, refused] = both.map(({ memberId }) => smaller.join({ memberId }));
    expect(await refused).toMatchObject({ errorCode: ErrorCode.GROUP_MAX_SIZE_REACHED });
    expect(await smaller.clock.until(kept!)).toMatchObject({ errorCode: ErrorCode.NONE, generationId: 3 });
  });
});
