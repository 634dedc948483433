import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chainExtents } from './offset-chain.js';

interface Written {
  readonly leaderEpoch: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly uncommitted?: boolean;
}

const extent = (leaderEpoch: number, baseOffset: number, lastOffset: number): Written => ({
  leaderEpoch,
  baseOffset,
  lastOffset,
});

const chain = (extents: readonly Written[], start = 0, startEpoch = 0) =>
  chainExtents(extents, start, startEpoch, ({ uncommitted = false }) => uncommitted);

describe('the chain of extents that is a log', () => {
  test('I3: is in offset order, whatever the order in which objects are found', () => {
    const found = chain([extent(1, 5, 9), extent(0, 0, 4), extent(1, 10, 10)]);
    expect(found).toEqual({
      extents: [extent(0, 0, 4), extent(1, 5, 9), extent(1, 10, 10)],
      endOffset: 11,
      gaps: [],
    });
  });

  test('I4: leaves out what a deposed leader wrote after its successor had begun', () => {
    expect(chain([extent(0, 0, 4), extent(0, 5, 20), extent(1, 5, 9)]).extents).toEqual([
      extent(0, 0, 4),
      extent(1, 5, 9),
    ]);
    // The successor's first records are below the checkpoint and its WAL is gone: its epoch is known from the manifest.
    expect(chain([extent(0, 5, 20)], 10, 1)).toEqual({ extents: [], endOffset: 10, gaps: [] });
  });

  test('I1: keeps what the last leader uploaded, committed or not', () => {
    expect(chain([extent(0, 0, 4), extent(1, 5, 9)], 5).endOffset).toBe(10);
  });

  test('takes a merged object for those that it replaces, whichever are still there', () => {
    expect(chain([extent(0, 0, 4), extent(0, 0, 19), extent(0, 5, 9), extent(0, 20, 21)]).extents).toEqual([
      extent(0, 0, 19),
      extent(0, 20, 21),
    ]);
    expect(chain([extent(0, 0, 19), extent(0, 20, 21)], 12).extents).toEqual([extent(0, 0, 19), extent(0, 20, 21)]);
  });

  test('tells which offsets are missing, and goes on after them', () => {
    expect(chain([extent(0, 0, 4), extent(0, 8, 9)])).toMatchObject({ endOffset: 10, gaps: [{ from: 5, to: 8 }] });
  });

  test('leaves out what was uploaded before what came before it: it was never acknowledged', () => {
    const ahead = { ...extent(0, 8, 9), uncommitted: true };
    expect(chain([extent(0, 0, 4), ahead])).toEqual({ extents: [extent(0, 0, 4)], endOffset: 5, gaps: [] });
  });

  test('I1 I2: of any history with deposed writers, merges and trims, the committed records are all there', () => {
    const history = fc.array(
      fc.record({ lengths: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }), zombie: fc.nat(10) }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(history, fc.nat(20), fc.infiniteStream(fc.boolean()), (leaders, trimmed, coin) => {
        const found: Written[] = [];
        let end = 0;
        leaders.forEach(({ lengths, zombie }, index) => {
          const epoch = index + 1;
          const first = end;
          for (const length of lengths) {
            found.push(extent(epoch, end, end + length - 1));
            end += length;
          }
          const isLast = index === leaders.length - 1;
          const laterWrites = leaders.slice(epoch).some((later) => later.lengths.length > 0);
          if (!isLast && laterWrites && zombie > 0) found.push(extent(epoch, end, end + zombie - 1));
          if (end > first + 1 && coin.next().value) found.push(extent(epoch, first, end - 1));
        });
        const start = Math.min(trimmed, end);
        const kept = found.filter(({ lastOffset }) => lastOffset >= start || coin.next().value);
        const epochAtStart = Math.max(
          0,
          ...found
            .filter((e) => e.baseOffset < start && e.lastOffset < end)
            .map((e) => (isTrue(e, found) ? e.leaderEpoch : 0)),
        );
        const { extents, endOffset, gaps } = chain(kept, start, epochAtStart);
        expect([endOffset, gaps]).toEqual([end, []]);
        let next = start;
        for (const { baseOffset, lastOffset } of extents) {
          expect(baseOffset).toBeLessThanOrEqual(next);
          expect(lastOffset).toBeGreaterThanOrEqual(next);
          next = lastOffset + 1;
        }
        expect(next).toBe(end);
      }),
    );
  });
});

/** Whether no later epoch begins at or before this extent. */
function isTrue(extent: Written, all: readonly Written[]): boolean {
  return !all.some((other) => other.leaderEpoch > extent.leaderEpoch && other.baseOffset <= extent.baseOffset);
}
