import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteBudget, type Reservation, SMALL_FRAME_BYTES } from './byte-budget.js';

const LARGE = SMALL_FRAME_BYTES + 1;

function take(budget: ByteBudget, bytes: number, idle = false): Reservation {
  const reservation = budget.tryAcquire(bytes, idle);
  if (reservation === undefined) throw new Error(`${bytes} bytes refused`);
  return reservation;
}

describe('the byte budget', () => {
  test('gives bytes up to its limit, and again once they are back', () => {
    const budget = new ByteBudget(100);
    const first = take(budget, 60);
    take(budget, 40);
    expect(budget.tryAcquire(1, false)).toBeUndefined();
    expect([budget.usedBytes, budget.utilisation]).toEqual([100, 1]);
    first.release();
    first.release();
    expect(budget.usedBytes).toBe(40);
    take(budget, 60);
  });

  test('serves those who wait in the order in which they came, and lets nobody pass them', () => {
    const budget = new ByteBudget(100);
    const held = take(budget, 100);
    const granted: string[] = [];
    budget.wait(90, () => granted.push('large'));
    budget.wait(10, () => granted.push('small'));
    budget.wait(10, () => granted.push('last'));
    const half = budget.tryAcquire(0, false);
    expect(half).toBeUndefined();
    held.release();
    expect(granted).toEqual(['large', 'small']);
    expect(budget.waitingCount).toBe(1);
  });

  test('goes on with the next when one gives up waiting', () => {
    const budget = new ByteBudget(100);
    take(budget, 50);
    const granted: string[] = [];
    const giveUp = budget.wait(90, () => granted.push('large'));
    budget.wait(10, () => granted.push('small'));
    expect(granted).toEqual([]);
    giveUp();
    giveUp();
    expect(granted).toEqual(['small']);
  });

  test('lets a small frame of an idle connection pass at the limit, without charging the others for it', () => {
    const budget = new ByteBudget(LARGE);
    const large = take(budget, LARGE);
    const small = take(budget, SMALL_FRAME_BYTES, true);
    expect(budget.usedBytes).toBe(LARGE + SMALL_FRAME_BYTES);
    expect(budget.tryAcquire(SMALL_FRAME_BYTES, false)).toBeUndefined();
    expect(budget.tryAcquire(LARGE, true)).toBeUndefined();
    large.release();
    take(budget, LARGE);
    small.release();
    expect(budget.usedBytes).toBe(LARGE);
  });

  test('lets a frame larger than the limit pass when it is the only one, long polls or not', () => {
    const budget = new ByteBudget(LARGE);
    take(budget, 100, true);
    const other = take(budget, 1);
    let granted = false;
    budget.wait(10 * LARGE, () => (granted = true));
    expect(granted).toBe(false);
    other.release();
    expect(granted).toBe(true);
    expect(budget.utilisation).toBeGreaterThan(10);
  });

  test('is never exceeded by counted frames, and never idle while somebody waits', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('acquire' as const), bytes: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ kind: fc.constant('release' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new ByteBudget(100);
        const held: Reservation[] = [];
        const waiting: { cancel: () => void }[] = [];
        for (const action of steps) {
          if (action.kind === 'acquire') {
            const reservation = budget.tryAcquire(action.bytes, false);
            if (reservation !== undefined) held.push(reservation);
            else waiting.push({ cancel: budget.wait(action.bytes, (late) => held.push(late)) });
          } else if (action.kind === 'release') {
            held.splice(action.pick % (held.length + 1), 1)[0]?.release();
          } else {
            waiting[action.pick % (waiting.length + 1)]?.cancel();
          }
          expect(budget.usedBytes).toBeLessThanOrEqual(100);
          if (budget.waitingCount > 0) expect(budget.usedBytes).toBeGreaterThan(40);
        }
        while (held.length > 0) held.pop()?.release();
        expect([budget.usedBytes, budget.waitingCount]).toEqual([0, 0]);
      }),
    );
  });
});
