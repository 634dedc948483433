import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { decodeSlotsRecord, encodeSlotsRecord, slotOf, type GroupSlot } from '../metadata/group-slots.js';
import { GROUP_SLOTS_KEY } from '../metadata/keys.js';
import type { Broker } from './cluster-view.js';
import { GroupSlots } from './group-slots.js';

const broker = (id: number, incarnationId: string): Broker => ({
  id,
  host: `b${id}`,
  port: 1,
  rack: null,
  incarnationId,
});
const slot = (brokerId: string, incarnationId: string, epoch = 0): GroupSlot => ({
  brokerId,
  incarnationId,
  epoch,
  moveTo: '',
});

let store: EmbeddedMetadataStore;
let brokers: Broker[];
let slots: GroupSlots;

const put = (value: Buffer) => store.txn({ compare: [], success: [{ type: 'put', key: GROUP_SLOTS_KEY, value }] });

/** Resolves when the mirror has heard of what `change` does. */
async function heard(change: () => Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = slots.onChange(() => resolve(undefined));
  await change();
  await promise;
  stop();
}

beforeEach(() => {
  store = EmbeddedMetadataStore.inMemory();
  brokers = [broker(1, 'a'), broker(2, 'b')];
  slots = new GroupSlots(store, { brokers: () => brokers }, silentLogger);
});
afterEach(async () => {
  slots.close();
  await store.close();
});

describe('group slots', () => {
  test('a group belongs to the slot of its CRC-32C', () => {
    expect(slotOf('123456789', 64)).toBe(0xe3069283 % 64);
    expect(slotOf('Größe', 64)).toBe(slotOf(Buffer.from('Größe').toString(), 64));
  });

  test('a record is read as it was written', async () => {
    const written = [slot('1', 'a', 3), { ...slot('2', '', 4), moveTo: '7' }];
    await put(encodeSlotsRecord(written));
    const entry = (await store.get(GROUP_SLOTS_KEY))!;
    expect(decodeSlotsRecord(entry)).toEqual({ slots: written, modRevision: entry.modRevision });
  });

  test('before anything is assigned, no group has a coordinator', async () => {
    await slots.start();
    expect(slots.coordinatorOf('g')).toBeUndefined();
    expect(slots.isComplete).toBe(false);
  });

  test('a group is coordinated by the owner of its slot, while that incarnation is the one that lives', async () => {
    const all = Array.from({ length: 4 }, (_, number) => (number % 2 === 0 ? slot('1', 'a') : slot('2', 'b')));
    await put(encodeSlotsRecord(all));
    await slots.start();
    const groups = Array.from({ length: 20 }, (_, index) => `group-${index}`);
    expect(groups.map((group) => slots.coordinatorOf(group)?.id)).toEqual(
      groups.map((group) => (slotOf(group, 4) % 2) + 1),
    );
    expect(slots.isComplete).toBe(true);
    // Broker 2 has begun anew.
    brokers = [broker(1, 'a'), broker(2, 'c')];
    const ofSecond = groups.filter((group) => slotOf(group, 4) % 2 === 1);
    expect(new Set(ofSecond.map((group) => slots.coordinatorOf(group)))).toEqual(new Set([undefined]));
    expect(slots.isComplete).toBe(false);
  });

  test('changes are heard of; a record that cannot be read changes nothing', async () => {
    await put(encodeSlotsRecord([slot('1', 'a')]));
    await slots.start();
    await put(Buffer.from('not protobuf'));
    await heard(() => put(encodeSlotsRecord([slot('2', 'b', 1)])));
    expect(slots.coordinatorOf('g')?.id).toBe(2);
    await heard(() => put(encodeSlotsRecord([slot('2', '', 1)])));
    expect(slots.coordinatorOf('g')).toBeUndefined();
  });

  test('a first record that cannot be read is an error', async () => {
    await put(Buffer.from('not protobuf'));
    await expect(slots.start()).rejects.toThrow(/group-slots/);
  });
});
