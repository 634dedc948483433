import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeSlotsRecord } from '../metadata/group-slots.js';
import { assignmentKey, brokerKey, CONTROLLER_KEY, GROUP_SLOTS_KEY, incarnationKey } from '../metadata/keys.js';
import { encodeAssignmentRecord } from '../metadata/partition-assignment.js';
import { encodeBrokerRegistration, encodeIncarnationRecord } from '../metadata/records.js';
import { startControlServices } from '../../test/support/control-kit.js';
import { eventually } from '../../test/support/eventually.js';
import type { PartitionAssignmentEvent } from './messages.js';

const logs = { all: () => [], opening: () => [], flush: () => Promise.resolve() };
const view = { selfId: 1 };
const startedAt = '2026-01-02T03:04:05.000Z';

let broker: Awaited<ReturnType<typeof startControlServices>>;
beforeAll(async () => {
  broker = await startControlServices({ logs, view });
});
afterAll(() => broker.stop());

const put = (key: string, value: Buffer) =>
  broker.metadata.txn({ compare: [], success: [{ type: 'put', key, value }] });
const remove = (key: string) => broker.metadata.txn({ compare: [], success: [{ type: 'delete', key }] });

const incarnation = (brokerId: number) =>
  encodeIncarnationRecord({ incarnationId: `life-of-${brokerId}`, brokerId: String(brokerId), startedAt });

/** An assignment under the epoch; claimed by its leader unless said otherwise. */
function assign(
  partition: number,
  brokerId: number,
  epoch: number,
  { claimed = true, released = false, moveTo = '' } = {},
) {
  const incarnationId = released ? '' : `life-of-${brokerId}`;
  const tenure = { incarnationId, epoch, fromOffset: 0, toOffset: undefined };
  const tenures = claimed && !released ? [tenure] : [];
  const record = { brokerId: String(brokerId), epoch, assignedAt: startedAt, incarnationId, tenures, moveTo };
  return put(assignmentKey('orders', partition), encodeAssignmentRecord(record));
}

const event = (partition: number, brokerId: number, epoch: number, is: string) => ({
  partition: { topic: 'orders', partition },
  brokerId: String(brokerId),
  epoch,
  status: is,
});

/** Events as they come. */
function watch(request: { brokerId?: string; once?: boolean } = {}) {
  const abort = new AbortController();
  const events = broker.client.watchAssignments(request, abort.signal);
  const take = async (count: number) => {
    const taken: PartitionAssignmentEvent[] = [];
    while (taken.length < count) {
      const next = await events.next();
      if (next.done === true) throw new Error(`ended after ${taken.length} events`);
      taken.push(next.value);
    }
    return taken;
  };
  return { take, events, stop: () => abort.abort() };
}

async function allOf(events: AsyncIterable<PartitionAssignmentEvent>) {
  const all: PartitionAssignmentEvent[] = [];
  for await (const each of events) all.push(each);
  return all;
}

describe('WatchAssignments', () => {
  beforeEach(async () => {
    for (const id of [1, 2]) await put(incarnationKey(`life-of-${id}`), incarnation(id));
    await assign(0, 1, 5);
    await assign(1, 2, 3);
  });
  afterEach(async () => {
    await broker.metadata.txn({ compare: [], success: [{ type: 'deletePrefix', prefix: 'assignments/' }] });
  });

  test('tells the present assignments, and ends there when asked to', async () => {
    await assign(2, 1, 0, { claimed: false });
    await assign(3, 1, 1, { released: true });
    await assign(4, 1, 1, { moveTo: '2' });
    await assign(5, 9, 7);
    const events = await allOf(watch({ once: true }).events);
    expect(events).toEqual([
      event(0, 1, 5, 'online'),
      event(1, 2, 3, 'online'),
      event(2, 1, 0, 'assigned'),
      event(3, 1, 1, 'released'),
      event(4, 1, 1, 'releasing'),
      event(5, 9, 7, 'offline'),
    ]);
  });

  test('tells every change: hand-off, crash, deletion', async () => {
    const { take, stop } = watch();
    expect(await take(2)).toHaveLength(2);
    await assign(0, 1, 5, { moveTo: '2' });
    await assign(0, 1, 5, { released: true });
    await assign(0, 2, 6, { claimed: false });
    await assign(0, 2, 6);
    expect(await take(4)).toEqual([
      event(0, 1, 5, 'releasing'),
      event(0, 1, 5, 'released'),
      event(0, 2, 6, 'assigned'),
      event(0, 2, 6, 'online'),
    ]);
    await remove(incarnationKey('life-of-2'));
    expect(await take(2)).toEqual([event(0, 2, 6, 'offline'), event(1, 2, 3, 'offline')]);
    await remove(assignmentKey('orders', 1));
    expect(await take(1)).toEqual([event(1, 2, 3, 'deleted')]);
    stop();
  });

  test('of one broker: what it gets, and what it loses to others', async () => {
    const { take, stop } = watch({ brokerId: '2' });
    expect(await take(1)).toEqual([event(1, 2, 3, 'online')]);
    await assign(0, 1, 6);
    await assign(0, 2, 7);
    await assign(1, 1, 4);
    expect(await take(2)).toEqual([event(0, 2, 7, 'online'), event(1, 1, 4, 'online')]);
    stop();
  });

  test('many watch at once, and no more than the broker allows', async () => {
    await eventually('the end of earlier watches', () => broker.mirror.size === 0);
    const watches = Array.from({ length: 64 }, () => watch());
    await Promise.all(watches.map(({ take }) => take(2)));
    await expect(watch().take(1)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    for (const { stop } of watches) stop();
    await eventually('the end of the watches', () => broker.mirror.size === 0);
  });
});

test('ListBrokers tells the live brokers, the controller, and who has how many group slots', async () => {
  for (const [id, draining] of [
    [10, false],
    [9, true],
  ] as const) {
    const registration = {
      host: `host-${id}`,
      port: 9092,
      rack: 'a',
      startedAt,
      lastHeartbeat: startedAt,
      version: '7',
    };
    const incarnationId = `life-of-${id}`;
    await put(
      brokerKey(id),
      encodeBrokerRegistration({ brokerId: String(id), ...registration, incarnationId, draining }),
    );
  }
  await put(CONTROLLER_KEY, incarnation(9));
  const slot = { brokerId: '10', epoch: 0, incarnationId: 'life-of-10', moveTo: '' };
  await put(GROUP_SLOTS_KEY, encodeSlotsRecord([slot, slot, { ...slot, incarnationId: '' }]));
  const same = { port: 9092, rack: 'a', version: '7', startedAt };
  expect(await broker.client.listBrokers()).toEqual({
    brokers: [
      { brokerId: '9', host: 'host-9', ...same, draining: true, controller: true, groupSlots: 0 },
      { brokerId: '10', host: 'host-10', ...same, draining: false, controller: false, groupSlots: 2 },
    ],
  });
});
