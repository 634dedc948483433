import { expect, test } from '@jest/globals';
import { eventLoopState, memoryState, memoryUse } from './process-health.js';

test('an event loop that lets things wait for a second is not well', () => {
  expect(eventLoopState({ p50: 0.1, p99: 999, max: 5000 })).toEqual({
    isWell: true,
    details: { p50Ms: 0, p99Ms: 999, maxMs: 5000 },
  });
  expect(eventLoopState({ p50: 0.1, p99: 1001, max: 5000 }).isWell).toBe(false);
});

test('memory near its end is not well, be it the heap or the container', () => {
  const use = { heapBytes: 50, heapLimitBytes: 100, residentBytes: 70, availableBytes: 100 };
  expect(memoryState(use).isWell).toBe(true);
  expect(memoryState({ ...use, heapBytes: 96 }).isWell).toBe(false);
  expect(memoryState({ ...use, residentBytes: 96 }).isWell).toBe(false);
  expect(memoryState(memoryUse()).isWell).toBe(true);
});
