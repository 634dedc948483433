import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compactionDue,
  extentsForSegment,
  MERGE_FACTOR,
  segmentsToMerge,
  type Uncompacted,
  type MergeableSegment,
} from './compaction-policy.js';

const MIB = 1024 * 1024;
const LIMITS = { segmentBytes: 64 * MIB, maxAgeMs: 600_000 };
const NOW = 1_700_000_000_000;

function backlog(some: Partial<Uncompacted>): Uncompacted {
  return { checkpointOffset: 0, highWatermark: 100, bytes: 1000, oldestAt: NOW, ...some };
}

describe('when a partition is compacted', () => {
  test.each<[string, Partial<Uncompacted>, ReturnType<typeof compactionDue>]>([
    ['nothing is beyond the checkpoint', { checkpointOffset: 100, bytes: 0, oldestAt: undefined }, undefined],
    ['few and young records', { bytes: 72 * MIB - 1, oldestAt: NOW - 599_999 }, undefined],
    ['more than a segment has gathered', { bytes: 72 * MIB }, 'size'],
    ['old records', { oldestAt: NOW - 600_000 }, 'age'],
    ['both', { bytes: 72 * MIB, oldestAt: NOW - 600_000 }, 'size'],
    ['all is below the log start', { bytes: 0, oldestAt: undefined }, 'skip'],
    ['a clock that was set back', { oldestAt: NOW + 600_000 }, undefined],
  ])('%s', (_, some, reason) => {
    expect(compactionDue(backlog(some), LIMITS, NOW)).toBe(reason);
  });
});

describe('how many extents go into a segment', () => {
  const extents = (...lengths: number[]) => lengths.map((length) => ({ baseOffset: 0, lastOffset: 0, length }));

  test('as many as fit, at an extent boundary', () => {
    expect(extentsForSegment(extents(40, 40, 40), 100)).toBe(2);
    expect(extentsForSegment(extents(40, 60, 40), 100)).toBe(2);
    expect(extentsForSegment(extents(40), 100)).toBe(1);
  });

  test('one that is larger than a segment alone', () => {
    expect(extentsForSegment(extents(300, 1), 100)).toBe(1);
  });

  test('none when there are none', () => {
    expect(extentsForSegment([], 100)).toBe(0);
  });
});

describe('which segments are merged', () => {
  function segmentsOf(...sizes: number[]): MergeableSegment[] {
    return sizes.map((sizeBytes, index) => ({ baseOffset: index * 10, lastOffset: index * 10 + 9, sizeBytes }));
  }
  const S = 64 * MIB;

  test('eight small neighbours', () => {
    expect(segmentsToMerge(segmentsOf(...Array<number>(7).fill(MIB)), S, 0)).toBeUndefined();
    expect(segmentsToMerge(segmentsOf(...Array<number>(8).fill(MIB + 1)), S, 0)).toMatchObject({ from: 0, to: 8 });
  });

  test('small ones between large ones stay as long as they are few', () => {
    expect(segmentsToMerge(segmentsOf(S, MIB, S, MIB, S), S, 0)).toBeUndefined();
  });

  test('small ones of different sizes, if all of them gain by it', () => {
    const sizes = [S, 5 * MIB, 3000, 5 * MIB, 3000, 5 * MIB, 3000, 5 * MIB, 3000, S];
    expect(segmentsToMerge(segmentsOf(...sizes), S, 0)).toMatchObject({ from: 1, to: 9 });
  });

  test('a large one is not rewritten for the sake of tiny ones', () => {
    expect(segmentsToMerge(segmentsOf(7 * MIB, ...Array<number>(7).fill(3000)), S, 0)).toBeUndefined();
  });

  test('not over a gap in the offsets', () => {
    const segments = segmentsOf(...Array<number>(9).fill(MIB + 1)).filter((_, index) => index !== 4);
    expect(segmentsToMerge(segments, S, 0)).toBeUndefined();
  });

  test('not those that are below the log start', () => {
    const segments = segmentsOf(...Array<number>(10).fill(MIB + 1));
    expect(segmentsToMerge(segments, S, 15)).toMatchObject({ from: 1, to: 10 });
    expect(segmentsToMerge(segments, S, 30)).toBeUndefined();
  });

  test('together they are no larger than a full segment, and each climbs to a higher tier', () => {
    fc.assert(
      fc.property(fc.array(anySize(S), { maxLength: 200 }), fc.nat(50), (sizes, start) => {
        const segments = segmentsOf(...sizes);
        const range = segmentsToMerge(segments, S, start * 10);
        if (range === undefined) return;
        const merged = segments.slice(range.from, range.to);
        expect(range.bytes).toBe(merged.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
        expect(range.bytes).toBeLessThanOrEqual(S);
        expect(merged.length).toBeGreaterThanOrEqual(MERGE_FACTOR);
        expect(range.from).toBeGreaterThanOrEqual(start);
        for (const { sizeBytes } of merged) expect(tierOf(sizeBytes, S)).toBeGreaterThan(tierOf(range.bytes, S));
      }),
    );
  });

  test('a record is rewritten at most once per tier, and few segments remain', () => {
    fc.assert(
      fc.property(fc.array(anySize(S), { minLength: 100, maxLength: 400 }), (sizes) => {
        const segments: (MergeableSegment & { rewrites: number; smallest: number })[] = [];
        for (const [index, sizeBytes] of sizes.entries()) {
          const offsets = { baseOffset: index * 10, lastOffset: index * 10 + 9 };
          segments.push({ ...offsets, sizeBytes, rewrites: 0, smallest: sizeBytes });
          for (let range = segmentsToMerge(segments, S, 0); range; range = segmentsToMerge(segments, S, 0)) {
            const old = segments.slice(range.from, range.to);
            segments.splice(range.from, old.length, {
              baseOffset: old[0]!.baseOffset,
              lastOffset: old.at(-1)!.lastOffset,
              sizeBytes: range.bytes,
              rewrites: Math.max(...old.map(({ rewrites }) => rewrites)) + 1,
              smallest: Math.min(...old.map(({ smallest }) => smallest)),
            });
          }
        }
        for (const { rewrites, smallest } of segments) expect(rewrites).toBeLessThanOrEqual(tierOf(smallest, S));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const large = segments.filter(({ sizeBytes }) => sizeBytes > S / MERGE_FACTOR).length;
        expect(large).toBeLessThanOrEqual((total / S) * MERGE_FACTOR);
        expect(segments.length - large).toBeLessThan((large + 1) * 60);
      }),
    );
  });

  test('a steady trickle leaves a few segments of each tier', () => {
    let segments: MergeableSegment[] = [];
    for (let index = 0; index < 5_000; index += 1) {
      segments.push({ baseOffset: index * 10, lastOffset: index * 10 + 9, sizeBytes: 20_000 });
      for (let range = segmentsToMerge(segments, S, 0); range; range = segmentsToMerge(segments, S, 0)) {
        const { from, to, bytes } = range;
        const { baseOffset } = segments[from]!;
        const { lastOffset } = segments[to - 1]!;
        segments = [...segments.slice(0, from), { baseOffset, lastOffset, sizeBytes: bytes }, ...segments.slice(to)];
      }
    }
    // 100 MB in all.
    expect(segments.length).toBeLessThan(30);
  });
});

/** From the 141 bytes of the smallest segment to a full one, the small ones as often as the large. */
function anySize(segmentBytes: number): fc.Arbitrary<number> {
  const most = Math.log(segmentBytes / 141);
  return fc
    .double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true })
    .map((part) => Math.floor(141 * Math.exp(part * most)));
}

/** 0 for the highest. */
function tierOf(sizeBytes: number, segmentBytes: number): number {
  let tier = 0;
  for (let end = segmentBytes / MERGE_FACTOR; sizeBytes <= end; end /= MERGE_FACTOR) tier += 1;
  return tier;
}
