import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../time/clock.js';
import { Readiness } from './readiness.js';

const working = { name: 'object store', check: () => Promise.resolve() };
const broken = { name: 'metadata store', check: () => Promise.reject(new Error('connection refused')) };

/** Time moves when the test says so. */
class HandClock {
  private time = 0;
  private readonly timers = new Set<{ at: number; callback: () => void }>();
  readonly now = () => this.time;
  readonly monotonic = () => this.time;
  readonly defer = (callback: () => void) => queueMicrotask(callback);

  setTimer(delayMs: number, callback: () => void) {
    const timer = { at: this.time + delayMs, callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  advance(ms: number): void {
    this.time += ms;
    for (const timer of [...this.timers].filter(({ at }) => at <= this.time)) {
      this.timers.delete(timer);
      timer.callback();
    }
  }
}

describe('readiness', () => {
  test('comes when clients can connect and goes when the broker stops', async () => {
    const readiness = new Readiness(systemClock);
    readiness.require(working);
    expect(await readiness.problems()).toEqual(['starting: clients cannot connect yet']);
    readiness.serving();
    expect(await readiness.problems()).toEqual([]);
    readiness.stopping();
    readiness.serving();
    expect(await readiness.problems()).toEqual(['shutting down']);
  });

  test('says what the start waits for', async () => {
    const readiness = new Readiness(systemClock);
    readiness.waitingFor('object store', 'has not answered yet');
    readiness.waitingFor('metadata store', 'connection refused');
    readiness.arrived('object store');
    expect(await readiness.problems()).toEqual([
      'starting: clients cannot connect yet',
      'metadata store: connection refused',
    ]);
    expect(await readiness.dependencies()).toEqual([{ name: 'metadata store', problem: 'connection refused' }]);
  });

  test('goes at once with what needs no asking, however good the last answer was and however slow others are', async () => {
    const clock = new HandClock();
    const readiness = new Readiness(clock);
    let draining = false;
    let storeAnswers = true;
    const store = () => (storeAnswers ? Promise.resolve() : new Promise<void>(() => undefined));
    const member = () => (draining ? Promise.reject(new Error('drained')) : Promise.resolve());
    readiness.require({ name: 'object store', check: store });
    readiness.require({ name: 'membership', check: member, isLocal: true });
    readiness.serving();
    expect(await readiness.problems()).toEqual([]);
    draining = true;
    expect(await readiness.problems()).toEqual(['membership: drained']);
    clock.advance(60_000);
    storeAnswers = false;
    expect(await readiness.problems()).toEqual(['membership: drained']);
  });

  test('names every dependency that fails', async () => {
    const readiness = new Readiness(systemClock);
    readiness.require(working);
    readiness.require(broken);
    readiness.serving();
    expect(await readiness.problems()).toEqual(['metadata store: connection refused']);
    expect(await readiness.dependencies()).toEqual([
      { name: 'object store' },
      { name: 'metadata store', problem: 'connection refused' },
    ]);
  });

  test('does not wait for ever', async () => {
    const clock = new HandClock();
    const readiness = new Readiness(clock);
    readiness.require({ name: 'object store', check: () => new Promise(() => undefined) });
    readiness.serving();
    const problems = readiness.problems();
    clock.advance(3000);
    expect(await problems).toEqual(['object store: no answer within 3000 ms']);
  });

  test('probes that come together or soon after a good answer cost one check', async () => {
    const clock = new HandClock();
    const readiness = new Readiness(clock);
    let checks = 0;
    const check = () => {
      checks += 1;
      return Promise.resolve();
    };
    readiness.require({ name: 'object store', check });
    readiness.serving();
    await Promise.all([readiness.problems(), readiness.problems()]);
    await readiness.problems();
    expect(checks).toBe(1);
    clock.advance(2000);
    await readiness.problems();
    expect(checks).toBe(2);
  });
});
