/** In how many steps the window moves on. */
export const WINDOW_SLICES = 12;

interface Bucket {
  /** Number of this slice of time, counted from the clock's origin. */
  slice: number;
  requests: number;
  errors: number;
  latencies: number;
  latencySumMs: number;
}

export interface WindowTotals {
  readonly requests: number;
  readonly errors: number;
  /** How many latencies were measured, and their sum. */
  readonly latencies: number;
  readonly latencySumMs: number;
}

/** Sums over the last so many ms, in constant memory. Times are those of one monotonic clock. */
export class HealthWindow {
  private readonly sliceMs: number;
  private buckets: Bucket[] = [];

  constructor(windowMs: number) {
    this.sliceMs = windowMs / WINDOW_SLICES;
  }

  /** @param latencyMs absent when the request tells nothing about it */
  record(now: number, failed: boolean, latencyMs: number | undefined): void {
    const bucket = this.bucketAt(now);
    bucket.requests += 1;
    if (failed) bucket.errors += 1;
    if (latencyMs === undefined) return;
    bucket.latencies += 1;
    bucket.latencySumMs += latencyMs;
  }

  /** @param slices of how many twelfths of the window, with the current one; default: all */
  totals(now: number, slices = WINDOW_SLICES): WindowTotals {
    this.forget(now);
    const oldest = Math.floor(now / this.sliceMs) - slices;
    const totals = { requests: 0, errors: 0, latencies: 0, latencySumMs: 0 };
    for (const { slice, requests, errors, latencies, latencySumMs } of this.buckets) {
      if (slice <= oldest) continue;
      totals.requests += requests;
      totals.errors += errors;
      totals.latencies += latencies;
      totals.latencySumMs += latencySumMs;
    }
    return totals;
  }

  /** Forgets all but the last twelfths. */
  keep(now: number, slices: number): void {
    this.forget(now, slices);
  }

  private bucketAt(now: number): Bucket {
    this.forget(now);
    const slice = Math.floor(now / this.sliceMs);
    const newest = this.buckets.at(-1);
    if (newest?.slice === slice) return newest;
    const bucket = { slice, requests: 0, errors: 0, latencies: 0, latencySumMs: 0 };
    this.buckets.push(bucket);
    return bucket;
  }

  private forget(now: number, slices = WINDOW_SLICES): void {
    const oldest = Math.floor(now / this.sliceMs) - slices;
    while (this.buckets[0] !== undefined && this.buckets[0].slice <= oldest) this.buckets.shift();
  }
}
