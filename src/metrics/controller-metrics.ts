import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is counted of the cluster's controller, on the broker that it is. */
export class ControllerMetrics {
  private readonly isController: Gauge;
  private readonly vacantPartitions: Gauge;
  private readonly assignments: Counter;
  private readonly moves: Counter;
  private readonly transactions: Counter<'outcome'>;
  private readonly planning: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.isController = new Gauge({
      name: 'kafscale_controller_active',
      help: '1 on the broker that assigns partitions and group slots, else 0',
      registers,
    });
    this.vacantPartitions = new Gauge({
      name: 'kafscale_controller_vacant_partitions',
      help: 'Partitions without a leader when the controller looked last',
      registers,
    });
    this.assignments = new Counter({
      name: 'kafscale_controller_assignments_total',
      help: 'Partitions that were given a new leader',
      registers,
    });
    this.moves = new Counter({
      name: 'kafscale_controller_moves_total',
      help: 'Partitions that their leaders were asked to release for another broker',
      registers,
    });
    this.transactions = new Counter({
      name: 'kafscale_controller_transactions_total',
      help: 'Transactions of the controller; failed are those without an answer, too',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['applied', 'refused', 'failed']) this.transactions.inc({ outcome }, 0);
    this.planning = new Histogram({
      name: 'kafscale_controller_planning_seconds',
      help: 'Time in which the controller chooses leaders, and the broker does nothing else, seconds',
      buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    });
  }

  controllerChanged(isController: boolean): void {
    this.isController.set(isController ? 1 : 0);
    if (!isController) this.vacantPartitions.set(0);
  }

  planned({ vacant, durationMs }: { readonly vacant: number; readonly durationMs: number }): void {
    this.vacantPartitions.set(vacant);
    this.planning.observe(durationMs / 1000);
  }

  partitionsAssigned(count: number): void {
    this.assignments.inc(count);
  }

  movesPlanned(count: number): void {
    this.moves.inc(count);
  }

  controllerTransaction(outcome: string): void {
    this.transactions.inc({ outcome });
  }
}
