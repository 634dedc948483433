import type { PlannedBroker, Unit } from './unit.js';

/** How many units each of the brokers has that may be given some, and how many it is to have. Brokers go by an index. */
export class BrokerLoads {
  private readonly brokers: readonly PlannedBroker[];
  private readonly indices: ReadonlyMap<number, number>;
  private readonly loads: Int32Array;
  private readonly quotas: Int32Array;
  private readonly racks: Int32Array;
  /** How many brokers each rack has, by the rack's index. */
  readonly rackSizes: readonly number[];

  /** @param brokers in any order; the result doesn't depend on it */
  constructor(brokers: readonly PlannedBroker[]) {
    this.brokers = [...brokers].sort((a, b) => a.id - b.id);
    this.indices = new Map(this.brokers.map(({ id }, index) => [id, index]));
    this.loads = new Int32Array(brokers.length);
    this.quotas = new Int32Array(brokers.length);
    const names = [...new Set(this.brokers.map(({ rack }) => rack))];
    this.racks = Int32Array.from(this.brokers, ({ rack }) => names.indexOf(rack));
    this.rackSizes = names.map((name) => this.brokers.filter(({ rack }) => rack === name).length);
  }

  get size(): number {
    return this.brokers.length;
  }

  brokerAt(index: number): PlannedBroker {
    return this.brokers[index] as PlannedBroker;
  }

  rackOf(index: number): number {
    return this.racks[index] as number;
  }

  indexOf(brokerId: number | undefined): number | undefined {
    return brokerId === undefined ? undefined : this.indices.get(brokerId);
  }

  /** Undefined when the leader's incarnation isn't its broker's present one, or the broker may be given nothing. */
  indexOfLeader({ leader, incarnationId }: Unit): number | undefined {
    const index = this.indexOf(leader);
    return index !== undefined && this.brokerAt(index).incarnationId === incarnationId ? index : undefined;
  }

  /** Notes one unit more for a broker. */
  add(index: number | undefined): void {
    if (index !== undefined) this.loads[index] = this.loadOf(index) + 1;
  }

  remove(index: number): void {
    this.loads[index] = this.loadOf(index) - 1;
  }

  loadOf(index: number): number {
    return this.loads[index] as number;
  }

  /** How many units a broker can take before it has its share; negative when it has more. */
  roomOf(index: number): number {
    return (this.quotas[index] as number) - this.loadOf(index);
  }

  /**
   * Divides what all have, and `more` units, into shares that differ by one at most. The larger ones are of those that
   * have the most, as they have the least to give up.
   */
  divide(more: number): void {
    const total = this.loads.reduce((sum, load) => sum + load, more);
    const least = Math.floor(total / this.size);
    const larger = total % this.size;
    const byLoad = [...this.brokers.keys()].sort((a, b) => this.loadOf(b) - this.loadOf(a) || a - b);
    for (const [rank, index] of byLoad.entries()) this.quotas[index] = least + (rank < larger ? 1 : 0);
  }
}
