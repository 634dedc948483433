import type { Clock } from './clock.js';

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;

/**
 * How long to wait before another try: exponential with full jitter, up to 2 s.
 *
 * @param attempt 0 for the wait after the first failure
 * @param random uniform in [0, 1)
 * @returns ms, at least half the first delay so that no retry loop spins
 */
export function backoffDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return FIRST_DELAY_MS / 2 + random() * ceiling;
}

/**
 * Resolves after `delayMs`.
 *
 * @throws the signal's reason as soon as it is aborted
 */
export function interruptibleSleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal.reason as Error);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
