/**
 * How many uploads run at once: as many as allowed, fewer while the object store asks to slow down (503), and one more
 * again with each upload that goes well.
 */
export class UploadSlots {
  private limit: number;
  private used = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param max most uploads at once, 1 or more */
  constructor(private readonly max: number) {
    this.limit = max;
  }

  get inUse(): number {
    return this.used;
  }

  get current(): number {
    return this.limit;
  }

  /** Resolves when a slot is free, in the order of the calls. */
  async acquire(): Promise<void> {
    if (this.used < this.limit) {
      this.used += 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  release(): void {
    this.used -= 1;
    this.admit();
  }

  succeeded(): void {
    this.limit = Math.min(this.max, this.limit + 1);
    this.admit();
  }

  slowDown(): void {
    this.limit = Math.max(1, Math.floor(this.limit / 2));
  }

  private admit(): void {
    while (this.used < this.limit) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.used += 1;
      next();
    }
  }
}
