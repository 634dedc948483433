import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { PeriodicTask } from './periodic-task.js';

function taskOf(clock: VirtualClock, run: (signal: AbortSignal) => Promise<void>, failures: unknown[] = []) {
  const options = { intervalMs: 1000, run, onFailure: (error: unknown) => void failures.push(error) };
  return new PeriodicTask(options, clock, () => 0.5);
}

test('runs after part of the interval, and then after every interval, one run at a time', async () => {
  const clock = new VirtualClock();
  const begins: number[] = [];
  const task = taskOf(clock, async () => {
    begins.push(clock.monotonic());
    await new Promise<void>((resolve) => clock.setTimer(300, resolve));
  });
  task.start();
  await clock.advance(3200);
  expect(begins).toEqual([500, 1800, 3100]);
});

test('a run that fails is told of, and does not end the task', async () => {
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  taskOf(clock, () => Promise.reject(new Error('broken')), failures).start();
  await clock.advance(1600);
  expect(failures).toEqual([new Error('broken'), new Error('broken')]);
});

test('a stop aborts the run under way, is no failure, and nothing runs afterwards until the next start', async () => {
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  let runs = 0;
  const untilAborted = (signal: AbortSignal) => {
    runs += 1;
    return new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  const task = taskOf(clock, untilAborted, failures);
  task.start();
  await clock.advance(600);
  task.stop('enough');
  await clock.advance(5000);
  expect([runs, failures]).toEqual([1, []]);
  task.start();
  await clock.advance(600);
  expect(runs).toBe(2);
});
