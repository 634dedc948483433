import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_MERGE_LIMITS, nextMerge, type MergeCandidate, type MergeLimits } from './merge-policy.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const SMALL: MergeLimits = { fanIn: 4, targetBytes: 1000, patience: 12 };

function originals(count: number, neededBytes: number): MergeCandidate[] {
  return Array.from({ length: count }, (_, index) => ({ from: index + 1, to: index + 1, neededBytes }));
}

function merged(objects: readonly MergeCandidate[]): MergeCandidate {
  return {
    from: objects[0]?.from ?? 0,
    to: objects.at(-1)?.to ?? 0,
    neededBytes: objects.reduce((sum, { neededBytes }) => sum + neededBytes, 0),
  };
}

/** Merges until there is nothing left to merge; returns the bytes that were written. */
function mergeAll(objects: MergeCandidate[], limits: MergeLimits): number {
  let written = 0;
  for (let plan = nextMerge(objects, limits); plan !== undefined; plan = nextMerge(objects, limits)) {
    const { start, end } = plan;
    expect(end - start).toBeGreaterThanOrEqual(2);
    const product = merged(objects.slice(start, end));
    expect(product.neededBytes).toBeLessThanOrEqual(limits.targetBytes);
    objects.splice(start, end - start, product);
    written += product.neededBytes;
  }
  return written;
}

/** The bound that the policy promises once it has nothing to merge. */
function footerBound(objects: readonly MergeCandidate[], sequences: number, limits: MergeLimits): number {
  const needed = objects.reduce((sum, { neededBytes }) => sum + neededBytes, 0);
  const levels = 1 + Math.floor(Math.log(Math.max(1, sequences)) / Math.log(limits.fanIn) + 1e-9);
  const full = Math.floor((2 * needed) / limits.targetBytes);
  return 2 * full + 1 + levels * (limits.patience - 1);
}

describe('which WAL objects are merged', () => {
  test('64 neighbours become one, fewer are left alone', () => {
    expect(nextMerge(originals(63, KIB), DEFAULT_MERGE_LIMITS)).toBeUndefined();
    expect(nextMerge(originals(64, KIB), DEFAULT_MERGE_LIMITS)).toEqual({ start: 0, end: 64 });
  });

  test('what was merged is merged again with its like, and not with the next originals', () => {
    const level1 = Array.from({ length: 63 }, (_, index) => ({
      from: index * 64 + 1,
      to: index * 64 + 64,
      neededBytes: KIB,
    }));
    const next = originals(64, 1).map(({ from, neededBytes }) => ({
      from: from + 63 * 64,
      to: from + 63 * 64,
      neededBytes,
    }));
    expect(nextMerge([...level1, ...next], DEFAULT_MERGE_LIMITS)).toEqual({ start: 63, end: 127 });
    expect(nextMerge([...level1, merged(next)], DEFAULT_MERGE_LIMITS)).toEqual({ start: 0, end: 64 });
  });

  test('large objects are given time to be compacted, then fewer are merged: 64 MiB', () => {
    expect(nextMerge(originals(255, 8 * MIB), DEFAULT_MERGE_LIMITS)).toBeUndefined();
    expect(nextMerge(originals(256, 8 * MIB), DEFAULT_MERGE_LIMITS)).toEqual({ start: 0, end: 8 });
    const mostlyCompacted = originals(64, 8 * MIB).map((object, index) =>
      index % 16 === 0 ? object : { ...object, neededBytes: KIB },
    );
    expect(nextMerge(mostlyCompacted, DEFAULT_MERGE_LIMITS)).toEqual({ start: 0, end: 64 });
  });

  test('what nobody needs at the front is left to be removed', () => {
    const objects = originals(70, KIB).map((object, index) => (index < 6 ? { ...object, neededBytes: 0 } : object));
    expect(nextMerge(objects.slice(0, 69), DEFAULT_MERGE_LIMITS)).toBeUndefined();
    expect(nextMerge(objects, DEFAULT_MERGE_LIMITS)).toEqual({ start: 6, end: 70 });
    expect(nextMerge(originals(64, 0), DEFAULT_MERGE_LIMITS)).toBeUndefined();
  });

  test('I6: the objects that are left stay few, and are contiguous, whatever their sizes and however they shrink', () => {
    const step = fc.record({
      bytes: fc.oneof(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 1200 }),
      ),
      compactedTo: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 6 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        let objects: MergeCandidate[] = [];
        let sequences = 0;
        for (const { bytes, compactedTo, share } of steps) {
          sequences += 1;
          objects.push({ from: sequences, to: sequences, neededBytes: bytes });
          if (compactedTo !== null) {
            objects = objects.map((object) =>
              object.to <= compactedTo * sequences
                ? { ...object, neededBytes: Math.floor(object.neededBytes * share) }
                : object,
            );
          }
          mergeAll(objects, SMALL);
          expect(objects.at(-1)?.to).toBe(sequences);
          objects.forEach((object, index) => expect(object.from).toBe((objects[index - 1]?.to ?? 0) + 1));
          const firstNeeded = objects.findIndex(({ neededBytes }) => neededBytes > 0);
          const rest = firstNeeded < 0 ? [] : objects.slice(firstNeeded);
          expect(rest.length).toBeLessThanOrEqual(footerBound(rest, sequences, SMALL));
        }
      }),
    );
  });

  test('I7: each byte is written again about once per level', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 50, maxLength: 400 }), (sizes) => {
        const objects: MergeCandidate[] = [];
        let written = 0;
        sizes.forEach((neededBytes, index) => {
          objects.push({ from: index + 1, to: index + 1, neededBytes });
          written += mergeAll(objects, SMALL);
        });
        const levels = Math.ceil(Math.log(sizes.length) / Math.log(SMALL.fanIn));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(written).toBeLessThanOrEqual(total * (levels + 1));
      }),
    );
  });

  test('I7: 20,000 small objects cost one write for 63, and never more than 131 are left', () => {
    const objects: MergeCandidate[] = [];
    let merges = 0;
    let most = 0;
    for (let sequence = 1; sequence <= 20_000; sequence += 1) {
      objects.push({ from: sequence, to: sequence, neededBytes: 100 });
      for (
        let plan = nextMerge(objects, DEFAULT_MERGE_LIMITS);
        plan !== undefined;
        plan = nextMerge(objects, DEFAULT_MERGE_LIMITS)
      ) {
        objects.splice(plan.start, plan.end - plan.start, merged(objects.slice(plan.start, plan.end)));
        merges += 1;
      }
      most = Math.max(most, objects.length);
    }
    expect(most).toBeLessThanOrEqual(63 + 63 + 5);
    expect(merges).toBeLessThanOrEqual(20_000 / 63);
  });
});
