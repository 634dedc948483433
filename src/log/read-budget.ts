/** Who waits for a read from the object store, the most urgent first. */
export const READ_CLASSES = ['tail', 'backfill', 'maintenance'] as const;

/**
 * - `tail`: a consumer that follows the log or looks something up.
 * - `backfill`: a consumer far behind, who reads block after block, and what is read ahead for it.
 * - `maintenance`: compaction and the scrub, for whom nobody waits.
 */
export type ReadClass = (typeof READ_CLASSES)[number];

export interface ReadLimits {
  /** Most requests at once, 1 or more. */
  readonly requests: number;
  /** Most bytes on the way at once; a single request may be larger. */
  readonly bytes: number;
}

/**
 * What one class of readers has on the way: bounded in requests and bytes. Fewer requests while the object store asks
 * to slow down (503), and one more again with each that goes well.
 */
export class ReadBudget {
  private requests = 0;
  private bytes = 0;
  private requestLimit: number;

  constructor(private readonly limits: ReadLimits) {
    this.requestLimit = limits.requests;
  }

  /** Bytes that another request may have now; undefined when there can be none. Any number while nothing is on the way. */
  get room(): number | undefined {
    if (this.requests === 0) return Infinity;
    return this.requests < this.requestLimit ? this.limits.bytes - this.bytes : undefined;
  }

  /** Whether so many bytes more would keep to the bound. */
  allows(bytes: number): boolean {
    return this.bytes + bytes <= this.limits.bytes;
  }

  take(bytes: number): void {
    this.requests += 1;
    this.bytes += bytes;
  }

  give(bytes: number): void {
    this.requests -= 1;
    this.bytes -= bytes;
  }

  succeeded(): void {
    this.requestLimit = Math.min(this.limits.requests, this.requestLimit + 1);
  }

  slowDown(): void {
    this.requestLimit = Math.max(1, Math.floor(this.requestLimit / 2));
  }
}
