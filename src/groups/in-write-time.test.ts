import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { ErrorCode } from '../protocol/errors.js';
import type { Timer } from '../time/clock.js';
import { WRITE_TIMEOUT_MS } from './group-options.js';
import { inWriteTime } from './in-write-time.js';

/** Counts the timers that were neither cancelled nor ran out. */
class CountingClock extends VirtualClock {
  waiting = 0;

  override setTimer(delayMs: number, callback: () => void): Timer {
    this.waiting += 1;
    const timer = super.setTimer(delayMs, callback);
    const cancel = () => {
      this.waiting -= 1;
      timer.cancel();
    };
    return { cancel };
  }
}

describe('a write that a request waits for', () => {
  test('its result is passed on, and nothing is left waiting', async () => {
    const clock = new CountingClock();
    await expect(inWriteTime(clock, Promise.resolve('written'))).resolves.toBe('written');
    expect(clock.waiting).toBe(0);
  });

  test('its failure is passed on, and nothing is left waiting', async () => {
    const clock = new CountingClock();
    const failure = new Error('refused');
    await expect(inWriteTime(clock, Promise.reject(failure))).rejects.toBe(failure);
    expect(clock.waiting).toBe(0);
  });

  test('the wait ends when the time is over; a failure after that goes nowhere', async () => {
    const clock = new VirtualClock();
    const write = Promise.withResolvers<string>();
    const waiting = inWriteTime(clock, write.promise);
    const answered = expect(waiting).rejects.toMatchObject({ code: ErrorCode.COORDINATOR_NOT_AVAILABLE });
    await clock.advance(WRITE_TIMEOUT_MS);
    await answered;
    write.reject(new Error('too late'));
    await clock.settle();
  });
});
