import type { Clock, Timer } from './clock.js';

export interface PeriodicTaskOptions {
  /** From the end of one run to the beginning of the next, ms. */
  readonly intervalMs: number;
  /**
   * Does the work once.
   *
   * @param signal aborted when the task is stopped
   */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Hears of runs that failed. The next one comes after the usual time. */
  readonly onFailure: (error: unknown) => void;
}

/** Does some work again and again, one run at a time. The first run comes at a random time within the interval. */
export class PeriodicTask {
  private timer: Timer | undefined;
  private stopping: AbortController | undefined;

  /** @param random uniform in [0, 1) */
  constructor(
    private readonly options: PeriodicTaskOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Begins; a task that was begun before is stopped first. */
  start(): void {
    this.stop('the task begins anew');
    const stopping = new AbortController();
    this.stopping = stopping;
    this.schedule(stopping.signal, this.random() * this.options.intervalMs);
  }

  /** Begins no run any more, and aborts the one under way. */
  stop(reason: string): void {
    this.timer?.cancel();
    this.stopping?.abort(new Error(reason));
    this.stopping = undefined;
  }

  private schedule(signal: AbortSignal, delayMs: number): void {
    this.timer = this.clock.setTimer(delayMs, () => void this.runOnce(signal));
  }

  private async runOnce(signal: AbortSignal): Promise<void> {
    try {
      await this.options.run(signal);
    } catch (error) {
      if (!signal.aborted) this.options.onFailure(error);
    }
    if (!signal.aborted) this.schedule(signal, this.options.intervalMs);
  }
}
