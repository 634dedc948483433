import { expect, test } from '@jest/globals';
import { producerThrottle, storeThrottle } from './producer-throttle.js';

test.each([
  [0, 0],
  [0.8, 0],
  [0.9, 250],
  [1, 500],
  [3, 500],
])('with %d of the buffer in use producers wait %d ms', (utilisation, expected) => {
  expect(producerThrottle(utilisation)).toBe(expected);
});

test.each([
  ['healthy', 0, 0],
  ['degraded', 0, 50],
  ['degraded', 0.5, 275],
  ['degraded', 1, 500],
  ['unavailable', 1, 500],
] as const)('while the object store is %s (severity %d) they wait %d ms', (state, severity, expected) => {
  expect(storeThrottle(state, severity)).toBe(expected);
});
