import { Counter, Gauge, type Registry } from 'prom-client';

const HEALTH_STATES = ['healthy', 'degraded', 'unavailable'] as const;
const CIRCUIT_STATES = ['closed', 'open', 'half-open'] as const;

/** What is shown of the object store's health. */
export interface ShownHealth {
  readonly state: (typeof HEALTH_STATES)[number];
  readonly latencyMs: number;
  readonly errorRate: number;
  readonly stateMs: number;
}

/** Counters and gauges of the object store beyond its single requests: health, replica, hedged reads. */
export class StoreMetrics {
  private readonly replicaReads: Counter<'outcome'>;
  private readonly hedgedReads: Counter<'winner'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.replicaReads = new Counter({
      name: 'kafscale_s3_replica_reads_total',
      help: 'Reads of records: from the replica (hit), or from the primary and why',
      labelNames: ['outcome'],
      registers,
    });
    this.hedgedReads = new Counter({
      name: 'kafscale_s3_hedged_reads_total',
      help: 'Reads that were sent a second time, by which one was answered first',
      labelNames: ['winner'],
      registers,
    });
  }

  /** @param outcome hit, or why the primary was read */
  replicaRead(outcome: string): void {
    this.replicaReads.inc({ outcome });
  }

  hedgedRead(won: boolean): void {
    this.hedgedReads.inc({ winner: won ? 'second' : 'first' });
  }

  /** Shows the state of the circuit to the replica: 1 for the one that it is in. */
  showCircuit(state: () => (typeof CIRCUIT_STATES)[number]): void {
    this.stateGauge('kafscale_s3_replica_circuit_state', 'State of the circuit to the replica', CIRCUIT_STATES, state);
  }

  showHealth(report: () => ShownHealth): void {
    this.stateGauge('kafscale_s3_health_state', 'Health of the object store', HEALTH_STATES, () => report().state);
    const about = 'over the window: of reads or writes, whichever is worse';
    this.gauge('kafscale_s3_latency_ms_avg', `Average latency of the object store ${about}`, () => report().latencyMs);
    this.gauge('kafscale_s3_error_rate', `Share of failing requests ${about}`, () => report().errorRate);
    this.gauge('kafscale_s3_state_duration_seconds', 'How long the object store has been in its state', () => {
      return report().stateMs / 1000;
    });
  }

  private gauge(name: string, help: string, measure: () => number): void {
    const registers = [this.registry];
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(measure());
      },
    });
  }

  private stateGauge<S extends string>(name: string, help: string, states: readonly S[], current: () => S): void {
    const registers = [this.registry];
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers,
      collect() {
        const now = current();
        for (const state of states) this.set({ state }, state === now ? 1 : 0);
      },
    });
  }
}
