import type { Clock, Timer } from '../../time/clock.js';

/** Calls back when a member was silent for too long. Extending it, as every heartbeat does, sets no timer. */
export class SessionTimer {
  private deadline = 0;
  private timer: Timer | undefined;
  private firesAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly expired: () => void,
  ) {}

  /** The session now ends `timeoutMs` from now, earlier or later than it would have. */
  extend(timeoutMs: number): void {
    this.deadline = this.clock.monotonic() + timeoutMs;
    if (this.deadline < this.firesAt) this.arm();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.firesAt = Infinity;
  }

  private arm(): void {
    this.timer?.cancel();
    this.firesAt = this.deadline;
    this.timer = this.clock.setTimer(this.deadline - this.clock.monotonic(), () => {
      this.timer = undefined;
      this.firesAt = Infinity;
      // What is less than a millisecond short is rounding.
      if (this.deadline - this.clock.monotonic() < 1) this.expired();
      else this.arm();
    });
  }
}
