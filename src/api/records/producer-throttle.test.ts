import { expect, test } from '@jest/globals';
import { producerThrottle } from './producer-throttle.js';

test.each([
  [0, 0],
  [0.8, 0],
  [0.9, 250],
  [1, 500],
  [3, 500],
])('with %d of the buffer in use producers wait %d ms', (utilisation, expected) => {
  expect(producerThrottle(utilisation)).toBe(expected);
});
