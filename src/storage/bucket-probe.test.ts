import { beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyObjectStore } from '../../test/support/faulty-object-store.js';
import { BucketProbe, MissingPermissionError, UnfitStoreError } from './bucket-probe.js';
import { MemoryObjectStore } from './memory-object-store.js';
import { ObjectAccessError, ObjectStoreError, type ObjectStore } from './object-store.js';

let memory: MemoryObjectStore;
beforeEach(() => {
  memory = new MemoryObjectStore();
});

const probe = (store: ObjectStore) => new BucketProbe(store, 'records', 'ns', 'abc');
const keysOf = async () => {
  const keys: string[] = [];
  for await (const { key } of memory.list('')) keys.push(key);
  return keys;
};
/** The store, with some of its calls replaced. */
const withCalls = (calls: Partial<ObjectStore>): ObjectStore => Object.assign(new FaultyObjectStore(memory), calls);
const deny = (deniedAction?: string) => () => Promise.reject(new ObjectAccessError('access denied', { deniedAction }));

test('a bucket in order passes, and nothing stays in it', async () => {
  const created: string[] = [];
  const store = withCalls({
    create: (key, body, options) => {
      created.push(key);
      return memory.create(key, body, options);
    },
  });
  await probe(store).run();
  expect(created).toEqual(['ns/_kafscale/probe/abc', 'ns/_kafscale/probe/abc']);
  expect(await keysOf()).toEqual([]);
});

describe('a missing permission is named, with the resource', () => {
  const objects = 'arn:aws:s3:::records/ns/*';
  test.each<[string, Partial<ObjectStore>]>([
    ['s3:ListBucket on arn:aws:s3:::records.', { check: deny() }],
    [`s3:PutObject on ${objects}.`, { create: deny() }],
    [`s3:PutObject on ${objects}.`, { create: deny('s3:PutObject') }],
    ['kms:GenerateDataKey (the key that encrypts the objects).', { create: deny('kms:GenerateDataKey') }],
    [`s3:GetObject on ${objects}.`, { read: deny() }],
    ['kms:Decrypt (the key that encrypts the objects).', { read: deny('kms:Decrypt') }],
    [`s3:DeleteObject on ${objects}.`, { delete: deny() }],
  ])('%s', async (what, calls) => {
    const outcome = probe(withCalls(calls)).run();
    await expect(outcome).rejects.toThrow(MissingPermissionError);
    await expect(outcome).rejects.toThrow(`missing permission: ${what} access denied`);
    expect(await keysOf()).toEqual('delete' in calls ? ['ns/_kafscale/probe/abc'] : []);
  });

  test('a try that could not clean up is repeated with the same object', async () => {
    let may = false;
    const again = probe(
      withCalls({ delete: (keys) => (may ? memory.delete(keys) : Promise.reject(new ObjectAccessError('denied'))) }),
    );
    await expect(again.run()).rejects.toThrow('s3:DeleteObject');
    may = true;
    await again.run();
    expect(await keysOf()).toEqual([]);
  });
});

describe('a store that is not fit is refused', () => {
  test('I2: one that overwrites', async () => {
    const overwriting = withCalls({
      create: async (key, body, options) => {
        await memory.delete([key]);
        await memory.create(key, body, options);
      },
    });
    const outcome = probe(overwriting).run();
    await expect(outcome).rejects.toThrow(UnfitStoreError);
    await expect(outcome).rejects.toThrow('it overwrites objects');
    expect(await keysOf()).toEqual([]);
  });

  test('one that does not show what it has stored', async () => {
    const forgetful = withCalls({ read: (_key, range) => memory.read('other', range) });
    await expect(probe(forgetful).run()).rejects.toThrow('does not show an object that it has just stored');
  });

  test('one that gives other bytes', async () => {
    const wrong = withCalls({ read: () => Promise.resolve(Buffer.from('other')) });
    await expect(probe(wrong).run()).rejects.toThrow('other bytes');
    expect(await keysOf()).toEqual([]);
  });
});

test('only "exists already" shows that a key is safe: another failure of the second create is one', async () => {
  const create = (key: string, body: readonly Buffer[], options: { crc32c: number }) => {
    creates += 1;
    return creates === 1 ? memory.create(key, body, options) : Promise.reject(new ObjectStoreError('HTTP 501'));
  };
  let creates = 0;
  await expect(probe(withCalls({ create })).run()).rejects.toThrow('HTTP 501');
});

test('a lost answer is no overwriting: the repeated run passes', async () => {
  const faulty = new FaultyObjectStore(memory, { faults: { failAfter: 1 } });
  const repeated = probe(faulty);
  await expect(repeated.run()).rejects.toThrow(ObjectStoreError);
  faulty.setFaults({ failAfter: 0 });
  await repeated.run();
  expect(await keysOf()).toEqual([]);
});

test('a store that refuses nearly half of all requests passes, as each step that went well is done with', async () => {
  const calls: string[] = [];
  const refused = new ObjectStoreError('HTTP 503', { slowDown: true });
  // Of each three in a row one goes well: never all six.
  const every = <T>(name: string, call: () => Promise<T>) =>
    calls.push(name) % 3 === 0 ? call() : Promise.reject<T>(refused);
  const store = withCalls({
    check: () => every('check', () => memory.check()),
    create: (...args) => every('create', () => memory.create(...args)),
    read: (...args) => every('read', () => memory.read(...args)),
    head: (...args) => every('head', () => memory.head(...args)),
    delete: (...args) => every('delete', () => memory.delete(...args)),
  });
  const repeated = probe(store);
  for (let failures = 0; failures < 12; failures += 1) await expect(repeated.run()).rejects.toBe(refused);
  await repeated.run();
  expect(calls.filter((_, index) => index % 3 === 2)).toEqual(['check', 'create', 'create', 'read', 'head', 'delete']);
  expect(await keysOf()).toEqual([]);
});

test('bytes that arrive damaged once are asked for again', async () => {
  let reads = 0;
  const read = async (...args: Parameters<ObjectStore['read']>) => {
    const bytes = Buffer.from(await memory.read(...args));
    if ((reads += 1) === 1) bytes[0]! ^= 1;
    return bytes;
  };
  await probe(withCalls({ read })).run();
  expect(reads).toBe(2);
});
