import type { BrokerLoads } from './broker-loads.js';
import type { GroupSpread } from './group-spread.js';
import { IndexHeap } from './index-heap.js';

/**
 * The brokers that have less than their share, by rack and load. Finding one takes a time that grows with the number of
 * racks and the logarithm of that of brokers.
 */
export class RackQueues {
  private readonly racks: readonly IndexHeap[];
  /** Brokers that have their share of the present group: taken when all others have theirs too. */
  private readonly aside: IndexHeap;

  constructor(private readonly loads: BrokerLoads) {
    const isBefore = (a: number, b: number) => loads.loadOf(a) - loads.loadOf(b) || a - b;
    this.racks = loads.rackSizes.map(() => new IndexHeap(isBefore));
    this.aside = new IndexHeap(isBefore);
    for (let index = 0; index < loads.size; index += 1) this.put(index);
  }

  /**
   * Chooses a broker for a unit of a group, and notes it in the loads.
   *
   * @param excluded the broker that is not to be given it, if there is another
   */
  take(spread: GroupSpread, excluded: number | undefined): number {
    const index = this.takeFromRacks(spread, excluded) ?? this.takeFrom(this.aside, excluded);
    const chosen = index ?? this.leastLoaded(excluded);
    this.loads.add(chosen);
    if (index !== undefined) this.put(index);
    return chosen;
  }

  /** The next unit is of another group. */
  endGroup(): void {
    for (let index = this.aside.pop(); index !== undefined; index = this.aside.pop()) this.put(index);
  }

  private takeFromRacks(spread: GroupSpread, excluded: number | undefined): number | undefined {
    const tried = new Set<number>();
    for (;;) {
      const rack = this.bestRack(spread, tried);
      if (rack === undefined) return undefined;
      const queue = this.racks[rack] as IndexHeap;
      for (let index = this.takeFrom(queue, excluded); index !== undefined; index = this.takeFrom(queue, excluded)) {
        if (!spread.isFull(index)) return index;
        this.aside.push(index);
      }
      tried.add(rack);
    }
  }

  private bestRack(spread: GroupSpread, tried: ReadonlySet<number>): number | undefined {
    let best: number | undefined;
    let bestRank: readonly [number, number] = [Infinity, Infinity];
    for (const [rack, queue] of this.racks.entries()) {
      const first = queue.peek();
      if (first === undefined || tried.has(rack)) continue;
      const rank = [spread.densityOf(rack), this.loads.loadOf(first)] as const;
      if (rank[0] > bestRank[0] || (rank[0] === bestRank[0] && rank[1] >= bestRank[1])) continue;
      best = rack;
      bestRank = rank;
    }
    return best;
  }

  private takeFrom(queue: IndexHeap, excluded: number | undefined): number | undefined {
    const first = queue.pop();
    if (first === undefined || first !== excluded) return first;
    const second = queue.pop();
    queue.push(first);
    return second;
  }

  private put(index: number): void {
    if (this.loads.roomOf(index) > 0) this.racks[this.loads.rackOf(index)]?.push(index);
  }

  /** When only the broker that is excluded has less than its share. */
  private leastLoaded(excluded: number | undefined): number {
    let least: number | undefined;
    for (let index = 0; index < this.loads.size; index += 1) {
      if (index === excluded) continue;
      if (least === undefined || this.loads.loadOf(index) < this.loads.loadOf(least)) least = index;
    }
    return least ?? excluded ?? 0;
  }
}
