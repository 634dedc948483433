import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { systemClock } from '../time/clock.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { PRODUCER_IDS_KEY } from './keys.js';
import type { KeyValue } from './metadata-store.js';
import { ProducerIdAllocator } from './producer-ids.js';
import { decodeProducerIdBlock } from './records.js';

let store: EmbeddedMetadataStore;
let unreliable: FaultyMetadataStore;

beforeEach(() => {
  store = EmbeddedMetadataStore.inMemory();
  unreliable = new FaultyMetadataStore(store);
});

afterEach(() => store.close());

const newAllocator = () => new ProducerIdAllocator(unreliable, systemClock, () => 0);
const allocate = (allocator: ProducerIdAllocator, count: number) =>
  Promise.all(Array.from({ length: count }, () => allocator.allocate()));

describe('ProducerIdAllocator', () => {
  test('counts from 0, a block per transaction', async () => {
    const ids = await allocate(newAllocator(), 1001);
    expect(ids).toEqual(Array.from({ length: 1001 }, (_, index) => index));
    const { value, modRevision, createRevision } = (await store.get(PRODUCER_IDS_KEY)) as KeyValue;
    expect(decodeProducerIdBlock(value, PRODUCER_IDS_KEY).nextProducerId).toBe(2000);
    expect(modRevision - createRevision).toBe(1);
  });

  test('gives no id twice, over several brokers, restarts and lost answers', async () => {
    unreliable.loseAnswers('after it was applied', 'before it is applied', 'after it was applied');
    const brokers = [newAllocator(), newAllocator(), newAllocator()];
    const ids = (await Promise.all(brokers.map((broker) => allocate(broker, 1500)))).flat();
    ids.push(...(await allocate(newAllocator(), 1500)));
    expect(new Set(ids).size).toBe(6000);
  });
});
