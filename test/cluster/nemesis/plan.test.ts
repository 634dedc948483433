import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../support/seeded-random.js';
import { describeFault, drawSteps, type Step } from './plan.js';

const LEASE_MS = 10_000;

function steps(seed: number, count: number, brokers = 3): Step[] {
  const drawn = drawSteps(seededRandom(seed), brokers);
  return Array.from({ length: count }, () => drawn.next().value);
}

describe('the plan of a nemesis', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(steps(7, 20)).toEqual(steps(7, 20));
    expect(steps(8, 20)).not.toEqual(steps(7, 20));
  });

  test('has every kind of fault, on every broker, with every way to cut every link', () => {
    const faults = steps(1, 2_000).flatMap((step) => step.faults);
    const kinds = new Set(
      faults.map((fault) =>
        fault.kind === 'cut'
          ? `${fault.broker} ${fault.link} ${fault.how}`
          : `${fault.kind} ${'broker' in fault && fault.broker}`,
      ),
    );
    // Four kinds and nine cuts of three brokers, and one more broker.
    expect(kinds.size).toBe(3 * (4 + 9) + 1);
  });

  test('has pauses shorter and longer than the lease, and none between', () => {
    const pauses = steps(1, 2_000).flatMap(({ faults }) =>
      faults.flatMap((fault) => (fault.kind === 'pause' ? [fault.ms] : [])),
    );
    expect(pauses.some((ms) => ms < LEASE_MS / 2)).toBe(true);
    expect(pauses.some((ms) => ms > LEASE_MS)).toBe(true);
    expect(pauses.filter((ms) => ms >= LEASE_MS / 2 && ms <= LEASE_MS)).toEqual([]);
  });

  test('hits one broker or several at a time, none of them twice', () => {
    const all = steps(1, 2_000).map(({ faults }) => faults);
    for (const faults of all) {
      const brokers = faults.flatMap((fault) => ('broker' in fault ? [fault.broker] : []));
      expect(new Set(brokers).size).toBe(brokers.length);
      expect(faults.filter(({ kind }) => kind === 'join').length).toBeLessThanOrEqual(1);
    }
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
  });

  test('names its faults', () => {
    expect(describeFault({ kind: 'cut', broker: 1, link: 'etcd', how: 'stall', ms: 500 })).toBe(
      'broker 1 and etcd: stall for 500 ms',
    );
    expect(describeFault({ kind: 'restart', broker: 2 })).toBe('restart broker 2');
    expect(describeFault({ kind: 'join', ms: 10 })).toBe('one more broker for 10 ms');
  });
});
