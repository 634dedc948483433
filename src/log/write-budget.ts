import type { Clock } from '../time/clock.js';

/**
 * Bounds how many objects are written per second (I7): a token bucket that holds one second's worth.
 *
 * A broker that was quiet may write a few objects at once; over time it never writes more than the budget.
 */
export class WriteBudget {
  private tokens: number;
  private updatedAt: number;

  /** @param perSecond objects per second, more than 0 */
  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {
    this.tokens = this.capacity;
    this.updatedAt = clock.monotonic();
  }

  /**
   * Takes the right to write objects now, if there is one for the first of them. The others are made up for: there is
   * none again for so much longer.
   *
   * @param objects that are written together, 1 or more
   */
  tryTake(objects = 1): boolean {
    this.refill();
    if (this.tokens < 1) return false;
    this.tokens -= objects;
    return true;
  }

  /** Ms until {@link tryTake} can succeed; 0 when it can now. */
  msUntilNext(): number {
    this.refill();
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) * 1000) / this.perSecond);
  }

  private get capacity(): number {
    return Math.max(1, this.perSecond);
  }

  private refill(): void {
    const now = this.clock.monotonic();
    this.tokens = Math.min(this.capacity, this.tokens + ((now - this.updatedAt) * this.perSecond) / 1000);
    this.updatedAt = now;
  }
}
