/** A priority queue of small integers (a binary heap). What decides their order must not change while they are in it. */
export class IndexHeap {
  private readonly items: number[] = [];

  /** @param compare negative when `a` comes before `b` */
  constructor(private readonly compare: (a: number, b: number) => number) {}

  peek(): number | undefined {
    return this.items[0];
  }

  push(item: number): void {
    let at = this.items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** Removes the first one and returns it. */
  pop(): number | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return first;
    this.items[0] = last;
    for (let at = 0; ;) {
      const child = this.firstChild(at);
      if (child === undefined || !this.isBefore(child, at)) return first;
      this.swap(at, child);
      at = child;
    }
  }

  private firstChild(at: number): number | undefined {
    const left = 2 * at + 1;
    if (left >= this.items.length) return undefined;
    return left + 1 < this.items.length && this.isBefore(left + 1, left) ? left + 1 : left;
  }

  private isBefore(a: number, b: number): boolean {
    return this.compare(this.items[a] as number, this.items[b] as number) < 0;
  }

  private swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.items[b] as number, this.items[a] as number];
  }
}
