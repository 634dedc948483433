import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { DirectionHealth, type HealthState, type RequestOutcome } from './direction-health.js';

const THRESHOLDS = {
  windowMs: 60_000,
  latencyWarnMs: 500,
  latencyCritMs: 3_000,
  errorRateWarn: 0.2,
  errorRateCrit: 0.6,
};

let clock: VirtualClock;
let health: DirectionHealth;
let changes: HealthState[];
beforeEach(() => {
  clock = new VirtualClock();
  changes = [];
  health = new DirectionHealth(THRESHOLDS, clock, (state) => void changes.push(state));
});

/** Requests one after the other. */
async function requests(count: number, durationMs: number, outcome: RequestOutcome = 'success', bytes = 0) {
  for (let i = 0; i < count; i += 1) {
    const end = health.begin(bytes);
    await clock.advance(durationMs);
    end(outcome);
  }
}

/** A store at which nothing gets through. */
async function outage() {
  await clock.advance(3_000);
  await requests(10, 50, 'error');
  expect(health.state).toBe('unavailable');
  changes = [];
}

describe('getting worse', () => {
  test('slow answers degrade it, very slow ones make it unavailable', async () => {
    await requests(20, 100);
    expect(health.state).toBe('healthy');
    await requests(20, 1_000);
    expect(health.state).toBe('degraded');
    await requests(60, 4_000);
    expect(changes).toEqual(['degraded', 'unavailable']);
  });

  test('a fifth of failures degrades it, three fifths make it unavailable', async () => {
    for (let i = 0; i < 10; i += 1) {
      await requests(4, 50);
      await requests(1, 50, 'error');
    }
    expect(health.state).toBe('degraded');
    for (let i = 0; i < 100; i += 1) {
      await requests(1, 50);
      await requests(4, 50, 'error');
    }
    expect(changes).toEqual(['degraded', 'unavailable']);
  });

  test('some requests are no evidence, however they go', async () => {
    await requests(7, 1_000, 'error');
    await requests(2, 9_000);
    expect(health.state).toBe('healthy');
    expect(health.latencyMs).toBeGreaterThan(1_000);
    expect(health.errorRate).toBeCloseTo(7 / 9);
  });

  test('what the store refuses as it should, and what its caller gives up, is no failure', async () => {
    await requests(30, 50, 'refused');
    await requests(30, 50, 'aborted');
    expect([health.state, health.errorRate]).toEqual(['healthy', 0]);
    // It may have been given up because it took long.
    await requests(30, 5_000, 'aborted');
    expect([health.state, health.errorRate]).toEqual(['unavailable', 0]);
  });

  test('failures at once do not make the average look quick', async () => {
    await requests(20, 600);
    await requests(4, 1, 'error');
    expect(health.latencyMs).toBeCloseTo(600);
  });

  test('large objects on a slow line are no outage', async () => {
    await requests(100, 8_000, 'success', 8 * 1024 * 1024);
    expect(health.state).toBe('healthy');
  });

  test('a store that hangs is noticed before the first timeout, whatever was before', async () => {
    await requests(400, 30);
    for (let i = 0; i < 8; i += 1) health.begin(1_000);
    await clock.advance(2_900);
    expect(health.state).not.toBe('unavailable');
    await clock.advance(200);
    expect(health.state).toBe('unavailable');
  });

  test('eight hanging requests are bad luck as long as others get through', async () => {
    await requests(400, 30);
    for (let i = 0; i < 8; i += 1) health.begin(1_000);
    await requests(200, 30);
    expect(health.state).toBe('healthy');
  });

  test('eight failures in a row with nothing between, and no success for three seconds', async () => {
    await requests(400, 30);
    await requests(8, 10, 'error');
    expect(health.state).toBe('healthy');
    await clock.advance(3_000);
    expect(health.state).toBe('unavailable');
  });
});

describe('getting better', () => {
  test('takes clearly better averages, and a sixth of the window', async () => {
    await requests(30, 1_000);
    expect(health.state).toBe('degraded');
    await requests(200, 450);
    expect(health.latencyMs).toBeLessThan(500);
    expect(health.state).toBe('degraded');
    await requests(300, 300);
    expect(changes).toEqual(['degraded', 'healthy']);
  });

  test('without requests the window empties, and nothing speaks against it', async () => {
    await requests(30, 1_000);
    await clock.advance(65_000);
    expect(health.state).toBe('healthy');
  });

  test('an outage ends with five good answers in a row, first as degraded', async () => {
    await outage();
    await clock.advance(10_000);
    await requests(4, 50);
    await requests(1, 50, 'error');
    await requests(4, 50);
    expect(health.state).toBe('unavailable');
    await requests(1, 50);
    expect(health.state).toBe('degraded');
    await requests(220, 50);
    expect(changes).toEqual(['degraded', 'healthy']);
  });

  test('slow answers do not end it', async () => {
    await outage();
    await clock.advance(10_000);
    await requests(50, 2_200);
    expect(health.state).toBe('unavailable');
  });

  test('an outage that comes back at once lasts twice as long each time, up to a window', async () => {
    const lengths: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      await outage();
      const began = clock.monotonic();
      while (health.state === 'unavailable') await requests(1, 50);
      lengths.push(Math.round((clock.monotonic() - began) / 1_000));
    }
    expect(lengths).toEqual([10, 20, 40, 60, 60]);
  });
});

describe('half-open', () => {
  test('while it is healthy or degraded all is admitted', async () => {
    expect(health.admit()).toBe(true);
    await requests(30, 1_000);
    expect(health.state).toBe('degraded');
    for (let i = 0; i < 100; i += 1) expect(health.admit()).toBe(true);
  });

  test('a probe that succeeds lets one request through, a request that succeeds two', async () => {
    await outage();
    expect(health.admit()).toBe(false);
    await clock.advance(4_000);
    expect(health.wantsProbe).toBe(true);
    health.probed(true);
    expect([health.admit(), health.admit()]).toEqual([true, false]);
    await requests(1, 50);
    expect([health.admit(), health.admit(), health.admit()]).toEqual([true, true, false]);
    await requests(1, 50, 'error');
    expect(health.admit()).toBe(false);
  });

  test('a probe that fails takes back what was let through', async () => {
    await outage();
    health.probed(true);
    health.probed(false);
    expect(health.admit()).toBe(false);
  });

  test('no probe is wanted while a request is trying', async () => {
    await outage();
    expect(health.wantsProbe).toBe(false);
    await clock.advance(4_000);
    const end = health.begin(0);
    expect(health.wantsProbe).toBe(false);
    await clock.advance(30_000);
    end('error');
    expect(health.wantsProbe).toBe(false);
    await clock.advance(4_000);
    expect(health.wantsProbe).toBe(true);
  });

  test('where nobody wants anything, probes alone end the outage', async () => {
    await outage();
    for (let i = 0; i < 5; i += 1) {
      await clock.advance(2_000);
      health.probed(true);
    }
    expect(health.state).toBe('degraded');
    await clock.advance(10_000);
    expect(health.state).toBe('healthy');
  });
});

test('severity grows from the warning to the critical threshold', async () => {
  expect(health.severity).toBe(0);
  await requests(30, 500);
  expect(health.state).toBe('degraded');
  expect(health.severity).toBeCloseTo(0);
  await clock.advance(70_000);
  await requests(40, 1_750);
  expect(health.severity).toBeCloseTo(0.5);
  await clock.advance(3_000);
  await requests(40, 10, 'error');
  expect(health.severity).toBe(1);
});
