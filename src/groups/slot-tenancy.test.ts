import { expect, test } from '@jest/globals';
import { SlotController, TestIncarnation } from '../../test/support/slot-controller.js';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { decodeSlotsRecord } from '../metadata/group-slots.js';
import { GROUP_SLOTS_KEY } from '../metadata/keys.js';
import type { GroupFactory } from './group-factory.js';
import { SlotTenancy } from './slot-tenancy.js';

test('a slot that was released is not taken again on old news of it', async () => {
  const clock = new VirtualClock();
  const store = EmbeddedMetadataStore.inMemory();
  const incarnation = new TestIncarnation('A', store);
  const controller = new SlotController(store, 2);
  controller.add(incarnation);
  await incarnation.register();
  await controller.assign(() => incarnation);
  const stored = async () => decodeSlotsRecord((await store.get(GROUP_SLOTS_KEY))!);
  // Its groups are not needed.
  const factory = {} as GroupFactory;
  const tenancy = new SlotTenancy(incarnation, { store, clock, random: () => 0, logger: silentLogger }, () => factory);
  const before = await stored();
  tenancy.reconcile(before);
  await clock.advance(1);
  expect(tenancy.slots.map(({ number }) => number)).toEqual([0, 1]);
  await controller.move(1, (_, number) => number === 0);
  tenancy.reconcile(await stored());
  await clock.advance(1_000);
  expect((await controller.slots())[0]?.incarnationId).toBe('');
  tenancy.reconcile(before);
  expect(tenancy.slots.map(({ number }) => number)).toEqual([1]);
  await controller.assign(() => incarnation);
  tenancy.reconcile(await stored());
  expect(tenancy.slots.map(({ number, epoch, isLoading }) => [number, epoch, isLoading])).toEqual([
    [1, 0, false],
    [0, 1, true],
  ]);
  tenancy.stop('the test ends');
});
