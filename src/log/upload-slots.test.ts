import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { UploadSlots } from './upload-slots.js';

test('a store that asks to slow down gets fewer uploads at once, never none, and more again as they go well', async () => {
  const slots = new UploadSlots(8);
  for (const left of [4, 2, 1, 1]) {
    slots.slowDown();
    expect(slots.current).toBe(left);
  }
  await slots.acquire();
  let admitted = 0;
  for (let upload = 0; upload < 3; upload += 1) void slots.acquire().then(() => (admitted += 1));
  await setImmediate();
  expect([slots.inUse, admitted]).toEqual([1, 0]);
  slots.succeeded();
  slots.release();
  await setImmediate();
  expect([slots.inUse, admitted, slots.current]).toEqual([2, 2, 2]);
  for (let upload = 0; upload < 20; upload += 1) slots.succeeded();
  expect(slots.current).toBe(8);
});
