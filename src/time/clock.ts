/** Time as the rest of the broker sees it, so that tests and the simulator can hold it in their hands. */
export interface Clock {
  /** Wall-clock time in ms since the Unix epoch. May jump; used only for timestamps that people and records carry. */
  now(): number;
  /** Monotonic time in ms from an arbitrary origin. Used for every deadline and duration. */
  monotonic(): number;
  /**
   * Calls `callback` once after `delayMs` (0 or more). By `monotonic()` that may be up to a millisecond early: what is
   * over is for the callback to say, not for a comparison of times.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Calls `callback` once the work that is already queued in this turn of the event loop has run. */
  defer(callback: () => void): void;
}

export interface Timer {
  /** Does nothing when the timer has fired or was cancelled before. */
  cancel(): void;
}

/** Resolves after `delayMs`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(delayMs, resolve));
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  defer: (callback) => void setImmediate(callback),
};
