import type { Clock } from '../time/clock.js';

/** Seconds over which {@link RecentEvents} counts. */
const WINDOW_SEC = 60;

/** How often something happens: events per second over the last minute, the second that has just begun left out. */
export class RecentEvents {
  private readonly counts = new Uint32Array(WINDOW_SEC + 1);
  private readonly startedAt: number;
  private newest: number;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
    this.startedAt = this.second();
    this.newest = this.startedAt;
  }

  add(): void {
    this.advance();
    const slot = this.newest % this.counts.length;
    this.counts[slot] = (this.counts[slot] as number) + 1;
  }

  /** Events per second; over the time since the start while that is less than a minute. */
  perSecond(): number {
    this.advance();
    const whole = Math.min(WINDOW_SEC, this.newest - this.startedAt);
    let events = 0;
    for (let age = 1; age <= whole; age += 1) events += this.counts[(this.newest - age) % this.counts.length] as number;
    return whole === 0 ? 0 : events / whole;
  }

  private advance(): void {
    const now = this.second();
    const passed = Math.min(now - this.newest, this.counts.length);
    for (let step = 0; step < passed; step += 1) this.counts[(now - step) % this.counts.length] = 0;
    this.newest = now;
  }

  private second(): number {
    return Math.floor(this.clock.monotonic() / 1000);
  }
}
