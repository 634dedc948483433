import { expect, test } from '@jest/globals';
import { systemClock } from '../time/clock.js';
import { clusterIdOf } from './cluster-id.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { CLUSTER_ID_KEY } from './keys.js';
import { MetadataFormatError } from './metadata-store.js';

test('whoever asks gets the same cluster id', async () => {
  const store = EmbeddedMetadataStore.inMemory();
  const ids = await Promise.all(Array.from({ length: 5 }, () => clusterIdOf(store, systemClock)));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{22}$/);
  await store.close();
});

test('a cluster id that cannot be read is refused', async () => {
  const store = EmbeddedMetadataStore.inMemory();
  await store.txn({ compare: [], success: [{ type: 'put', key: CLUSTER_ID_KEY, value: Buffer.from([]) }] });
  await expect(clusterIdOf(store, systemClock)).rejects.toThrow(MetadataFormatError);
  await store.close();
});
