import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { DirectionHealth, HEALTH_STATES, type HealthState, type RequestOutcome } from './direction-health.js';

/** No flapping: how often the state changes while a store gets slow and quick again, with noise. */
const WINDOW_MS = 60_000;
const THRESHOLDS = {
  windowMs: WINDOW_MS,
  latencyWarnMs: 500,
  latencyCritMs: 3_000,
  errorRateWarn: 0.2,
  errorRateCrit: 0.6,
};
const MINUTE = 60_000;

/** Time without promises, for the many events of these runs. */
class EventClock {
  private time = 0;
  private readonly events: { readonly at: number; readonly callback: () => void }[] = [];

  readonly now = () => this.time;
  readonly monotonic = () => this.time;
  readonly defer = (callback: () => void) => callback();

  setTimer(delayMs: number, callback: () => void) {
    const event = { at: this.time + delayMs, callback };
    const index = this.events.findLastIndex(({ at }) => at <= event.at) + 1;
    this.events.splice(index, 0, event);
    return { cancel: () => undefined };
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (let next = this.events[0]; next !== undefined && next.at <= end; next = this.events[0]) {
      this.events.shift();
      this.time = next.at;
      next.callback();
    }
    this.time = end;
  }
}

/** What the store is like at a time: mean latency in ms, and share of failures. */
type Weather = (atMs: number) => { readonly latencyMs: number; readonly errorRate: number };

interface Change {
  readonly atMs: number;
  readonly state: HealthState;
}

/** Eight requests at a time, as the uploader has, one after the other; when refused it tries again as that does. */
function run(seed: number, durationMs: number, weather: Weather): Change[] {
  const clock = new EventClock();
  const random = seededRandom(seed);
  const changes: Change[] = [];
  const health = new DirectionHealth(THRESHOLDS, clock, (state) => changes.push({ atMs: clock.monotonic(), state }));
  const request = () => {
    if (clock.monotonic() >= durationMs) return;
    const { latencyMs, errorRate } = weather(clock.monotonic());
    const end = health.begin(0);
    // Exponentially distributed: as noisy as latencies of object stores are, and more.
    const took = -Math.log(1 - random()) * latencyMs;
    const outcome: RequestOutcome = random() < errorRate ? 'error' : 'success';
    clock.setTimer(took, () => {
      end(outcome);
      clock.setTimer(outcome === 'error' ? 1_000 : 100, request);
    });
  };
  for (let lane = 0; lane < 8; lane += 1) request();
  clock.advance(durationMs);
  return changes;
}

const statesOf = (changes: readonly Change[]) => changes.map(({ state }) => state);
/** From `low` up to `high` at half time, and down again. */
const hill = (durationMs: number, low: number, high: number) => (atMs: number) => {
  return low + (high - low) * (1 - Math.abs(1 - (2 * atMs) / durationMs));
};
const SEEDS = Array.from({ length: 5 }, (_, seed) => seed + 1);

describe('a brown-out', () => {
  test.each(SEEDS)('latency rises to a second and falls again: degraded once, healthy once (seed %d)', (seed) => {
    const latency = hill(20 * MINUTE, 50, 1_200);
    const changes = run(seed, 22 * MINUTE, (at) => ({
      latencyMs: latency(Math.min(at, 20 * MINUTE)),
      errorRate: 0,
    }));
    expect(statesOf(changes)).toEqual(['degraded', 'healthy']);
  });

  test.each(SEEDS)('latency rises to ten seconds: through all states and back, each a few times (seed %d)', (seed) => {
    const latency = hill(20 * MINUTE, 50, 10_000);
    const changes = run(seed, 22 * MINUTE, (at) => ({
      latencyMs: latency(Math.min(at, 20 * MINUTE)),
      errorRate: 0,
    }));
    expect(statesOf(changes).slice(0, 2)).toEqual(['degraded', 'unavailable']);
    expect(statesOf(changes).at(-1)).toBe('healthy');
    expect(changes.length).toBeLessThanOrEqual(8);
  });

  test.each(SEEDS)('on the very threshold for half an hour it does not flap (seed %d)', (seed) => {
    const changes = run(seed, 30 * MINUTE, () => ({ latencyMs: 500, errorRate: 0 }));
    expect(changes.length).toBeLessThanOrEqual(3);
  });

  test.each(SEEDS)(
    'on the critical threshold for half an hour it changes less than once in two minutes (seed %d)',
    (seed) => {
      const changes = run(seed, 30 * MINUTE, () => ({ latencyMs: 3_000, errorRate: 0 }));
      expect(changes.length).toBeLessThanOrEqual(15);
    },
  );

  test.each(SEEDS)('with failures at the critical share as well (seed %d)', (seed) => {
    const changes = run(seed, 30 * MINUTE, () => ({ latencyMs: 50, errorRate: 0.6 }));
    expect(changes.length).toBeLessThanOrEqual(15);
  });
});

describe('whatever happens', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 20_000 }),
    durationMs: fc.integer({ min: 0, max: 30_000 }),
    bytes: fc.constantFrom(0, 1_000, 8 * 1024 * 1024),
    outcome: fc.constantFrom<RequestOutcome>('success', 'success', 'refused', 'error', 'aborted'),
    probe: fc.constantFrom(undefined, true, false),
  });

  test('it gets better at most once in a sixth of the window, one step at a time, and reports sound numbers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const clock = new EventClock();
        const changes: Change[] = [{ atMs: 0, state: 'healthy' }];
        const health = new DirectionHealth(THRESHOLDS, clock, (state) => {
          changes.push({ atMs: clock.monotonic(), state });
        });
        for (const { waitMs, durationMs, bytes, outcome, probe } of steps) {
          const end = health.begin(bytes);
          clock.setTimer(durationMs, () => end(outcome));
          clock.advance(waitMs);
          if (probe !== undefined) health.probed(probe);
          health.admit();
          expect(HEALTH_STATES).toContain(health.state);
          expect(health.severity).toBeGreaterThanOrEqual(0);
          expect(health.severity).toBeLessThanOrEqual(1);
          expect(health.errorRate).toBeLessThanOrEqual(1);
          expect(health.latencyMs).toBeGreaterThanOrEqual(0);
        }
        for (const [index, { atMs, state }] of changes.entries()) {
          const before = changes[index - 1];
          if (before === undefined) continue;
          const [from, to] = [HEALTH_STATES.indexOf(before.state), HEALTH_STATES.indexOf(state)];
          expect(to).not.toBe(from);
          if (to > from) continue;
          expect(from - to).toBe(1);
          expect(atMs - before.atMs).toBeGreaterThanOrEqual(WINDOW_MS / 6);
        }
      }),
      { numRuns: 100 },
    );
  });
});
