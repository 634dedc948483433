/** Where the random numbers of a run start; a failing run names it, and is repeated by setting it again. */
export const SEED = Number(process.env['KAFSCALE_FUZZ_SEED'] ?? 1);

/** How many inputs there are, in thousands for every thousand of a normal run; to search longer. */
const EFFORT = Number(process.env['KAFSCALE_FUZZ_EFFORT'] ?? 1);

/** A number of inputs, scaled by the effort asked for. */
export function inputs(normal: number): number {
  return Math.ceil(normal * EFFORT);
}

/** Reproducible random numbers (mulberry32): fast, and good enough to break things. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  uint32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 to `below` − 1. */
  below(below: number): number {
    return this.uint32() % below;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
