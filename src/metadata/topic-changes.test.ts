import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { silentLogger } from '../logging/logger.js';
import { ErrorCode } from '../protocol/errors.js';
import { systemClock } from '../time/clock.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { topicConfigKey } from './keys.js';
import { MetadataUnavailableError } from './metadata-store.js';
import { decodeTopicConfig } from './records.js';
import { TopicCatalogue } from './topic-catalogue.js';
import type { TopicConfigs } from './topic-configs.js';
import type { Topic } from './topic.js';

let store: EmbeddedMetadataStore;
let unreliable: FaultyMetadataStore;
let catalogue: TopicCatalogue;
let orders: Topic;

async function open(): Promise<TopicCatalogue> {
  const opened = new TopicCatalogue(unreliable, systemClock, silentLogger, () => 0);
  await opened.start();
  return opened;
}

const set = (name: string, value: string) => (before: TopicConfigs) => new Map(before).set(name, value);
const code = (errorCode: ErrorCode) => expect.objectContaining({ code: errorCode }) as unknown as Error;

beforeEach(async () => {
  store = EmbeddedMetadataStore.inMemory();
  unreliable = new FaultyMetadataStore(store);
  catalogue = await open();
  orders = await catalogue.create({ name: 'orders', partitionCount: 3, replicationFactor: 1, configs: new Map() });
});
afterEach(() => store.close());

describe('configurations of a topic', () => {
  test('are changed for every process, and for other programs', async () => {
    const other = await open();
    await catalogue.alterConfigs('orders', set('retention.ms', '1000'));
    for (const known of [catalogue, other]) {
      expect(known.get('orders')).toEqual({ ...orders, configs: new Map([['retention.ms', '1000']]) });
    }
    const key = topicConfigKey('orders');
    expect(decodeTopicConfig((await store.get(key))!.value, key)).toMatchObject({ retentionMs: 1000, partitions: 3 });
  });

  test('of two changes at once both are made', async () => {
    const other = await open();
    await Promise.all([
      catalogue.alterConfigs('orders', set('retention.ms', '1')),
      other.alterConfigs('orders', set('retention.bytes', '2')),
    ]);
    expect(catalogue.get('orders')?.configs.size).toBe(2);
  });

  test('a change that changes nothing writes nothing', async () => {
    const before = await store.get(topicConfigKey('orders'));
    await catalogue.alterConfigs('orders', (configs) => configs);
    expect(await store.get(topicConfigKey('orders'))).toEqual(before);
  });

  test('a change whose answer is lost is made all the same', async () => {
    unreliable.loseAnswers('after it was applied', 'before it is applied');
    await catalogue.alterConfigs('orders', set('retention.ms', '1'));
    expect(catalogue.get('orders')?.configs).toEqual(new Map([['retention.ms', '1']]));
  });

  test('bad values and unknown topics are refused', async () => {
    await expect(catalogue.alterConfigs('orders', set('retention.ms', 'soon'))).rejects.toEqual(
      code(ErrorCode.INVALID_CONFIG),
    );
    await expect(catalogue.alterConfigs('nobody', set('retention.ms', '1'))).rejects.toEqual(
      code(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    );
    expect(catalogue.get('orders')).toEqual(orders);
  });
});

describe('partitions of a topic', () => {
  test('are added, and never taken away', async () => {
    expect(await catalogue.addPartitions('orders', orders.id, 5)).toEqual({ ...orders, partitionCount: 5 });
    for (const count of [5, 4, 0, -1]) {
      await expect(catalogue.addPartitions('orders', orders.id, count)).rejects.toEqual(
        code(ErrorCode.INVALID_PARTITIONS),
      );
    }
    expect(catalogue.get('orders')?.partitionCount).toBe(5);
  });

  test('an increase whose answer is lost is recognised as made (I9)', async () => {
    unreliable.loseAnswers('after it was applied');
    await catalogue.addPartitions('orders', orders.id, 5);
    expect(catalogue.get('orders')?.partitionCount).toBe(5);
  });

  test('of two increases at once to the same number one fails', async () => {
    const other = await open();
    const results = await Promise.allSettled([
      catalogue.addPartitions('orders', orders.id, 5),
      other.addPartitions('orders', orders.id, 5),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a namesake with another id is left alone', async () => {
    await catalogue.delete('orders');
    await catalogue.create({ name: 'orders', partitionCount: 1, replicationFactor: 1, configs: new Map() });
    await expect(catalogue.addPartitions('orders', orders.id, 5)).rejects.toEqual(
      code(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    );
  });

  test('no answer in time: the outcome is unknown', async () => {
    unreliable.loseAnswers(...Array<'before it is applied'>(10).fill('before it is applied'));
    await expect(catalogue.addPartitions('orders', orders.id, 5, 60)).rejects.toBeInstanceOf(MetadataUnavailableError);
  });
});
