import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { ASSIGNMENTS_PREFIX, assignmentKey, incarnationKey, topicConfigKey, topicPrefix } from '../metadata/keys.js';
import { MetadataUnavailableError, type Operation } from '../metadata/metadata-store.js';
import { decodeAssignmentRecord, encodeAssignmentRecord } from '../metadata/partition-assignment.js';
import type { Tenure } from '../metadata/tenure.js';
import { encodeTopic } from '../metadata/topic.js';
import { readPartitions, type StoredPartition } from '../metadata/stored-partitions.js';
import { claimPartitions } from './partition-claims.js';

const INCARNATION = { id: 'a-1', brokerId: 1 };
const orders = { topicName: 'orders', topicId: 'AAECAwQFBgcICQoLDA0ODw', partition: 0 };
const payments = { topicName: 'payments', topicId: 'AAECAwQFBgcICQoLDA0OEA', partition: 0 };
type Id = typeof orders;

let store: EmbeddedMetadataStore;
const apply = (...success: Operation[]) => store.txn({ compare: [], success });

const topic = ({ topicName: name, topicId: id }: Id): Operation => ({
  type: 'put',
  key: topicConfigKey(name),
  value: encodeTopic({ name, id, partitionCount: 1, replicationFactor: 1, configs: new Map(), createdAt: '' }),
});
const assigned = ({ topicName, partition }: Id, tenures: readonly Tenure[] = [], epoch = 0): Operation => ({
  type: 'put',
  key: assignmentKey(topicName, partition),
  value: encodeAssignmentRecord({
    brokerId: '1',
    incarnationId: INCARNATION.id,
    ...{ epoch, tenures },
    assignedAt: '',
    moveTo: '',
  }),
});

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  const live: Operation = { type: 'put', key: incarnationKey(INCARNATION.id), value: Buffer.from('x') };
  await apply(live, topic(orders), topic(payments), assigned(orders), assigned(payments));
});
afterEach(() => store.close());

async function read(...partitions: Id[]): Promise<StoredPartition[]> {
  const found = await readPartitions(store, partitions, INCARNATION.id);
  return found.filter((partition) => typeof partition !== 'string' && 'assignment' in partition);
}

/** What a broker claims after it has looked at the partitions, and something else has happened since. */
async function claimAfter(meanwhile: () => Promise<unknown>, logEndOffset = 0) {
  const partitions = await read(orders, payments);
  await meanwhile();
  const claims = partitions.map((partition) => ({ partition, logEndOffset }));
  const claimed: StoredPartition[] = [];
  await claimPartitions(store, INCARNATION, claims, (some) => claimed.push(...some));
  return claimed.map(({ id }) => id);
}

async function assignmentOf({ topicName, partition }: Id) {
  const entry = await store.get(assignmentKey(topicName, partition));
  return entry && decodeAssignmentRecord(entry);
}

const keysUnder = async (prefix: string) => (await store.range(prefix)).entries.map(({ key }) => key);

describe('a claim', () => {
  test('rule 7: closes the tenures before it at the log end that was found, and appends its own', async () => {
    const before = [
      { incarnationId: 'x', epoch: 0, fromOffset: 0, toOffset: 5 },
      { incarnationId: 'y', epoch: 1, fromOffset: 5, toOffset: undefined },
    ];
    await apply(assigned(orders, before, 3));
    await claimAfter(() => Promise.resolve(), 9);
    expect((await assignmentOf(orders))?.tenures).toEqual([
      before[0],
      { ...before[1], toOffset: 9 },
      { incarnationId: 'a-1', epoch: 3, fromOffset: 9, toOffset: undefined },
    ]);
  });

  test('of a topic that was deleted meanwhile leaves nothing of it behind, and the others are claimed', async () => {
    const claimed = await claimAfter(() =>
      apply({ type: 'delete', key: topicConfigKey('orders') }, { type: 'delete', key: assignmentKey('orders', 0) }),
    );
    expect(claimed).toEqual([payments]);
    expect(await keysUnder(ASSIGNMENTS_PREFIX)).toEqual(['assignments/payments/0']);
    expect(await keysUnder(topicPrefix('orders'))).toEqual([]);
  });

  test('rule 2, I4: of an incarnation that has ended is refused', async () => {
    expect(await claimAfter(() => apply({ type: 'delete', key: incarnationKey(INCARNATION.id) }))).toEqual([]);
    expect((await assignmentOf(orders))?.tenures).toEqual([]);
  });

  test('rule 9, I4: of a partition whose assignment has changed meanwhile is refused', async () => {
    expect(await claimAfter(() => apply(assigned(orders, [], 1)))).toEqual([payments]);
    expect((await assignmentOf(orders))?.tenures).toEqual([]);
  });
});

describe('reading', () => {
  test('I3: an incarnation that has ended reads no partitions: those of its successor change while they are read', async () => {
    await apply({ type: 'delete', key: incarnationKey(INCARNATION.id) });
    await expect(readPartitions(store, [orders], INCARNATION.id)).rejects.toThrow(MetadataUnavailableError);
  });

  test('does not take the partition of a namesake for that of a topic that was deleted', async () => {
    await apply(topic({ ...orders, topicId: payments.topicId }));
    expect((await read(orders, payments)).map(({ id }) => id)).toEqual([payments]);
  });

  test('a damaged record is of its own partition alone', async () => {
    await apply({ type: 'put', key: assignmentKey('orders', 0), value: Buffer.from('no protobuf') });
    const [damaged, intact] = await readPartitions(store, [orders, payments], INCARNATION.id);
    expect(damaged).toMatchObject({ id: orders, error: expect.any(Error) });
    expect(intact).toMatchObject({ id: payments, assignment: { epoch: 0 } });
  });
});
