import { expect, test } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { systemClock } from '../time/clock.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { MeteredMetadataStore } from './metered-metadata-store.js';

test('every call is told with how it ended, and what watches hear', async () => {
  const told: string[] = [];
  const observer = {
    metadataRequest: (operation: string, status: string) => void told.push(`${operation} ${status}`),
    watchSnapshot: () => void told.push('snapshot'),
    watchChanges: (count: number) => void told.push(`${count} changes`),
    leaseLost: () => void told.push('lease lost'),
  };
  const store = new MeteredMetadataStore(EmbeddedMetadataStore.inMemory(silentLogger), observer, systemClock);
  const put = { type: 'put', key: 'a', value: Buffer.from('1') } as const;
  const { promise: changed, resolve } = Promise.withResolvers<undefined>();
  await store.watch('', { snapshot: () => undefined, changes: () => resolve(undefined) }).ready;
  await store.txn({ compare: [{ key: 'a', exists: false }], success: [put] });
  await changed;
  await store.txn({ compare: [{ key: 'a', exists: false }], success: [put] });
  await store.get('a');
  await store.range('');
  await store.check();
  await store.close();
  await expect(store.get('a')).rejects.toThrow();
  expect(told.filter((what) => what !== 'snapshot').sort()).toEqual(
    ['txn success', '1 changes', 'txn conflict', 'get success', 'range success', 'check success', 'get error'].sort(),
  );
  expect(told).toContain('snapshot');
});
