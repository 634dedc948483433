import { expect, test } from '@jest/globals';
import { ApiKey, apiByKey, apis } from './index.js';

test('every API is in the table under its own name and key', () => {
  expect(Object.fromEntries(apis.map(({ name, key }) => [name, key]))).toEqual(ApiKey);
  for (const api of apis) expect(apiByKey(api.key)).toBe(api);
});

test('the table is in the order of the keys', () => {
  const keys = apis.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
});

test('there is nothing under keys that are not declared', () => {
  for (const key of [-1, 4, 9999]) expect(apiByKey(key)).toBeUndefined();
});
