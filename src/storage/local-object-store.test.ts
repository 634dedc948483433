import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from '../checksum/crc32c.js';
import { compareKeys } from './key-rules.js';
import { walkKeys } from './local-directory-walk.js';
import { LocalObjectStore } from './local-object-store.js';
import { ObjectCorruptError, ObjectStoreError } from './object-store.js';

/** What only the local directory has; the rest is in the contract suite. */
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kafscale-objects-'));
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const put = (store: LocalObjectStore, key: string, body = Buffer.from('x')) =>
  store.create(key, [body], { crc32c: crc32c(body) });

async function keysOf(store: LocalObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

describe('local object store', () => {
  test('an object is a plain file of its key', async () => {
    const store = await LocalObjectStore.open(root);
    await put(store, 'default/topic/0/a', Buffer.from('bytes'));
    expect(await readFile(join(root, 'default/topic/0/a'), 'utf8')).toBe('bytes');
  });

  test('makes its directory, and finds everything again', async () => {
    const directory = join(root, 'not/yet/there');
    await put(await LocalObjectStore.open(directory), 'a/b', Buffer.from('kept'));
    const again = await LocalObjectStore.open(directory);
    expect((await again.readEnd('a/b', 10)).bytes.toString()).toBe('kept');
  });

  test('what a killed process left is never listed, and gone after the next start', async () => {
    const store = await LocalObjectStore.open(root);
    await put(store, 'a');
    await writeFile(join(root, '.uploads/leftover'), 'half of an obj');
    expect(await keysOf(store)).toEqual(['a']);
    const again = await LocalObjectStore.open(root);
    expect(await keysOf(again)).toEqual(['a']);
    expect(await readdir(join(root, '.uploads'))).toEqual([]);
  });

  test('leaves nothing behind, whether a create goes well or not', async () => {
    const store = await LocalObjectStore.open(root);
    await put(store, 'a');
    await expect(put(store, 'a')).rejects.toThrow('exists already');
    await expect(store.create('b', [Buffer.from('b')], { crc32c: 1 })).rejects.toThrow(ObjectCorruptError);
    expect(await readdir(join(root, '.uploads'))).toEqual([]);
    expect((await stat(join(root, 'a'))).nlink).toBe(1);
  });

  test.each(['.uploads', '.uploads/a'])('refuses the key %p', async (key) => {
    const store = await LocalObjectStore.open(root);
    await expect(put(store, key)).rejects.toThrow(RangeError);
    await expect(store.delete([key])).rejects.toThrow(RangeError);
  });

  test('a key below an object, or above one, is an error that names the path', async () => {
    const store = await LocalObjectStore.open(root);
    await put(store, 'a/b');
    const below = put(store, 'a/b/c');
    await expect(below).rejects.toThrow(`cannot write ${join(root, 'a/b/c')}: a part of the path is not a folder`);
    await expect(below).rejects.toMatchObject({ name: 'ObjectStoreError', cause: { code: 'ENOTDIR' } });
    await expect(put(store, 'a')).rejects.toThrow(`cannot write ${join(root, 'a')}: it is a folder of other objects`);
    await store.delete(['a']);
    expect(await keysOf(store)).toEqual(['a/b']);
  });

  test('a directory that cannot be used is an error that names it', async () => {
    await writeFile(join(root, 'file'), '');
    const opening = LocalObjectStore.open(join(root, 'file/objects'));
    await expect(opening).rejects.toThrow(ObjectStoreError);
    await expect(opening).rejects.toThrow(
      `cannot open ${join(root, 'file/objects')}: a part of the path is not a folder`,
    );

    const store = await LocalObjectStore.open(join(root, 'removed'));
    await rm(join(root, 'removed'), { recursive: true });
    await expect(store.check()).rejects.toThrow(`cannot use ${join(root, 'removed')}`);
    await expect(put(store, 'a')).rejects.toThrow(ObjectStoreError);
  });

  test('a folder that vanished is made again at the next try', async () => {
    const store = await LocalObjectStore.open(root);
    await put(store, 'a/b');
    await rm(join(root, 'a'), { recursive: true });
    await expect(put(store, 'a/c')).rejects.toThrow(ObjectStoreError);
    await put(store, 'a/c');
    expect(await keysOf(store)).toEqual(['a/c']);
  });
});

describe('walk of a directory', () => {
  const name = fc.stringMatching(/^[a-c.0-]{1,3}$/).filter((text) => text !== '.' && text !== '..');
  const key = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

  test('lists as a bucket would, however little it keeps in memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 25 }),
        fc.oneof(fc.constant(''), key),
        fc.option(key, { nil: undefined }),
        fc.integer({ min: 1, max: 5 }),
        async (candidates, prefix, startAfter, pageSize) => {
          const directory = await mkdtemp(join(root, 'walk-'));
          const keys = candidates.filter((one) => !candidates.some((other) => other.startsWith(`${one}/`)));
          for (const one of keys) {
            await mkdir(join(directory, one, '..'), { recursive: true });
            await writeFile(join(directory, one), '');
          }
          const walked: string[] = [];
          for await (const found of walkKeys({ root: directory, prefix, startAfter, hidden: '', pageSize })) {
            walked.push(found);
          }
          const expected = keys
            .filter((one) => one.startsWith(prefix) && (startAfter === undefined || compareKeys(one, startAfter) > 0))
            .sort(compareKeys);
          expect(walked).toEqual(expected);
          await rm(directory, { recursive: true });
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});
