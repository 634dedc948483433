import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findExpired, retentionLimitsOf, type RetainedSegment } from './retention-policy.js';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

/** Segments of ten records and 100 bytes each, with these ages in hours; null for one without timestamps. */
function segmentsOf(...agesInHours: (number | null)[]): RetainedSegment[] {
  return agesInHours.map((age, index) => ({
    lastOffset: index * 10 + 9,
    sizeBytes: 100,
    maxTimestamp: age === null ? -1 : NOW - age * HOUR,
    createdAt: NOW,
  }));
}

const byTime = { maxAgeMs: 24 * HOUR, maxBytes: undefined };
const bySize = (maxBytes: number) => ({ maxAgeMs: undefined, maxBytes });

describe('retention by time', () => {
  test('a segment goes when its largest timestamp is older than the limit, and not a moment sooner', () => {
    const segments = segmentsOf(30, 24, 23);
    expect(findExpired(segments, undefined, byTime, NOW)).toEqual({ logStartOffset: 10, reason: 'time' });
    expect(findExpired(segments, undefined, byTime, NOW + 1)).toEqual({ logStartOffset: 20, reason: 'time' });
  });

  test('an old segment after a young one stays: only the beginning of a log is removed', () => {
    expect(findExpired(segmentsOf(1, 48), undefined, byTime, NOW)).toBeUndefined();
    expect(findExpired(segmentsOf(48, 1, 48), undefined, byTime, NOW)?.logStartOffset).toBe(10);
  });

  test('a timestamp in the future keeps a segment', () => {
    expect(findExpired(segmentsOf(-1000, 48), undefined, byTime, NOW)).toBeUndefined();
  });

  test('without timestamps the time of creation counts', () => {
    const segments = segmentsOf(null, 1);
    expect(findExpired(segments, undefined, byTime, NOW)).toBeUndefined();
    expect(findExpired(segments, undefined, byTime, NOW + 24 * HOUR + 1)?.logStartOffset).toBe(20);
  });

  test('a timestamp at the epoch is one', () => {
    const [segment] = segmentsOf(1) as [RetainedSegment];
    expect(findExpired([{ ...segment, maxTimestamp: 0 }], undefined, byTime, NOW)?.logStartOffset).toBe(10);
  });

  test('what is not in segments yet goes as a whole, after the last segment', () => {
    const tail = { endOffset: 25, sizeBytes: 50, maxTimestamp: NOW - 25 * HOUR };
    expect(findExpired(segmentsOf(30, 26), tail, byTime, NOW)?.logStartOffset).toBe(25);
    expect(findExpired(segmentsOf(30, 1), tail, byTime, NOW)?.logStartOffset).toBe(10);
    expect(findExpired([], tail, byTime, NOW)?.logStartOffset).toBe(25);
  });
});

describe('retention by size', () => {
  test('the oldest segments go while what remains is at least the limit', () => {
    const segments = segmentsOf(1, 1, 1);
    expect(findExpired(segments, undefined, bySize(300), NOW)).toBeUndefined();
    expect(findExpired(segments, undefined, bySize(201), NOW)).toBeUndefined();
    expect(findExpired(segments, undefined, bySize(200), NOW)).toEqual({ logStartOffset: 10, reason: 'size' });
    expect(findExpired(segments, undefined, bySize(101), NOW)?.logStartOffset).toBe(10);
    expect(findExpired(segments, undefined, bySize(0), NOW)?.logStartOffset).toBe(30);
  });

  test('what is not in segments yet counts', () => {
    const tail = { endOffset: 35, sizeBytes: 150, maxTimestamp: NOW };
    expect(findExpired(segmentsOf(1, 1), tail, bySize(250), NOW)?.logStartOffset).toBe(10);
    expect(findExpired(segmentsOf(1, 1), tail, bySize(150), NOW)?.logStartOffset).toBe(20);
    expect(findExpired(segmentsOf(1, 1), tail, bySize(0), NOW)?.logStartOffset).toBe(35);
  });
});

test('of both limits the one that removes more counts', () => {
  const segments = segmentsOf(48, 1, 1);
  expect(findExpired(segments, undefined, { maxAgeMs: 24 * HOUR, maxBytes: 100 }, NOW)).toEqual({
    logStartOffset: 20,
    reason: 'size',
  });
  expect(findExpired(segments, undefined, { maxAgeMs: 24 * HOUR, maxBytes: 200 }, NOW)?.reason).toBe('time');
});

test('without limits nothing expires', () => {
  const limits = { maxAgeMs: undefined, maxBytes: undefined };
  expect(findExpired(segmentsOf(1e6), { endOffset: 9, sizeBytes: 9, maxTimestamp: 0 }, limits, NOW)).toBeUndefined();
});

test('what remains is never less than the limit, and one segment more would have been removed otherwise', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.nat(5000), (sizeBytes, maxBytes) => {
      const segments = sizeBytes.map((size, index) => ({
        ...(segmentsOf(1)[0] as RetainedSegment),
        lastOffset: index,
        sizeBytes: size,
      }));
      const removed = findExpired(segments, undefined, bySize(maxBytes), NOW)?.logStartOffset ?? 0;
      const left = sizeBytes.slice(removed).reduce((sum, size) => sum + size, 0);
      if (removed > 0) expect(left).toBeGreaterThanOrEqual(maxBytes);
      expect(left - (sizeBytes[removed] ?? Infinity)).toBeLessThan(maxBytes);
    }),
  );
});

describe('limits of a topic', () => {
  test('follow its configurations; −1 is no limit', () => {
    expect(retentionLimitsOf(new Map())).toEqual({ maxAgeMs: 604_800_000, maxBytes: undefined });
    const configs = new Map([
      ['retention.ms', '-1'],
      ['retention.bytes', '0'],
    ]);
    expect(retentionLimitsOf(configs)).toEqual({ maxAgeMs: undefined, maxBytes: 0 });
  });

  test('there are none with a cleanup policy of compact alone, as in Apache Kafka', () => {
    const limits = (policy: string) =>
      retentionLimitsOf(
        new Map([
          ['cleanup.policy', policy],
          ['retention.bytes', '5'],
        ]),
      );
    expect(limits('compact')).toEqual({ maxAgeMs: undefined, maxBytes: undefined });
    expect(limits('compact,delete')).toEqual({ maxAgeMs: 604_800_000, maxBytes: 5 });
  });
});
