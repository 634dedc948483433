import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { controllerOf, ControllerKit, TestLeader, untilQuiet } from '../../../test/support/controller-kit.js';
import { FaultyMetadataStore } from '../../../test/support/faulty-metadata-store.js';
import { encodeSlotsRecord } from '../../metadata/group-slots.js';
import { assignmentKey, brokerKey, CONTROLLER_KEY, GROUP_SLOTS_KEY, incarnationKey } from '../../metadata/keys.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { encodeAssignmentRecord } from '../../metadata/partition-assignment.js';
import { decodeIncarnationRecord } from '../../metadata/records.js';
import { COLD_START_MS } from './cold-start.js';
import type { Controller } from './controller.js';
import { MOVE_REST_MS } from './move-history.js';
import { MOVE_TIMEOUT_MS } from './plan.js';
import { requestMove } from './request-move.js';

let kit: ControllerKit;
let controllers: Controller[];

beforeEach(() => {
  kit = new ControllerKit();
  controllers = [];
});
afterEach(async () => {
  await kit.clock.until(Promise.all(controllers.map((controller) => controller.close())));
  await kit.close();
});

const join = (brokerId: number, id = `i-${brokerId}`, rack = '') => TestLeader.register(kit, brokerId, id, rack);

/** A broker that competes to be the controller. */
async function joinAsController(brokerId: number, store: MetadataStore = kit.store, id = `i-${brokerId}`) {
  const leader = await join(brokerId, id);
  const controller = controllerOf(leader, store);
  controllers.push(controller);
  return { leader, controller };
}

async function holder(): Promise<string | undefined> {
  const entry = await kit.store.get(CONTROLLER_KEY);
  return entry && decodeIncarnationRecord(entry.value, entry.key).incarnationId;
}

const record = async (name: string) => (await kit.assignments()).get(name);

async function slotCounts(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { brokerId } of await kit.slots()) counts[brokerId] = (counts[brokerId] ?? 0) + 1;
  return counts;
}

describe('the election', () => {
  test('one of many is the controller; when its lease ends another one is, at once', async () => {
    const first = await joinAsController(1);
    await kit.clock.settle();
    const others = [await joinAsController(2), await joinAsController(3)];
    await kit.clock.advance(1000);
    expect(await holder()).toBe('i-1');
    expect([first, ...others].map(({ controller }) => controller.isController)).toEqual([true, false, false]);
    await first.leader.crash();
    first.controller.abandon('its lease is gone');
    await kit.clock.advance(100);
    expect(others.filter(({ controller }) => controller.isController)).toHaveLength(1);
    expect(['i-2', 'i-3']).toContain(await holder());
  });

  test('the key of a controller that was ended by its successor is taken before its lease runs out', async () => {
    await joinAsController(1);
    await kit.clock.settle();
    const second = await joinAsController(2);
    await kit.clock.advance(500);
    await kit.store.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey('i-1') }] });
    await kit.clock.advance(100);
    expect(second.controller.isController).toBe(true);
    expect(await holder()).toBe('i-2');
    expect(controllers[0]?.isController).toBe(false);
  });

  test('one that does not hear the answer to its election is elected all the same', async () => {
    const faulty = new FaultyMetadataStore(kit.store, { clock: kit.clock });
    faulty.loseAnswers('after it was applied');
    const { controller } = await joinAsController(1, faulty);
    await kit.clock.advance(1000);
    expect(controller.isController).toBe(true);
  });

  test('an incarnation that has ended is not elected', async () => {
    const leader = await join(1);
    await kit.store.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey('i-1') }] });
    controllers.push(controllerOf(leader));
    await kit.clock.advance(1000);
    expect(await holder()).toBeUndefined();
  });
});

describe('partitions', () => {
  test('are spread evenly, taken over after a crash, and moved to a broker that is new', async () => {
    const { leader } = await joinAsController(1);
    const second = await join(2);
    await kit.topics.put('orders', 9);
    await untilQuiet(kit, [leader, second]);
    expect(Object.values(await kit.loads()).sort()).toEqual([4, 5]);
    const third = await join(3);
    await untilQuiet(kit, [leader, second, third]);
    expect(await kit.loads()).toEqual({ 1: 3, 2: 3, 3: 3 });
    expect(kit.counts.moved).toBe(3);
    await second.crash();
    await untilQuiet(kit, [leader, third]);
    expect(Object.values(await kit.loads()).sort()).toEqual([4, 5]);
    expect(kit.counts.assigned).toBe(9 + 3 + 3);
  });

  test('of a broker that drains go to the others, and stay vacant when there is none', async () => {
    const { leader } = await joinAsController(1);
    const second = await join(2);
    await kit.topics.put('orders', 4);
    await untilQuiet(kit, [leader, second]);
    await second.drain();
    await untilQuiet(kit, [leader, second]);
    expect(await kit.loads()).toEqual({ 1: 4 });
    expect(await slotCounts()).toEqual({ 1: 64 });
    await leader.drain();
    await untilQuiet(kit, [leader, second]);
    expect(await kit.loads()).toEqual({});
    await join(3);
    await kit.clock.advance(COLD_START_MS);
    expect(await kit.loads()).toEqual({ 3: 4 });
  });

  test('that are added are assigned, and those of a topic that was deleted are not', async () => {
    await joinAsController(1);
    await kit.topics.put('orders', 1);
    await kit.topics.put('payments', 2);
    await kit.clock.advance(100);
    await kit.topics.put('orders', 3);
    await kit.topics.delete('payments');
    await kit.clock.advance(100);
    expect([...(await kit.assignments()).keys()]).toEqual(['orders/0', 'orders/1', 'orders/2']);
  });

  test('whose topic was deleted unheard of are not assigned: nothing of it comes back', async () => {
    await joinAsController(1);
    await kit.clock.advance(100);
    kit.topics.showDeleted('gone', 2);
    await kit.clock.advance(1000);
    expect(await kit.assignments()).toEqual(new Map());
    expect(kit.counts.transactions.refused).toBeGreaterThan(0);
  });

  test('whose record cannot be read stay as they are', async () => {
    const value = Buffer.from('no record');
    await kit.store.txn({ compare: [], success: [{ type: 'put', key: assignmentKey('orders', 1), value }] });
    await joinAsController(1);
    await kit.topics.put('orders', 2);
    await kit.clock.advance(100);
    expect((await kit.store.get(assignmentKey('orders', 1)))?.value).toEqual(value);
    expect((await kit.store.get(assignmentKey('orders', 0)))?.value).toBeDefined();
  });

  test('with eight tenures are not moved for balance, but assigned when they are vacant', async () => {
    const tenures = Array.from({ length: 8 }, (_, epoch) => ({
      ...{ incarnationId: epoch === 7 ? 'i-1' : `old-${epoch}`, epoch },
      ...{ fromOffset: epoch, toOffset: epoch === 7 ? undefined : epoch + 1 },
    }));
    const stored = { brokerId: '1', epoch: 7, assignedAt: '', incarnationId: 'i-1', moveTo: '', tenures };
    const put = (partition: number) =>
      ({ type: 'put', key: assignmentKey('orders', partition), value: encodeAssignmentRecord(stored) }) as const;
    await kit.store.txn({ compare: [], success: [put(0), put(1), put(2)] });
    const { leader } = await joinAsController(1);
    const second = await join(2);
    await kit.topics.put('orders', 3);
    await kit.clock.advance(MOVE_TIMEOUT_MS);
    expect(kit.counts.moved).toBe(0);
    await leader.crash();
    controllers[0]?.abandon('its lease is gone');
    controllers.push(controllerOf(second));
    await kit.clock.advance(COLD_START_MS + 100);
    expect(await record('orders/0')).toMatchObject({ brokerId: '2', epoch: 8, tenures });
  });
});

describe('moves', () => {
  test('that are not done in time are taken back, and not tried again at once', async () => {
    const { leader } = await joinAsController(1);
    await kit.topics.put('orders', 2);
    await kit.clock.advance(100);
    await leader.claim();
    await join(2);
    await kit.clock.advance(100);
    const moving = async () => [...(await kit.assignments()).values()].filter(({ moveTo }) => moveTo !== '').length;
    expect(await moving()).toBe(1);
    await kit.clock.advance(MOVE_TIMEOUT_MS - 1000);
    expect(await moving()).toBe(1);
    await kit.clock.advance(2000);
    // The other one is tried instead.
    expect(kit.counts.moved).toBe(2);
    await kit.clock.advance(MOVE_TIMEOUT_MS);
    expect(await moving()).toBe(0);
    await kit.clock.advance(MOVE_REST_MS);
    expect(kit.counts.moved).toBeGreaterThan(2);
  });

  test('to a broker that has gone, or drains, are taken back', async () => {
    const { leader } = await joinAsController(1);
    await kit.topics.put('orders', 2);
    await kit.clock.advance(100);
    await leader.claim();
    const second = await join(2);
    await kit.clock.advance(100);
    await second.drain();
    await kit.clock.advance(100);
    for (const { moveTo } of (await kit.assignments()).values()) expect(moveTo).toBe('');
  });

  test('that are asked for are carried out', async () => {
    const { leader } = await joinAsController(1);
    const second = await join(2);
    await kit.topics.put('orders', 2);
    await untilQuiet(kit, [leader, second]);
    const [name, before] = [...(await kit.assignments())].find(([, { brokerId }]) => brokerId === '1') ?? [
      '',
      undefined,
    ];
    const partition = Number(name.split('/')[1]);
    expect(await requestMove(kit.store, 'orders', partition, 2)).toBe('requested');
    expect(await requestMove(kit.store, 'orders', partition, 2)).toBe('requested');
    expect(await requestMove(kit.store, 'orders', partition, 1)).toBe('requested');
    expect(await requestMove(kit.store, 'orders', partition, undefined)).toBe('is there');
    expect(await requestMove(kit.store, 'orders', partition, 7)).toBe('no such broker');
    expect(await requestMove(kit.store, 'orders', 7, 2)).toBe('no leader');
    expect(await requestMove(kit.store, 'orders', partition, 2)).toBe('requested');
    await leader.release();
    await kit.clock.advance(100);
    expect(await record(name)).toMatchObject({ brokerId: '2', epoch: (before?.epoch ?? 0) + 1 });
  });
});

describe('group slots', () => {
  test('are created once, all with an owner, and change hands like partitions', async () => {
    const { leader } = await joinAsController(1);
    await kit.clock.advance(100);
    expect(await slotCounts()).toEqual({ 1: 64 });
    const second = await join(2);
    await untilQuiet(kit, [leader, second]);
    expect(await slotCounts()).toEqual({ 1: 32, 2: 32 });
    const moved = (await kit.slots()).filter(({ epoch }) => epoch === 1);
    expect(moved).toHaveLength(32);
    await second.crash();
    await kit.clock.advance(200);
    expect(await slotCounts()).toEqual({ 1: 64 });
  });

  test('of 64 brokers that end at once are assigned anew, in as many transactions as it takes', async () => {
    const slots = Array.from({ length: 64 }, (_, slot) => ({
      ...{ brokerId: String(100 + slot), epoch: 3 },
      ...{ incarnationId: `gone-${slot}`, moveTo: '' },
    }));
    await kit.store.txn({
      compare: [],
      success: [{ type: 'put', key: GROUP_SLOTS_KEY, value: encodeSlotsRecord(slots) }],
    });
    const brokers = Array.from({ length: 64 }, (_, id) => join(id + 1));
    const leaders = await Promise.all(brokers);
    controllers.push(controllerOf(leaders[0] as TestLeader));
    await kit.clock.advance(COLD_START_MS + 1000);
    const assigned = await kit.slots();
    expect(new Set(assigned.map(({ brokerId }) => brokerId)).size).toBe(64);
    expect(assigned.every(({ epoch, incarnationId }) => epoch === 4 && incarnationId.startsWith('i-'))).toBe(true);
  });
});

describe('a metadata store in trouble', () => {
  test('is not asked again and again, and everything is assigned when it is back', async () => {
    const faulty = new FaultyMetadataStore(kit.store, { clock: kit.clock });
    await joinAsController(1, faulty);
    await kit.clock.advance(100);
    const { failed } = kit.counts.transactions;
    faulty.setFaults({ failBefore: 1 });
    await kit.topics.put('orders', 3);
    await kit.clock.advance(60_000);
    expect(kit.counts.transactions.failed - failed).toBeGreaterThan(20);
    expect(kit.counts.transactions.failed - failed).toBeLessThan(150);
    faulty.setFaults({});
    await kit.clock.advance(3000);
    expect(await kit.loads()).toEqual({ 1: 3 });
  });

  test('which refuses what is planned is asked again after a while only', async () => {
    await joinAsController(1);
    await kit.clock.advance(100);
    // A broker that is shown although its incarnation has never lived.
    const ghost = await join(2, 'ghost');
    await kit.clock.advance(100);
    const before = kit.counts.transactions.refused;
    await ghost.crash();
    await kit.store.txn({ compare: [], success: [{ type: 'delete', key: brokerKey(2) }] });
    await kit.topics.put('orders', 3);
    await kit.clock.advance(10_000);
    expect(kit.counts.transactions.refused - before).toBeLessThan(5);
    expect(await kit.loads()).toEqual({ 1: 3 });
  });
});

test('after all brokers have stopped, the first one that is back waits for the others for a moment', async () => {
  const first = await joinAsController(1);
  const second = await join(2);
  await kit.topics.put('orders', 6);
  await untilQuiet(kit, [first.leader, second]);
  const before = await kit.loads();
  await first.leader.crash();
  first.controller.abandon('its lease is gone');
  await second.crash();
  await joinAsController(1, kit.store, 'back-1');
  await kit.clock.advance(COLD_START_MS / 2);
  expect(await record('orders/0')).toMatchObject({ epoch: 0 });
  await join(2, 'back-2');
  await kit.clock.advance(100);
  expect(await kit.loads()).toEqual(before);
  for (const { epoch, brokerId, incarnationId } of (await kit.assignments()).values()) {
    expect({ epoch, incarnationId }).toEqual({ epoch: 1, incarnationId: `back-${brokerId}` });
  }
  expect(kit.counts.moved).toBe(0);
});
