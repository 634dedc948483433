import type { BrokerLoads } from './broker-loads.js';
import type { Unit } from './unit.js';

/** How the units of one group, that is of a topic, are spread over brokers and racks. */
export class GroupSpread {
  private readonly counts = new Map<number, number>();
  private readonly rackCounts: number[];
  /** As many of the group's units as a broker has when they are spread evenly, rounded up. */
  private readonly evenCount: number;

  private constructor(
    size: number,
    private readonly loads: BrokerLoads,
  ) {
    this.evenCount = Math.ceil(size / loads.size);
    this.rackCounts = loads.rackSizes.map(() => 0);
  }

  /** @param destinations indices of the brokers of those units that get another one */
  static of<U extends Unit>(
    units: readonly U[],
    destinations: ReadonlyMap<U, number>,
    loads: BrokerLoads,
  ): GroupSpread {
    const spread = new GroupSpread(units.length, loads);
    for (const unit of units) {
      const index = destinations.get(unit) ?? loads.indexOf(unit.moveTo) ?? loads.indexOfLeader(unit);
      if (index !== undefined) spread.add(index);
    }
    return spread;
  }

  add(index: number): void {
    this.change(index, 1);
  }

  remove(index: number): void {
    this.change(index, -1);
  }

  countOf(index: number): number {
    return this.counts.get(index) ?? 0;
  }

  /** Whether a broker has its share of the group. */
  isFull(index: number): boolean {
    return this.countOf(index) >= this.evenCount;
  }

  /** The group's units in a rack, for each of its brokers. */
  densityOf(rack: number): number {
    return (this.rackCounts[rack] ?? 0) / (this.loads.rackSizes[rack] ?? 1);
  }

  private change(index: number, by: number): void {
    const rack = this.loads.rackOf(index);
    this.counts.set(index, this.countOf(index) + by);
    this.rackCounts[rack] = (this.rackCounts[rack] ?? 0) + by;
  }
}
