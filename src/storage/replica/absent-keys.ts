import { LRUCache } from 'lru-cache';
import type { Clock } from '../../time/clock.js';

/** Most keys remembered: about a megabyte. */
const MAX_KEYS = 10_000;

/** Keys that a replica did not have a moment ago. What is on its way there is not asked for again and again. */
export class AbsentKeys {
  private readonly until = new LRUCache<string, number>({ max: MAX_KEYS });

  /** @param rememberedMs how long an absence is believed */
  constructor(
    private readonly clock: Clock,
    private readonly rememberedMs: number,
  ) {}

  add(key: string): void {
    this.until.set(key, this.clock.monotonic() + this.rememberedMs);
  }

  has(key: string): boolean {
    const until = this.until.get(key);
    if (until === undefined) return false;
    if (this.clock.monotonic() < until) return true;
    this.until.delete(key);
    return false;
  }
}
