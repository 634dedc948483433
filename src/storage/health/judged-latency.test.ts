import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgedLatency } from './judged-latency.js';

const MEBIBYTE = 1024 * 1024;
const WARN = 500;

test.each([
  [0, 300, 300],
  [0, 5_000, 5_000],
  // 8 MiB over a line of 1 MiB/s are no reason for a warning; half a second more is one.
  [8 * MEBIBYTE, 8_000, 471],
  [8 * MEBIBYTE, 8_500, 500],
  [8 * MEBIBYTE, 11_000, 3_000],
  // A quick upload of much counts as quick, and not as nothing.
  [8 * MEBIBYTE, 340, 20],
])('%d bytes in %d ms count as %d ms', (bytes, durationMs, expected) => {
  expect(Math.round(judgedLatency(durationMs, bytes, WARN))).toBe(expected);
});

test('longer is worse, larger is better, and nothing counts for more than it took', () => {
  const duration = fc.double({ min: 0, max: 100_000, noNaN: true });
  const size = fc.nat(64 * MEBIBYTE);
  fc.assert(
    fc.property(duration, duration, size, size, (a, b, c, d) => {
      const [shorter, longer] = [Math.min(a, b), Math.max(a, b)];
      const [smaller, larger] = [Math.min(c, d), Math.max(c, d)];
      const worst = judgedLatency(longer, smaller, WARN);
      expect(judgedLatency(shorter, smaller, WARN)).toBeLessThanOrEqual(worst + 1e-6);
      expect(judgedLatency(longer, larger, WARN)).toBeLessThanOrEqual(worst + 1e-6);
      expect(worst).toBeLessThanOrEqual(longer + 1e-6);
      expect(judgedLatency(shorter, larger, WARN)).toBeGreaterThanOrEqual(0);
    }),
  );
});
