import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { controllerOf, ControllerKit, TestLeader, untilQuiet } from '../../../test/support/controller-kit.js';
import { decodeIncarnationRecord } from '../../metadata/records.js';
import { CONTROLLER_KEY } from '../../metadata/keys.js';
import type { Controller } from './controller.js';

let kit: ControllerKit;
let controllers: Controller[];

beforeEach(() => {
  kit = new ControllerKit();
  controllers = [];
});
afterEach(async () => {
  await Promise.all(controllers.map((controller) => controller.close()));
  await kit.close();
});

async function join(brokerId: number, id = `i-${brokerId}`, rack = ''): Promise<TestLeader> {
  return TestLeader.register(kit, brokerId, id, rack);
}

/** A broker that competes to be the controller. */
async function joinAsController(brokerId: number, id = `i-${brokerId}`) {
  const leader = await join(brokerId, id);
  const controller = controllerOf(leader);
  controllers.push(controller);
  return { leader, controller };
}

async function holder(): Promise<string | undefined> {
  const entry = await kit.store.get(CONTROLLER_KEY);
  return entry && decodeIncarnationRecord(entry.value, entry.key).incarnationId;
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
});

describe('assignments', () => {
  test('partitions and group slots are spread evenly', async () => {
    const { leader } = await joinAsController(1);
    const leaders = [leader, await join(2), await join(3)];
    await kit.topics.put('orders', 7);
    await kit.topics.put('payments', 2);
    await untilQuiet(kit, leaders);
    expect(await kit.loads()).toEqual({ 1: 3, 2: 3, 3: 3 });
    const slots = await kit.slots();
    expect(slots).toHaveLength(64);
    expect([1, 2, 3].map((id) => slots.filter(({ brokerId }) => brokerId === String(id)).length).sort()).toEqual([
      21, 21, 22,
    ]);
  });
});
