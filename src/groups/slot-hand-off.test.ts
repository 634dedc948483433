import { describe, expect, test } from '@jest/globals';
import { GroupKit, joinRequest } from '../../test/support/group-kit.js';
import { TestIncarnation } from '../../test/support/slot-controller.js';
import { slotOf } from '../metadata/group-slots.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';

const SLOTS = 8;

/** A group of each slot, by the number of the slot. */
const GROUPS = Array.from({ length: SLOTS }, (_, slot) => {
  for (let at = 0; ; at += 1) if (slotOf(`g${at}`, SLOTS) === slot) return `g${at}`;
});
const [G0 = '', G1 = '', G2 = ''] = GROUPS;

function codeOf(call: () => unknown): ErrorCode | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof KafkaError) return error.code;
    throw error;
  }
}

const committed = (commit: Promise<ErrorCode>): Promise<ErrorCode> =>
  commit.catch((error: unknown) => {
    if (error instanceof KafkaError) return error.code;
    throw error;
  });

/** Two brokers over one store: the first owns the even slots, the second the odd ones. */
async function twoBrokers(): Promise<{ a: GroupKit; b: GroupKit }> {
  const a = await new GroupKit({}, undefined, 1, 1).join();
  const b = await new GroupKit({}, a, 2, 2).join();
  await a.controller.assign((_, number) => (number % 2 === 0 ? a.incarnation : b.incarnation));
  await a.clock.advance(1);
  return { a, b };
}

/** Hands what is vacant to a broker. */
async function assignTo(kit: GroupKit): Promise<number[]> {
  const assigned = await kit.controller.assign(() => kit.incarnation);
  await kit.clock.advance(1);
  return assigned;
}

/** Has slots move to a broker, and hands them to it once they were released. */
async function move(to: GroupKit, ...numbers: number[]): Promise<void> {
  await to.controller.move(to.incarnation.brokerId, (_, number) => numbers.includes(number));
  await to.clock.advance(100);
  expect((await assignTo(to)).sort()).toEqual(numbers);
}

describe('group slots and their owners', () => {
  test('a broker answers for the groups of its own slots only', async () => {
    const { a, b } = await twoBrokers();
    expect(await a.clock.until(a.commit(G0, 1))).toBe(ErrorCode.NONE);
    expect(await a.clock.until(b.commit(G1, 2))).toBe(ErrorCode.NONE);
    expect(codeOf(() => a.offset(G1))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(codeOf(() => b.coordinator.describe(G0))).toBe(ErrorCode.NOT_COORDINATOR);
    await expect(b.coordinator.delete(G0)).rejects.toMatchObject({ code: ErrorCode.NOT_COORDINATOR });
    expect([...a.coordinator.list(), ...b.coordinator.list()].map(({ groupId }) => groupId)).toEqual([G0, G1]);
    expect([a.directory.size, b.directory.size]).toEqual([1, 1]);
  });

  test('after a crash the next owner has generation, members, assignment and offsets; its other groups go on', async () => {
    const { a, b } = await twoBrokers();
    const member = await a.stableMember(G0);
    const other = await b.stableMember(G1);
    await a.clock.until(a.commitAs(G0, { ...member, instanceId: null }, 42));
    await a.incarnation.supersede();
    expect(a.slots.coordinatorOf(G0)).toBeUndefined();
    expect(codeOf(() => b.coordinator.list())).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    b.store.setFaults({ latencyMs: [50, 50] });
    await assignTo(b);
    expect(b.slots.coordinatorOf(G0)?.id).toBe(2);
    // Only what was gained is loading.
    expect(codeOf(() => b.offset(G0))).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    expect(codeOf(() => b.coordinator.list())).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    b.coordinator.heartbeat(G1, other.memberId, null, other.generationId);
    await b.clock.advance(1_000);
    expect(b.offset(G0)).toBe(42);
    const classic = b.coordinator.describe(G0)?.classic;
    expect(classic).toMatchObject({ state: 'Stable', generationId: member.generationId });
    expect(classic?.members.map(({ id, assignment }) => [id, assignment.toString()])).toEqual([
      [member.memberId, 'mine'],
    ]);
    b.coordinator.heartbeat(G0, member.memberId, null, member.generationId);
    expect(b.coordinator.describe(G1)?.classic?.generationId).toBe(other.generationId);
  });

  test('I4: a broker that was taken for dead acknowledges nothing for what another owns now', async () => {
    const { a, b } = await twoBrokers();
    await a.clock.until(a.commit(G0, 1));
    await a.incarnation.supersede();
    await assignTo(b);
    expect(await b.clock.until(b.commit(G0, 2))).toBe(ErrorCode.NONE);
    expect(await a.clock.until(committed(a.commit(G0, 1)))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(b.offset(G0)).toBe(2);
  });

  test('a planned hand-off sends away who waits, and writes first what was accepted', async () => {
    const { a, b } = await twoBrokers();
    const { memberId } = await a.stableMember(G0);
    const joining = a.coordinator.join(G0, joinRequest());
    await a.clock.settle();
    a.store.setFaults({ latencyMs: [100, 100] });
    const commit = committed(a.commit(G2, 7));
    await a.controller.move(2, (_, number) => number % 2 === 0);
    await a.clock.settle();
    expect(await joining).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR });
    expect(codeOf(() => a.coordinator.heartbeat(G0, memberId, null, 1))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(codeOf(() => a.offset(G2))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(await assignTo(b)).toEqual([]);
    expect(await a.clock.until(commit)).toBe(ErrorCode.NONE);
    await a.clock.advance(1_000);
    expect(await assignTo(b)).toEqual([0, 2, 4, 6]);
    expect(b.offset(G2)).toBe(7);
    expect(b.coordinator.describe(G0)?.classic?.state).toBe('Stable');
  });

  test('a slot that moves away and back is loaded anew: what is in memory is of another time', async () => {
    const { a, b } = await twoBrokers();
    const member = await a.stableMember(G0);
    await a.clock.until(a.commitAs(G0, { ...member, instanceId: null }, 1));
    await move(b, 0);
    await b.clock.until(b.commitAs(G0, { ...member, instanceId: null }, 2));
    await b.stableMember(G0, { memberId: member.memberId });
    await move(a, 0);
    expect(a.offset(G0)).toBe(2);
    expect(a.coordinator.describe(G0)?.classic?.generationId).toBe(member.generationId + 1);
    // Under the epoch before, nothing of it was kept either.
    expect(codeOf(() => b.offset(G0))).toBe(ErrorCode.NOT_COORDINATOR);
  });

  test('for a slot that is given up nothing more is written, also while its release cannot be', async () => {
    const { a } = await twoBrokers();
    await a.clock.until(a.commit(G0, 1));
    const group = a.directory.find(G0)!;
    a.store.setFaults({ failBefore: 1 });
    await a.controller.move(2);
    await a.clock.settle();
    await expect(group.writes.write({ type: 'delete', key: 'x' })).rejects.toMatchObject({
      code: ErrorCode.NOT_COORDINATOR,
    });
    expect(await new Promise((resolve) => group.writes.begin({ type: 'delete', key: 'x' }, resolve))).toMatchObject({
      code: ErrorCode.NOT_COORDINATOR,
    });
  });

  test.each(['before it is applied', 'after it was applied'] as const)(
    'a release whose answer is lost (%s) is repeated, also when others change the slots meanwhile',
    async (loss) => {
      const { a, b } = await twoBrokers();
      await a.clock.until(a.commit(G0, 1));
      a.store.loseAnswers(loss);
      await a.controller.move(2, (_, number) => number === 0);
      await a.clock.settle();
      await a.controller.move(1, (_, number) => number === 1);
      await a.clock.advance(5_000);
      expect(await b.controller.assign((_, number) => (number === 0 ? b.incarnation : undefined))).toEqual([0]);
      expect(await a.controller.assign((_, number) => (number === 1 ? a.incarnation : undefined))).toEqual([1]);
      await a.clock.advance(1);
      expect(b.offset(G0)).toBe(1);
      expect(a.offset(G1)).toBeUndefined();
      expect(codeOf(() => a.offset(G0))).toBe(ErrorCode.NOT_COORDINATOR);
      expect(await a.clock.until(a.commit(G2, 3))).toBe(ErrorCode.NONE);
    },
  );

  test('a drain releases everything, at several brokers at once, and what is assigned meanwhile unread', async () => {
    const { a, b } = await twoBrokers();
    await a.clock.until(Promise.all([a.commit(G0, 1), b.commit(G1, 2)]));
    await a.clock.until(Promise.all([a.directory.drain(), b.directory.drain()]));
    expect((await a.controller.slots()).every((slot) => a.controller.isVacant(slot))).toBe(true);
    expect([a.directory.size, b.directory.size]).toEqual([0, 0]);
    // A controller that has not heard of the drain.
    await assignTo(a);
    await a.clock.advance(100);
    expect((await a.controller.slots()).every((slot) => a.controller.isVacant(slot))).toBe(true);
    a.directory.undrain();
    await assignTo(a);
    expect([a.offset(G0), a.offset(G1)]).toEqual([1, 2]);
  });

  test('a drain is over when the incarnation has ended, and goes on with the next one', async () => {
    const { a } = await twoBrokers();
    a.store.setFaults({ failBefore: 1 });
    const draining = a.directory.drain();
    await a.clock.advance(1_000);
    await a.incarnation.supersede();
    a.directory.abandon('the lease is gone');
    await a.clock.until(draining);
    a.store.setFaults({});
    const next = new TestIncarnation('next', a.stored, 1);
    a.controller.add(next);
    await next.register();
    a.directory.begin(next);
    expect(await a.controller.assign(() => next)).toEqual([0, 2, 4, 6]);
    await a.clock.advance(100);
    expect((await a.controller.slots()).filter((slot) => a.controller.isVacant(slot))).toHaveLength(4);
  });

  test('offsets that were acknowledged never go back while slots move under commits', async () => {
    const { a, b } = await twoBrokers();
    const kits = [a, b];
    for (const { store } of kits) store.setFaults({ latencyMs: [2, 20] });
    let acknowledged = -1;
    let refusals = 0;
    for (let offset = 0; offset < 400; offset += 1) {
      if (offset % 40 === 20) await a.controller.move((offset / 20) % 4 === 1 ? 2 : 1, (_, number) => number === 0);
      await a.controller.assign(({ moveTo }, number) => (number === 0 && moveTo === '2' ? b : a).incarnation);
      const owner = kits.find(({ incarnation }) => incarnation.brokerId === a.slots.coordinatorOf(G0)?.id);
      await a.clock.advance(5);
      if (owner === undefined || codeOf(() => owner.offset(G0)) !== undefined) continue;
      expect(owner.offset(G0) ?? -1).toBeGreaterThanOrEqual(acknowledged);
      const code = await a.clock.until(committed(owner.commit(G0, offset)));
      if (code === ErrorCode.NONE) acknowledged = offset;
      else {
        expect(code).toBe(ErrorCode.NOT_COORDINATOR);
        refusals += 1;
      }
    }
    const moves = (await a.controller.slots())[0]?.epoch;
    expect(moves).toBeGreaterThanOrEqual(9);
    expect(acknowledged).toBeGreaterThan(300);
    expect(refusals).toBeLessThan(40);
  });
});
