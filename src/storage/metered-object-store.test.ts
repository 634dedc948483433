import { beforeEach, expect, test } from '@jest/globals';
import { crc32c } from '../checksum/crc32c.js';
import type { StoreRequest } from '../metrics/store-request-metrics.js';
import { systemClock } from '../time/clock.js';
import { MemoryObjectStore } from './memory-object-store.js';
import { MeteredObjectStore } from './metered-object-store.js';

let seen: string[];
let store: MeteredObjectStore;
beforeEach(() => {
  seen = [];
  const observer = {
    storeRequest: ({ operation, status, durationMs, requests = 1, bytes = 0 }: StoreRequest) => {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      seen.push(`${operation} ${status}${bytes > 0 ? ` ${bytes} bytes` : ''}${requests > 1 ? ` ${requests}x` : ''}`);
    },
  };
  store = new MeteredObjectStore(new MemoryObjectStore(), observer, systemClock);
});

test('every request is told once, with how it ended', async () => {
  const body = Buffer.from('abc');
  await store.create('a', [body], { crc32c: crc32c(body) });
  await expect(store.create('a', [], { crc32c: 0 })).rejects.toThrow('exists');
  await expect(store.create('b', [], { crc32c: 1 })).rejects.toThrow('CRC');
  await store.read('a', { start: 0, length: 2 });
  await expect(store.readEnd('b', 1)).rejects.toThrow('not found');
  await store.head('a');
  await store.delete(['a']);
  await store.check();
  await expect(store.head('a', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  expect(seen).toEqual([
    'put success 3 bytes',
    'put exists',
    'put corrupt',
    'get success 2 bytes',
    'get not_found',
    'head success',
    'delete success',
    'check success',
    'head aborted',
  ]);
});

test('a deletion of many keys is as many requests as S3 would need', async () => {
  await store.delete(Array.from({ length: 2001 }, (_, index) => `key-${index}`));
  expect(seen).toEqual(['delete success 3x']);
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
