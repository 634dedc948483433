import type { Clock } from './clock.js';

/**
 * Waits for a promise, but not for longer than `timeoutMs`. What it stands for goes on all the same.
 *
 * @param late what is thrown when the time is over
 * @throws what the promise rejects with
 */
export async function withinTime<T>(
  clock: Clock,
  timeoutMs: number,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> {
  const over = Promise.withResolvers<never>();
  const timer = clock.setTimer(timeoutMs, () => over.reject(late()));
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    timer.cancel();
  }
}
