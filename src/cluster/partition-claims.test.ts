import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { ASSIGNMENTS_PREFIX, incarnationKey, topicConfigKey, topicPrefix } from '../metadata/keys.js';
import { MetadataUnavailableError, type Operation } from '../metadata/metadata-store.js';
import { encodeTopic } from '../metadata/topic.js';
import { claimPartitions, readPartitions } from './partition-claims.js';

const INCARNATION = { id: 'a-1', brokerId: 1 };
const orders = { topicName: 'orders', topicId: 'AAECAwQFBgcICQoLDA0ODw', partition: 0 };
const payments = { topicName: 'payments', topicId: 'AQECAwQFBgcICQoLDA0ODw', partition: 0 };

let store: EmbeddedMetadataStore;
const apply = (...success: Operation[]) => store.txn({ compare: [], success });

function create({ topicName: name, topicId: id }: typeof orders): Operation {
  const value = encodeTopic({ name, id, partitionCount: 1, replicationFactor: 1, configs: new Map(), createdAt: '' });
  return { type: 'put', key: topicConfigKey(name), value };
}

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  await apply(
    { type: 'put', key: incarnationKey(INCARNATION.id), value: Buffer.from('x') },
    create(orders),
    create(payments),
  );
});
afterEach(() => store.close());

/** What a broker claims after it has looked at the partitions, and something else has happened since. */
async function claimAfter(meanwhile: () => Promise<unknown>) {
  const partitions = await readPartitions(store, INCARNATION.id, [orders, payments]);
  await meanwhile();
  const claims = partitions.map((partition) => ({ partition, logEndOffset: 0 }));
  return claimPartitions(store, INCARNATION, claims, new Date(0));
}

const keysUnder = async (prefix: string) => (await store.range(prefix)).entries.map(({ key }) => key);

describe('a claim', () => {
  test('of a topic that was deleted meanwhile leaves nothing of it behind, and the others are claimed', async () => {
    const claimed = await claimAfter(() => apply({ type: 'delete', key: topicConfigKey('orders') }));
    expect(claimed).toEqual([{ id: payments, epoch: 0 }]);
    expect(await keysUnder(ASSIGNMENTS_PREFIX)).toEqual(['assignments/payments/0']);
    expect(await keysUnder(topicPrefix('orders'))).toEqual([]);
  });

  test('I1: of a topic that was deleted is refused when there is a namesake already, which has no records yet either', async () => {
    const namesake = { ...orders, topicId: payments.topicId };
    expect(await claimAfter(() => apply(create(namesake)))).toEqual([{ id: payments, epoch: 0 }]);
    expect(await readPartitions(store, INCARNATION.id, [orders])).toEqual([]);
    expect(await keysUnder(ASSIGNMENTS_PREFIX)).toEqual(['assignments/payments/0']);
  });

  test('I4: of an incarnation that has ended is refused', async () => {
    expect(await claimAfter(() => apply({ type: 'delete', key: incarnationKey(INCARNATION.id) }))).toEqual([]);
    expect(await keysUnder(ASSIGNMENTS_PREFIX)).toEqual([]);
  });

  test('I4: of a partition that somebody else has claimed meanwhile is refused', async () => {
    const other = { id: 'a-1', brokerId: 2 };
    const claimed = await claimAfter(async () => {
      const [partition] = await readPartitions(store, INCARNATION.id, [orders]);
      await claimPartitions(
        store,
        other,
        [{ partition: partition as NonNullable<typeof partition>, logEndOffset: 0 }],
        new Date(0),
      );
    });
    expect(claimed).toEqual([{ id: payments, epoch: 0 }]);
  });
});

test('I3: an incarnation that has ended reads no partitions: those of its successor change while they are read', async () => {
  await apply({ type: 'delete', key: incarnationKey(INCARNATION.id) });
  await expect(readPartitions(store, INCARNATION.id, [orders])).rejects.toThrow(MetadataUnavailableError);
});
