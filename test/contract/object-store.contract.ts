import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { crc32c } from '../../src/checksum/crc32c.js';
import { compareKeys } from '../../src/storage/key-rules.js';
import {
  ObjectCorruptError,
  ObjectExistsError,
  ObjectNotFoundError,
  type ListOptions,
  type ObjectStore,
} from '../../src/storage/object-store.js';

/** How a store under test may differ from Amazon S3 without the broker noticing. */
export interface ObjectStoreTraits {
  /** It lists `a/c` before `a-b`, as servers do that keep objects in folders. */
  readonly listsFoldersFirst?: boolean;
}

const ONE_SECOND_MS = 1_000;
const MEBIBYTE = 1024 * 1024;

/**
 * What every object store has to do (I2: no key is ever written twice; I1 rests on "stored" meaning stored).
 *
 * @param open called once; all tests share the store, each with a prefix of its own
 */
export function describeObjectStoreContract(
  name: string,
  open: () => Promise<ObjectStore>,
  traits: ObjectStoreTraits = {},
): void {
  describe(`object store contract: ${name}`, () => {
    let store: ObjectStore;

    beforeAll(async () => {
      store = await open();
    }, 120_000);
    afterAll(async () => store.close());

    const freshPrefix = () => `test/${randomUUID()}/`;
    const put = (key: string, ...body: Buffer[]) => store.create(key, body, { crc32c: crc32c(Buffer.concat(body)) });
    const keysOf = async (from: string, options?: ListOptions) => {
      const keys: string[] = [];
      for await (const object of store.list(from, options)) keys.push(object.key);
      return keys;
    };

    test('is usable', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });

    describe('create', () => {
      test('stores the pieces of the body in their order', async () => {
        const key = `${freshPrefix()}a`;
        await put(key, Buffer.from('one '), Buffer.alloc(0), Buffer.from('two '), Buffer.from('three'));
        expect((await store.read(key, { start: 0, length: 100 })).toString()).toBe('one two three');
      });

      test('I2: refuses a key that is taken, and leaves the object as it was', async () => {
        const key = `${freshPrefix()}a`;
        await put(key, Buffer.from('first'));
        await expect(put(key, Buffer.from('second'))).rejects.toThrow(ObjectExistsError);
        await expect(put(key, Buffer.from('first'))).rejects.toThrow(new ObjectExistsError(key));
        expect((await store.readEnd(key, 100)).bytes.toString()).toBe('first');
      });

      test('I2: of sixteen creates of one key at the same time exactly one wins', async () => {
        for (let round = 0; round < 3; round += 1) {
          const key = `${freshPrefix()}contended`;
          const bodies = Array.from({ length: 16 }, (_, i) => Buffer.alloc(10_000 + i, i));
          const results = await Promise.allSettled(bodies.map((body) => put(key, body)));
          const winners = bodies.filter((_, i) => results[i]!.status === 'fulfilled');
          expect(winners).toHaveLength(1);
          for (const result of results) {
            if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ObjectExistsError);
          }
          expect((await store.read(key, { start: 0, length: 20_000 })).equals(winners[0]!)).toBe(true);
        }
        // SeaweedFS lets those who wait for the same key try once a second.
      }, 60_000);

      test('refuses a body that does not have the announced checksum: nothing is visible', async () => {
        const prefix = freshPrefix();
        const key = `${prefix}damaged`;
        const body = Buffer.from('some bytes');
        const wrong = store.create(key, [body], { crc32c: (crc32c(body) ^ 1) >>> 0 });
        await expect(wrong).rejects.toThrow(ObjectCorruptError);
        await expect(store.head(key)).rejects.toThrow(ObjectNotFoundError);
        expect(await keysOf(prefix)).toEqual([]);
        await put(key, body);
        expect((await store.head(key)).crc32c).toBe(crc32c(body));
      });

      test('the same for a large body', async () => {
        const prefix = freshPrefix();
        const key = `${prefix}damaged`;
        const body = Array.from({ length: 40 }, (_, i) => Buffer.alloc(100_000, i));
        const wrong = store.create(key, body, { crc32c: (crc32c(Buffer.concat(body)) ^ 1) >>> 0 });
        await expect(wrong).rejects.toThrow(ObjectCorruptError);
        expect(await keysOf(prefix)).toEqual([]);
      });

      test('an object is never seen in part', async () => {
        const prefix = freshPrefix();
        const key = `${prefix}whole`;
        const body = Array.from({ length: 64 }, () => randomBytes(64 * 1024));
        const seen = new Set<string>();
        let stored = false;
        const look = async () => {
          while (!stored) {
            try {
              seen.add(`read ${(await store.readEnd(key, 10)).objectSize}`);
            } catch (error) {
              expect(error).toBeInstanceOf(ObjectNotFoundError);
            }
            for await (const object of store.list(prefix)) seen.add(`listed ${object.sizeBytes}`);
          }
        };
        const looking = look();
        await put(key, ...body).finally(() => (stored = true));
        await looking;
        for (const size of seen) expect(size).toMatch(/ 4194304$/);
      });

      test('takes an empty body', async () => {
        const key = `${freshPrefix()}empty`;
        await put(key);
        expect(await store.head(key)).toMatchObject({ sizeBytes: 0, crc32c: 0 });
        expect(await store.read(key, { start: 0, length: 1 })).toHaveLength(0);
        expect(await store.readEnd(key, 1)).toEqual({ bytes: Buffer.alloc(0), objectSize: 0 });
      });

      test('takes 16 MiB in three thousand pieces', async () => {
        const key = `${freshPrefix()}large`;
        const whole = randomBytes(16 * MEBIBYTE);
        const body: Buffer[] = [];
        for (let at = 0, i = 0; at < whole.length; i += 1) {
          const length = i % 100 === 0 ? 300_000 : 2_500 + (i % 7);
          body.push(whole.subarray(at, at + length));
          at += length;
        }
        expect(body.length).toBeGreaterThan(2_500);
        await put(key, ...body);
        expect(await store.head(key)).toMatchObject({ sizeBytes: whole.length, crc32c: crc32c(whole) });
        expect((await store.read(key, { start: 0, length: whole.length })).equals(whole)).toBe(true);
      });

      test("does not hold on to the caller's buffers", async () => {
        const key = `${freshPrefix()}a`;
        const body = Buffer.from('before');
        await put(key, body);
        body.fill('x');
        const read = await store.read(key, { start: 0, length: 6 });
        expect(read.toString()).toBe('before');
        read.fill('y');
        expect((await store.read(key, { start: 0, length: 6 })).toString()).toBe('before');
      });

      test.each(['', '/a', 'a/', 'a//b', '../a', 'a/../../b', 'a/./b', 'a\0b', 'a\\b', 'k'.repeat(256)])(
        'refuses the key %p',
        async (key) => {
          await expect(put(key, Buffer.from('x'))).rejects.toThrow(RangeError);
          await expect(store.read(key, { start: 0, length: 1 })).rejects.toThrow(RangeError);
          await expect(store.readEnd(key, 1)).rejects.toThrow(RangeError);
          await expect(store.head(key)).rejects.toThrow(RangeError);
          await expect(store.delete([key])).rejects.toThrow(RangeError);
        },
      );
    });

    describe('read', () => {
      const prefix = freshPrefix();
      const key = `${prefix}digits`;
      beforeAll(async () => {
        await put(key, Buffer.from('0123456789'));
      });

      test.each([
        [0, 10, '0123456789'],
        [0, 1, '0'],
        [3, 4, '3456'],
        [9, 1, '9'],
        [7, 100, '789'],
        [0, 2 ** 32, '0123456789'],
        [10, 1, ''],
        [1_000, 5, ''],
      ])('from %p, %p bytes', async (start, length, expected) => {
        expect((await store.read(key, { start, length })).toString()).toBe(expected);
      });

      test.each([
        [1, '9'],
        [4, '6789'],
        [10, '0123456789'],
        [11, '0123456789'],
        [100_000, '0123456789'],
      ])('the last %p bytes', async (length, expected) => {
        const { bytes, objectSize } = await store.readEnd(key, length);
        expect(bytes.toString()).toBe(expected);
        expect(objectSize).toBe(10);
      });

      test.each([
        [0, 0],
        [0, -1],
        [-1, 1],
        [0.5, 1],
        [0, Number.NaN],
      ])('refuses the range from %p, %p bytes', async (start, length) => {
        await expect(store.read(key, { start, length })).rejects.toThrow(RangeError);
      });

      test.each([0, -1, 1.5])('refuses the last %p bytes', async (length) => {
        await expect(store.readEnd(key, length)).rejects.toThrow(RangeError);
      });

      test('says which object is missing', async () => {
        const missing = `${prefix}missing`;
        const error = new ObjectNotFoundError(missing);
        await expect(store.read(missing, { start: 0, length: 1 })).rejects.toThrow(error);
        await expect(store.readEnd(missing, 1)).rejects.toThrow(error);
        await expect(store.head(missing)).rejects.toThrow(error);
        await expect(store.read(`${key}/below`, { start: 0, length: 1 })).rejects.toThrow(ObjectNotFoundError);
      });

      test('a prefix of keys is not an object', async () => {
        const folder = prefix.slice(0, -1);
        await expect(store.read(folder, { start: 0, length: 1 })).rejects.toThrow(ObjectNotFoundError);
        await expect(store.head(folder)).rejects.toThrow(ObjectNotFoundError);
      });
    });

    test('head tells size, checksum and time', async () => {
      const key = `${freshPrefix()}a`;
      const before = Date.now();
      await put(key, Buffer.from('123456789'));
      const info = await store.head(key);
      expect(info).toMatchObject({ key, sizeBytes: 9, crc32c: 0xe3069283 });
      expect(info.lastModified).toBeGreaterThanOrEqual(before - ONE_SECOND_MS);
      expect(info.lastModified).toBeLessThanOrEqual(Date.now() + ONE_SECOND_MS);
    });

    describe('list', () => {
      test('goes through many pages, in order, and begins after any key', async () => {
        const prefix = freshPrefix();
        const keys = Array.from({ length: 1_100 }, (_, i) => `${prefix}${String(i).padStart(20, '0')}`);
        await inBatches(keys, 32, (key) => put(key, Buffer.from(key)));
        expect(await keysOf(prefix)).toEqual(keys);
        expect(await keysOf(prefix, { startAfter: keys[999]! })).toEqual(keys.slice(1_000));
        expect(await keysOf(prefix, { startAfter: `${keys[999]!}0` })).toEqual(keys.slice(1_000));
        expect(await keysOf(`${prefix}000000000000000001`)).toEqual(keys.slice(100, 200));
        const [first] = [await firstOf(store.list(prefix))];
        expect(first).toMatchObject({ key: keys[0], sizeBytes: keys[0]!.length });
        await store.delete(keys);
        expect(await keysOf(prefix)).toEqual([]);
      }, 120_000);

      test('orders by the UTF-8 bytes of the keys, whatever is in them', async () => {
        const names = [
          '~',
          'é',
          '～',
          '😀',
          'p+q',
          'p%20q',
          'p q',
          `<&>"'`,
          '#h',
          'q?x=1',
          ';:@$,!*()[]{}^`|',
          'a=b',
          'Z',
          '0',
        ];
        const prefix = freshPrefix();
        for (const name of names) await put(prefix + name, Buffer.from(name));
        expect(await keysOf(prefix)).toEqual(names.map((name) => prefix + name).sort(compareKeys));
        for (const name of names) {
          expect((await store.read(prefix + name, { start: 0, length: 100 })).toString()).toBe(name);
        }
        await store.delete(names.map((name) => prefix + name));
        expect(await keysOf(prefix)).toEqual([]);
      });

      test('finds what is below folders, too', async () => {
        const prefix = freshPrefix();
        const names = ['a-b', 'a.b', 'a/b/c', 'a/b/d', 'a/c', 'a0', 'ab', 'b/x'];
        for (const name of names) await put(prefix + name, Buffer.from(name));
        const keys = names.map((name) => prefix + name);
        const listed = await keysOf(prefix);
        expect(traits.listsFoldersFirst === true ? listed.sort(compareKeys) : listed).toEqual(keys);
        expect(await keysOf(`${prefix}a/`)).toEqual(keys.slice(2, 5));
        expect(await keysOf(`${prefix}a/b`)).toEqual(keys.slice(2, 4));
        expect(await keysOf(`${prefix}a/`, { startAfter: `${prefix}a/b/c` })).toEqual(keys.slice(3, 5));
        if (traits.listsFoldersFirst !== true) {
          for (const [i, key] of keys.entries()) {
            expect(await keysOf(prefix, { startAfter: key })).toEqual(keys.slice(i + 1));
          }
        }
      });

      test.each(['../', 'test/../', 'nothing/here', '/'])('finds nothing under %p', async (from) => {
        expect(await keysOf(from)).toEqual([]);
      });
    });

    test('deletes objects, and does not mind those that are not there', async () => {
      const prefix = freshPrefix();
      await put(`${prefix}a`, Buffer.from('a'));
      await put(`${prefix}b`, Buffer.from('b'));
      await put(`${prefix}c/d`, Buffer.from('c'));
      await store.delete([]);
      await store.delete([`${prefix}a`, `${prefix}missing`, `${prefix}c`, `${prefix}b/below`]);
      await store.delete([`${prefix}a`]);
      expect(await keysOf(prefix)).toEqual([`${prefix}b`, `${prefix}c/d`]);
      await expect(store.head(`${prefix}a`)).rejects.toThrow(ObjectNotFoundError);
    });

    test('many calls at once', async () => {
      const prefix = freshPrefix();
      const keys = Array.from({ length: 100 }, (_, i) => `${prefix}${i % 10}/${i}`);
      await Promise.all(
        keys.map(async (key, i) => {
          const body = Buffer.alloc(20_000 + i, i);
          await put(key, body);
          expect((await store.read(key, { start: i, length: 30_000 })).equals(body.subarray(i))).toBe(true);
          expect((await store.readEnd(key, 5)).objectSize).toBe(body.length);
        }),
      );
      expect((await keysOf(prefix)).sort()).toEqual([...keys].sort());
    });

    describe('abort', () => {
      test('a call whose signal is aborted already ends with its reason and does nothing', async () => {
        const prefix = freshPrefix();
        const key = `${prefix}a`;
        const reason = new Error('no longer wanted');
        const signal = AbortSignal.abort(reason);
        await put(`${prefix}there`, Buffer.from('x'));
        await expect(store.create(key, [], { crc32c: 0, signal })).rejects.toBe(reason);
        await expect(store.read(`${prefix}there`, { start: 0, length: 1 }, { signal })).rejects.toBe(reason);
        await expect(store.readEnd(`${prefix}there`, 1, { signal })).rejects.toBe(reason);
        await expect(store.head(`${prefix}there`, { signal })).rejects.toBe(reason);
        await expect(store.delete([`${prefix}there`], { signal })).rejects.toBe(reason);
        await expect(keysOf(prefix, { signal })).rejects.toBe(reason);
        expect(await keysOf(prefix)).toEqual([`${prefix}there`]);
      });

      test('an abort on the way leaves an object whole or not there', async () => {
        const prefix = freshPrefix();
        const key = `${prefix}a`;
        const body = Array.from({ length: 32 }, () => randomBytes(256 * 1024));
        const controller = new AbortController();
        const reason = new Error('no longer wanted');
        const created = store.create(key, body, { crc32c: crc32c(Buffer.concat(body)), signal: controller.signal });
        setImmediate(() => controller.abort(reason));
        const outcome = await created.catch((error: unknown) => error);
        expect([undefined, reason]).toContain(outcome);
        for await (const object of store.list(prefix)) expect(object.sizeBytes).toBe(8 * MEBIBYTE);
      });
    });
  });
}

async function inBatches<T>(items: readonly T[], size: number, action: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += size) await Promise.all(items.slice(i, i + size).map(action));
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}
