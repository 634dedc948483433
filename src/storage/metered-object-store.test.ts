import { beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../time/clock.js';
import { MemoryObjectStore } from './memory-object-store.js';
import { MeteredObjectStore } from './metered-object-store.js';

let seen: string[];
let store: MeteredObjectStore;
beforeEach(() => {
  seen = [];
  const observer = {
    storeRequest: (operation: string, outcome: string, durationMs: number) => {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      seen.push(`${operation} ${outcome}`);
    },
  };
  store = new MeteredObjectStore(new MemoryObjectStore(), observer, systemClock);
});

test('every request is told once, with how it ended', async () => {
  await store.create('a', [], { crc32c: 0 });
  await expect(store.create('a', [], { crc32c: 0 })).rejects.toThrow('exists');
  await expect(store.create('b', [], { crc32c: 1 })).rejects.toThrow('CRC');
  await store.read('a', { start: 0, length: 1 });
  await expect(store.readEnd('b', 1)).rejects.toThrow('not found');
  await store.head('a');
  await store.delete(['a']);
  await store.check();
  await expect(store.head('a', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  expect(seen).toEqual([
    'put success',
    'put refused',
    'put error',
    'get success',
    'get refused',
    'head success',
    'delete success',
    'head aborted',
  ]);
});

test('a listing is told when it ends, also when its reader stops early', async () => {
  for (const key of ['a', 'b', 'c']) await store.create(key, [], { crc32c: 0 });
  seen = [];
  for await (const { key } of store.list('')) if (key === 'b') break;
  expect(seen).toEqual(['list success']);
  const reason = new Error('enough');
  const failing = store.list('', { signal: AbortSignal.abort(reason) })[Symbol.asyncIterator]();
  await expect(failing.next()).rejects.toBe(reason);
  expect(seen).toEqual(['list success', 'list aborted']);
});
