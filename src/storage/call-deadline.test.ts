import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../time/clock.js';
import { systemClock } from '../time/clock.js';
import { DeadlineError, withDeadline } from './call-deadline.js';

/** A clock whose timers fire when the test says so. */
function manualClock() {
  const timers = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    setTimer: (_delayMs, callback) => {
      timers.add(callback);
      return { cancel: () => void timers.delete(callback) };
    },
  };
  return { clock, timers, fire: () => timers.forEach((callback) => callback()) };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('a call with a deadline', () => {
  test('gives what the action gives, and cleans up', async () => {
    const { clock, timers } = manualClock();
    await expect(withDeadline(clock, 100, undefined, () => Promise.resolve('done'))).resolves.toBe('done');
    const failure = new Error('failed');
    await expect(withDeadline(clock, 100, undefined, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(timers.size).toBe(0);
  });

  test('ends at the deadline though the action does not', async () => {
    const { clock, fire } = manualClock();
    let inner: AbortSignal | undefined;
    const call = withDeadline(clock, 100, undefined, (signal) => {
      inner = signal;
      return never();
    });
    fire();
    await expect(call).rejects.toThrow(new DeadlineError('no answer within 100 ms'));
    expect(inner?.aborted).toBe(true);
  });

  test("ends with the reason of the caller's signal, and does not begin when that is aborted already", async () => {
    const { clock, timers } = manualClock();
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = withDeadline(clock, 100, controller.signal, never);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(timers.size).toBe(0);

    let begun = false;
    const late = withDeadline(clock, 100, controller.signal, () => {
      begun = true;
      return never();
    });
    await expect(late).rejects.toBe(reason);
    expect(begun).toBe(false);
  });
});
