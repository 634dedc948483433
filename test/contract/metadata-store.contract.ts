import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_BESIDE_MANY_WRITES, MAX_TXN_OPERATIONS, MAX_TXN_WRITES } from '../../src/metadata/metadata-store.js';
import type { Compare, KeyValue, MetadataStore, Operation } from '../../src/metadata/metadata-store.js';
import { bytes, put, type MetadataStoreHarness } from './metadata-store-harness.js';

/** What every metadata store does. */
export function describeMetadataStoreContract(harness: MetadataStoreHarness): void {
  let store: MetadataStore;

  const apply = (...success: Operation[]) => store.txn({ compare: [], success });
  const keysOf = async (prefix: string) => (await store.range(prefix)).entries.map(({ key }) => key);

  beforeEach(async () => {
    store = await harness.connect();
  });

  afterEach(() => harness.reset());

  test('answers a check', async () => {
    await expect(store.check()).resolves.toBeUndefined();
  });

  describe('reads and writes', () => {
    test('an absent key is undefined', async () => {
      expect(await store.get('nothing')).toBeUndefined();
    });

    test('a stored value comes back with its revisions', async () => {
      const { revision } = await apply(put('a', '1'));
      expect(await store.get('a')).toEqual({
        key: 'a',
        value: bytes('1'),
        createRevision: revision,
        modRevision: revision,
      });
      const second = await apply(put('a', '2'));
      expect(second.revision).toBe(revision + 1);
      expect(await store.get('a')).toMatchObject({ createRevision: revision, modRevision: revision + 1 });
    });

    test('a key that was deleted starts anew', async () => {
      await apply(put('a', '1'));
      await apply({ type: 'delete', key: 'a' });
      expect(await store.get('a')).toBeUndefined();
      const { revision } = await apply(put('a', '2'));
      expect((await store.get('a'))?.createRevision).toBe(revision);
    });

    test('any bytes are kept as they are', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (value) => {
          await apply({ type: 'put', key: 'binary', value: Buffer.from(value) });
          expect((await store.get('binary'))?.value).toEqual(Buffer.from(value));
        }),
        { numRuns: 30, examples: [[new Uint8Array()], [new Uint8Array([0, 255, 0xc3, 0x28])]] },
      );
    });

    test('keys may have any characters', async () => {
      await apply(put('groups/köln 🚀\u0000', 'x'));
      expect(await keysOf('groups/')).toEqual(['groups/köln 🚀\u0000']);
    });

    test('a range is in the order of bytes, and holds what starts with the prefix only', async () => {
      await apply(
        ...['b/2', 'b/10', 'b/1', 'b', 'b0', 'a', 'b/é', 'b/~', 'b/\uffff', 'b/🚀'].map((key) => put(key, key)),
      );
      expect(await keysOf('b/')).toEqual(['b/1', 'b/10', 'b/2', 'b/~', 'b/é', 'b/\uffff', 'b/🚀']);
      expect(await keysOf('')).toHaveLength(10);
      expect(await keysOf('c')).toEqual([]);
    });

    test('a range tells the revision as of which it is', async () => {
      const { revision } = await apply(put('a', '1'));
      expect((await store.range('a')).revision).toBe(revision);
    });

    test('a range may be large', async () => {
      for (let batch = 0; batch < 10; batch++) {
        const keys = Array.from({ length: 100 }, (_, index) => `large/${String(batch * 100 + index).padStart(4, '0')}`);
        await apply(...keys.map((key) => put(key, 'x'.repeat(5000))));
      }
      const { entries } = await store.range('large/');
      expect(entries).toHaveLength(1000);
      expect(entries.every(({ value }) => value.length === 5000)).toBe(true);
    });

    test.each(['', '/a'])('%j is no key', async (key) => {
      await expect(store.get(key)).rejects.toThrow(RangeError);
      await expect(apply(put(key, ''))).rejects.toThrow(RangeError);
    });
  });

  describe('transactions', () => {
    const absent = 'absent';
    const present = 'present';

    test.each<[string, (entry: KeyValue) => Compare, boolean]>([
      ['exists', () => ({ key: present, exists: true }), true],
      ['exists, of an absent key', () => ({ key: absent, exists: true }), false],
      ['does not exist', () => ({ key: absent, exists: false }), true],
      ['does not exist, of a present key', () => ({ key: present, exists: false }), false],
      ['revision', ({ modRevision }) => ({ key: present, modRevision }), true],
      ['another revision', ({ createRevision }) => ({ key: present, modRevision: createRevision }), false],
      ['revision 0, of an absent key', () => ({ key: absent, modRevision: 0 }), true],
      ['revision 0, of a present key', () => ({ key: present, modRevision: 0 }), false],
      ['value', () => ({ key: present, value: bytes('2') }), true],
      ['another value', () => ({ key: present, value: bytes('1') }), false],
      ['longer value', () => ({ key: present, value: bytes('22') }), false],
      ['empty value, of an absent key', () => ({ key: absent, value: bytes('') }), false],
    ])('compares: %s', async (_, compareOf, holds) => {
      await apply(put(present, '1'));
      await apply(put(present, '2'));
      const compare = [compareOf((await store.get(present))!)];
      const result = await store.txn({ compare, success: [put('result', 'yes')], failure: [put('result', 'no')] });
      expect(result.succeeded).toBe(holds);
      expect((await store.get('result'))?.value.toString()).toBe(holds ? 'yes' : 'no');
    });

    test('compare that nothing with a prefix was put since a revision', async () => {
      await apply(put('p/1', ''), put('p/2', ''), put('other', ''));
      const succeeds = async (prefix: string, unchangedSince: number) =>
        (await store.txn({ compare: [{ prefix, unchangedSince }], success: [] })).succeeded;
      const { revision } = await store.range('p/');
      expect(await succeeds('p/', revision)).toBe(true);
      expect(await succeeds('p/', revision - 1)).toBe(false);
      expect(await succeeds('nothing/', 0)).toBe(true);
      await apply(put('p', ''), put('p0', ''), put('q', ''));
      expect(await succeeds('p/', revision)).toBe(true);
      await apply({ type: 'delete', key: 'p/2' });
      expect(await succeeds('p/', revision)).toBe(true);
      await apply(put('p/3', ''));
      expect(await succeeds('p/', revision)).toBe(false);
      expect(await succeeds('', revision)).toBe(false);
    });

    test('succeed only when every compare holds', async () => {
      const compare = [
        { key: 'a', exists: false },
        { key: 'b', exists: true },
      ];
      const { succeeded } = await store.txn({ compare, success: [put('c', '')] });
      expect(succeeded).toBe(false);
      expect(await store.get('c')).toBeUndefined();
    });

    test('change everything at one revision', async () => {
      await apply(put('old/1', ''), put('old/2', ''), put('other', ''));
      const { revision } = await apply(
        put('a', '1'),
        { type: 'delete', key: 'other' },
        { type: 'deletePrefix', prefix: 'old/' },
        put('b', '2'),
      );
      const { entries } = await store.range('');
      expect(entries.map(({ key, modRevision }) => [key, modRevision])).toEqual([
        ['a', revision],
        ['b', revision],
      ]);
    });

    test('that change nothing leave the revision', async () => {
      const { revision } = await apply(put('a', '1'));
      const results = [
        await apply({ type: 'delete', key: 'nothing' }),
        await apply({ type: 'deletePrefix', prefix: 'nothing/' }),
        await apply({ type: 'get', key: 'a' }),
        await store.txn({ compare: [{ key: 'a', exists: false }], success: [put('b', '')] }),
      ];
      expect(results.map((result) => result.revision)).toEqual([revision, revision, revision, revision]);
    });

    test('read in the branch that runs, in order', async () => {
      await apply(put('a', '1'), put('b', '2'));
      const reads: Operation[] = ['b', 'nothing', 'a'].map((key) => ({ type: 'get', key }));
      const failed = await store.txn({ compare: [{ key: 'a', exists: false }], success: [], failure: reads });
      expect(failed.reads.map((read) => read?.value.toString())).toEqual(['2', undefined, '1']);
      const succeeded = await store.txn({ compare: [], success: [put('c', '3'), ...reads] });
      expect(succeeded.reads.map((read) => read?.key)).toEqual(['b', undefined, 'a']);
    });

    test('may delete by prefix without touching neighbours', async () => {
      await apply(...['t', 't/1', 't/2/x', 't0', 'ta/1'].map((key) => put(key, '')));
      await apply({ type: 'deletePrefix', prefix: 't/' });
      expect(await keysOf('')).toEqual(['t', 't0', 'ta/1']);
    });

    test(`have up to ${MAX_TXN_OPERATIONS} compares and operations`, async () => {
      const names = Array.from({ length: MAX_TXN_OPERATIONS }, (_, index) => `many/${index}`);
      const compare = names.map((key) => ({ key, exists: false }));
      const success = names.map((key) => put(key, key));
      const { succeeded } = await store.txn({ compare, success, failure: names.map((key) => ({ type: 'get', key })) });
      expect(succeeded).toBe(true);
      expect(await keysOf('many/')).toHaveLength(MAX_TXN_OPERATIONS);
      await expect(store.txn({ compare, success: [...success, put('one more', '')] })).rejects.toThrow(RangeError);
      await expect(store.txn({ compare: [...compare, { key: 'a', exists: false }], success: [] })).rejects.toThrow(
        RangeError,
      );
    });

    test(`put and delete up to ${MAX_TXN_WRITES} keys, all of them or none`, async () => {
      const names = Array.from({ length: MAX_TXN_WRITES }, (_, index) => `many/${index}`);
      const compare = names.slice(0, MAX_BESIDE_MANY_WRITES).map((key) => ({ key, exists: false }));
      const failure = compare.map(({ key }): Operation => ({ type: 'get', key }));
      const transaction = { compare, success: names.map((key) => put(key, key)), failure };
      expect(await store.txn(transaction)).toMatchObject({ succeeded: true, reads: [] });
      const entries = (await store.range('many/')).entries;
      expect(entries).toHaveLength(MAX_TXN_WRITES);
      expect(new Set(entries.map(({ modRevision }) => modRevision)).size).toBe(1);
      const again = await store.txn(transaction);
      expect(again.succeeded).toBe(false);
      expect(again.reads.map((read) => read?.key)).toEqual(failure.map((read) => 'key' in read && read.key));
      await apply(...names.map((key): Operation => ({ type: 'delete', key })));
      expect(await keysOf('many/')).toEqual([]);
    });

    test.each<[string, Operation[]]>([
      ['put and put', [put('a', '1'), put('a', '2')]],
      ['put and delete', [put('a', '1'), { type: 'delete', key: 'a' }]],
      ['delete by prefix and put', [{ type: 'deletePrefix', prefix: 'a' }, put('a1', '1')]],
    ])('change no key twice: %s', async (_, operations) => {
      await expect(apply(...operations)).rejects.toThrow(RangeError);
      expect(await keysOf('')).toEqual([]);
    });

    test('of many writers at once: exactly one wins each round (I4)', async () => {
      const writers = await Promise.all(Array.from({ length: 8 }, () => harness.connect()));
      await apply(put('counter', '0'));
      for (let round = 1; round <= 10; round++) {
        const compare = [{ key: 'counter', value: bytes(String(round - 1)) }];
        const results = await Promise.all(
          writers.map((writer) => writer.txn({ compare, success: [put('counter', String(round))] })),
        );
        expect(results.filter(({ succeeded }) => succeeded)).toHaveLength(1);
      }
    });
  });

  test('a closed store refuses calls', async () => {
    await store.close();
    await expect(store.get('a')).rejects.toMatchObject({ name: 'MetadataStoreError' });
    await expect(apply(put('a', ''))).rejects.toMatchObject({ name: 'MetadataStoreError' });
    await expect(store.grantLease(1000)).rejects.toMatchObject({ name: 'MetadataStoreError' });
    await store.close();
  });
}
