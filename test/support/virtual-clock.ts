import type { Clock, Timer } from '../../src/time/clock.js';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that only moves when the test says so, and then runs everything that is due, in a fixed order. */
export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  private timers: Pending[] = [];
  private deferred: (() => void)[] = [];

  /** @param epoch wall-clock time at the start, ms since the Unix epoch */
  constructor(private readonly epoch = 1_700_000_000_000) {}

  now(): number {
    return this.epoch + Math.floor(this.time);
  }

  monotonic(): number {
    return this.time;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const pending = { at: this.time + Math.max(0, delayMs), order: this.order++, callback };
    const index = this.timers.findIndex((other) => other.at > pending.at);
    this.timers.splice(index < 0 ? this.timers.length : index, 0, pending);
    return {
      cancel: () => {
        this.timers = this.timers.filter((other) => other !== pending);
      },
    };
  }

  defer(callback: () => void): void {
    this.deferred.push(callback);
  }

  /** Runs everything that needs no time: promises and deferred work, until nothing is left. */
  async settle(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const work = this.deferred.splice(0);
      if (work.length === 0) return;
      for (const callback of work) callback();
    }
  }

  /** Moves time forward, stopping at every timer on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settle();
    for (let next = this.timers[0]; next !== undefined && next.at <= end; next = this.timers[0]) {
      this.timers.shift();
      this.time = next.at;
      next.callback();
      await this.settle();
    }
    this.time = end;
  }

  /** Moves time forward until `promise` has settled. @throws Error when that takes more than `limitMs` */
  async until<T>(promise: Promise<T>, limitMs = 600_000): Promise<T> {
    const state = { settled: false };
    const mark = () => {
      state.settled = true;
    };
    promise.then(mark, mark);
    const end = this.time + limitMs;
    await this.settle();
    while (!state.settled) {
      const next = this.timers[0];
      if (next === undefined || next.at > end) throw new Error(`not settled after ${limitMs} ms`);
      await this.advance(next.at - this.time);
    }
    return promise;
  }
}
