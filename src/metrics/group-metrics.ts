import { Counter, Histogram, type Registry } from 'prom-client';

const LAG_BUCKETS = [0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/** What is counted of consumer groups. */
export class GroupMetrics {
  private readonly offsetCommits: Counter;
  private readonly lag: Histogram;
  private readonly writes: Counter;
  private readonly rebalances: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.offsetCommits = new Counter({
      name: 'kafscale_offset_commits_total',
      help: 'Offsets that groups have committed',
      registers,
    });
    this.lag = new Histogram({
      name: 'kafscale_consumer_lag',
      help: 'Records that groups have still to consume in a partition when they commit an offset in it',
      buckets: LAG_BUCKETS,
      registers,
    });
    this.writes = new Counter({
      name: 'kafscale_group_transactions_total',
      help: 'Transactions in which groups and offsets were written',
      registers,
    });
    this.rebalances = new Counter({
      name: 'kafscale_group_rebalances_total',
      help: 'Rebalances that ended with an assignment',
      registers,
    });
  }

  /** @param lag records that are left in the partition; undefined when that is not known */
  offsetCommitted(lag: number | undefined): void {
    this.offsetCommits.inc();
    if (lag !== undefined) this.lag.observe(lag);
  }

  groupWrite(): void {
    this.writes.inc();
  }

  groupRebalanced(): void {
    this.rebalances.inc();
  }
}
