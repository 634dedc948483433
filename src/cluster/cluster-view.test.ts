import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { assignmentKey, brokerKey, CONTROLLER_KEY } from '../metadata/keys.js';
import { encodeAssignmentRecord } from '../metadata/partition-assignment.js';
import { encodeBrokerRegistration, encodeIncarnationRecord } from '../metadata/records.js';
import type { Topic } from '../metadata/topic.js';
import { ClusterMirror } from './cluster-mirror.js';
import { ClusterView } from './cluster-view.js';

const ORDERS: Topic = {
  name: 'orders',
  id: 'AAECAwQFBgcICQoLDA0ODw',
  partitionCount: 1,
  replicationFactor: 1,
  configs: new Map(),
  createdAt: '',
};
const SELF = 1;

let store: EmbeddedMetadataStore;
let clock: VirtualClock;
let view: ClusterView;
let leads: boolean;

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  clock = new VirtualClock();
  leads = false;
  view = new ClusterView(new ClusterMirror(store, silentLogger), 'cluster', SELF, clock, () => leads);
  await view.start();
});
afterEach(async () => {
  view.close();
  await store.close();
});

async function put(key: string, value: Buffer) {
  await store.txn({ compare: [], success: [{ type: 'put', key, value }] });
  await clock.settle();
}

async function register(id: number, incarnationId: string, rack = '') {
  const address = { host: `b${id}`, port: 9092, rack, version: '' };
  const times = { startedAt: '', lastHeartbeat: '' };
  await put(brokerKey(id), encodeBrokerRegistration({ brokerId: String(id), ...address, ...times, incarnationId }));
}

async function assign(brokerId: number, incarnationId: string, { claimed = true, epoch = 4, moveTo = '' } = {}) {
  const tenures = claimed ? [{ incarnationId, epoch, fromOffset: 0, toOffset: undefined }] : [];
  const record = { brokerId: String(brokerId), incarnationId, epoch, tenures, moveTo, assignedAt: '' };
  await put(assignmentKey('orders', 0), encodeAssignmentRecord(record));
}

describe('I9: the leader that clients are told of', () => {
  test('is the broker that the assignment names, once it has claimed the partition', async () => {
    await register(2, 'b-1');
    await assign(2, 'b-1', { claimed: false });
    expect(view.leaderOf(ORDERS, 0)).toBeUndefined();
    await assign(2, 'b-1');
    expect(view.leaderOf(ORDERS, 0)).toEqual({ brokerId: 2, leaderEpoch: 4 });
    // It goes on leading until it releases the partition.
    await assign(2, 'b-1', { moveTo: '3' });
    expect(view.leaderOf(ORDERS, 0)).toEqual({ brokerId: 2, leaderEpoch: 4 });
    await assign(2, '', { claimed: false });
    expect(view.leaderOf(ORDERS, 0)).toBeUndefined();
  });

  test('is none when that broker is dead, or lives as another incarnation', async () => {
    await register(2, 'b-1');
    await assign(2, 'b-1');
    await register(2, 'b-2');
    expect(view.leaderOf(ORDERS, 0)).toBeUndefined();
    await register(2, 'b-1');
    await store.txn({ compare: [], success: [{ type: 'delete', key: brokerKey(2) }] });
    await clock.settle();
    expect(view.leaderOf(ORDERS, 0)).toBeUndefined();
  });

  test('is this broker when it accepts records, whatever the mirror says of its claim', async () => {
    await register(SELF, 'a-1');
    await assign(SELF, 'a-1', { claimed: false });
    leads = true;
    expect(view.leaderOf(ORDERS, 0)).toEqual({ brokerId: SELF, leaderEpoch: 4 });
    await assign(SELF, 'a-1');
    leads = false;
    expect(view.leaderOf(ORDERS, 0)).toBeUndefined();
  });
});

test('a record that cannot be read is of its own partition or broker alone', async () => {
  await register(2, 'b-1');
  await assign(2, 'b-1');
  await put(assignmentKey('orders', 1), Buffer.from('no protobuf'));
  await put(brokerKey(3), Buffer.from('no protobuf'));
  expect(view.leaderOf(ORDERS, 0)).toEqual({ brokerId: 2, leaderEpoch: 4 });
  expect(view.leaderOf(ORDERS, 1)).toBeUndefined();
  expect(view.brokers()).toMatchObject([{ id: 2 }]);
});

test('the controller is the broker that holds the key, while it lives; else one that can be asked', async () => {
  expect(view.controllerId()).toBe(-1);
  await register(2, 'b-1');
  expect(view.controllerId()).toBe(2);
  await register(SELF, 'a-1');
  expect(view.controllerId()).toBe(SELF);
  await put(CONTROLLER_KEY, encodeIncarnationRecord({ incarnationId: 'b-1', brokerId: '2', startedAt: '' }));
  expect(view.controllerId()).toBe(2);
});

test('KIP-392: a broker of each other rack serves reads of a partition, each rack shares its partitions out', async () => {
  for (const [id, rack] of [
    [1, 'a'],
    [2, 'a'],
    [3, 'b'],
    [4, 'b'],
    [5, ''],
  ] as const)
    await register(id, `i${id}`, rack);
  expect(view.replicasOf(0, 1)).toEqual([1, 3]);
  expect(view.replicasOf(1, 1)).toEqual([1, 4]);
  expect(view.replicasOf(1, 3)).toEqual([3, 2]);
  expect(view.replicasOf(0, 5)).toEqual([5, 1, 3]);
  expect(view.nearReplica(0, 'elsewhere')).toBeUndefined();
  await store.txn({ compare: [], success: [{ type: 'delete', key: brokerKey(3) }] });
  await clock.settle();
  expect(view.replicasOf(0, 1)).toEqual([1, 4]);
});

test('without racks a partition has one replica, its leader', async () => {
  for (const id of [1, 2]) await register(id, `i${id}`);
  expect(view.replicasOf(0, 2)).toEqual([2]);
});
