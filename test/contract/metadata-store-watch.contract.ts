import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MetadataStore, Operation } from '../../src/metadata/metadata-store.js';
import { put, type MetadataStoreHarness } from './metadata-store-harness.js';
import { RecordingListener } from './recording-listener.js';

/** What every metadata store does with watches and leases. */
export function describeWatchContract(harness: MetadataStoreHarness): void {
  let store: MetadataStore;

  const apply = (...success: Operation[]) => store.txn({ compare: [], success });
  const keysOf = async (prefix: string) => (await store.range(prefix)).entries.map(({ key }) => key);

  beforeEach(async () => {
    store = await harness.connect();
  });

  afterEach(() => harness.reset());

  describe('watches', () => {
    test('begin with what is there', async () => {
      const { revision } = await apply(put('w/1', '1'), put('other', ''));
      const listener = new RecordingListener();
      await store.watch('w/', listener).ready;
      expect(listener.snapshots).toEqual([{ keys: ['w/1'], revision }]);
    });

    test('deliver every change in order, revision by revision', async () => {
      await apply(put('w/old', ''));
      const listener = new RecordingListener();
      await store.watch('w/', listener).ready;
      const first = await apply(put('w/b', '1'), put('w/a', '2'), put('elsewhere', ''), {
        type: 'delete',
        key: 'w/old',
      });
      await apply(put('elsewhere', ''));
      const second = await apply({ type: 'deletePrefix', prefix: 'w/' });
      await listener.reaches(second.revision);
      expect(listener.changed).toEqual([
        { revision: first.revision, changes: ['put w/b 1', 'put w/a 2', 'delete w/old'] },
        { revision: second.revision, changes: ['delete w/a', 'delete w/b'] },
      ]);
      expect(listener.snapshots).toHaveLength(1);
      expect([...listener.mirror]).toEqual([]);
    });

    test('miss and double nothing that happens while they begin', async () => {
      const writer = await harness.connect();
      const listeners = Array.from({ length: 5 }, () => new RecordingListener());
      let last = 0;
      for (let index = 0; index < 50; index++) {
        if (index % 10 === 5) store.watch('w/', listeners[(index - 5) / 10]!);
        last = (await writer.txn({ compare: [], success: [put(`w/${index % 7}`, String(index))] })).revision;
      }
      await Promise.all(listeners.map((listener) => listener.reaches(last)));
      const expected = (await store.range('w/')).entries.map(({ key, value }) => [key, value.toString()]);
      for (const listener of listeners) {
        expect([...listener.mirror].sort()).toEqual(expected);
        const revisions = listener.changed.map(({ revision }) => revision);
        expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
        expect(revisions.every((revision) => revision > listener.snapshots[0]!.revision)).toBe(true);
      }
    });

    test('carry revisions and values', async () => {
      const listener = new RecordingListener();
      await store.watch('', listener).ready;
      const { revision } = await apply(put('a', '1'));
      await listener.reaches(revision);
      expect(listener.lastEntry).toEqual(await store.get('a'));
    });

    test('of several listeners are independent; a closed one is silent', async () => {
      const listeners = [new RecordingListener(), new RecordingListener()];
      const watches = listeners.map((listener) => store.watch('', listener));
      await Promise.all(watches.map(({ ready }) => ready));
      watches[0]!.close();
      const { revision } = await apply(put('a', '1'));
      await listeners[1]!.reaches(revision);
      expect(listeners[0]!.changed).toEqual([]);
    });

    test('closed before they are ready say so', async () => {
      const watch = store.watch('', new RecordingListener());
      watch.close();
      await expect(watch.ready).rejects.toThrow('closed');
    });

    test('whose listener fails on the first snapshot are not ready', async () => {
      const listener = new RecordingListener();
      listener.failNext();
      await expect(store.watch('', listener).ready).rejects.toThrow('listener failed');
    });

    test('give a listener that failed a new snapshot', async () => {
      const listener = new RecordingListener();
      await store.watch('w/', listener).ready;
      listener.failNext();
      await apply(put('w/1', '1'));
      await listener.failed;
      const { revision } = await apply(put('w/2', '2'));
      await listener.reaches(revision);
      expect([...listener.mirror]).toEqual([
        ['w/1', '1'],
        ['w/2', '2'],
      ]);
    });
  });

  describe('leases', () => {
    test('keep their keys until they are revoked, and take no others away', async () => {
      const lease = await store.grantLease(10_000);
      await apply(put('leased/1', '', lease), put('leased/2', '', lease), put('free', ''));
      const listener = new RecordingListener();
      await store.watch('leased/', listener).ready;
      expect(lease.validUntil).toBeGreaterThan(performance.now());
      expect(lease.ttlMs).toBe(10_000);
      await lease.revoke();
      expect(await keysOf('')).toEqual(['free']);
      expect(lease.validUntil).toBeLessThan(performance.now());
      await listener.reaches((await store.range('')).revision);
      expect(listener.mirror.size).toBe(0);
      await lease.revoke();
    });

    test('do not hold a key that was put again without one', async () => {
      const lease = await store.grantLease(10_000);
      await apply(put('a', '', lease));
      await apply(put('a', ''));
      await lease.revoke();
      expect(await keysOf('')).toEqual(['a']);
    });

    test('that have ended refuse keys', async () => {
      const lease = await store.grantLease(10_000);
      await lease.revoke();
      await expect(apply(put('a', '', lease), put('b', ''))).rejects.toMatchObject({ name: 'MetadataStoreError' });
      expect(await keysOf('')).toEqual([]);
    });

    test('tell their holder when they are gone (I4)', async () => {
      const lease = await store.grantLease(2_000);
      await apply(put('a', '', lease));
      await harness.endLease(lease);
      await lease.lost;
      expect(lease.validUntil).toBeLessThan(performance.now());
      expect(await keysOf('')).toEqual([]);
    });
  });
}
