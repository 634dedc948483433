import { Counter, type Registry } from 'prom-client';
import { Gauges } from './gauges.js';

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
  private readonly gauges: Gauges;
  private circuitState: (() => (typeof CIRCUIT_STATES)[number]) | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    this.gauges = new Gauges(registry);
    this.replicaReads = new Counter({
      name: 'kafscale_s3_replica_reads_total',
      help: 'Reads of records: from the replica (hit), or from the primary and why',
      labelNames: ['outcome'],
      registers,
    });
    this.replicaReads.inc({ outcome: 'hit' }, 0);
    this.hedgedReads = new Counter({
      name: 'kafscale_s3_hedged_reads_total',
      help: 'Reads that were sent a second time, by which one was answered first',
      labelNames: ['winner'],
      registers,
    });
    for (const winner of ['first', 'second']) this.hedgedReads.inc({ winner }, 0);
    const about = 'State of the circuit to the replica: 1 for the one that it is in; nothing where there is no replica';
    this.gauges.addState('kafscale_s3_replica_circuit_state', about, CIRCUIT_STATES, () => this.circuitState?.());
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
    this.circuitState = state;
  }

  showHealth(report: () => ShownHealth): void {
    this.gauges.addState(
      'kafscale_s3_health_state',
      'Health of the object store: 1 for the state that it is in',
      HEALTH_STATES,
      () => report().state,
    );
    const about = 'over the window: of reads or writes, whichever is worse';
    this.gauges.add('kafscale_s3_latency_ms_avg', `Average latency of the object store ${about}, ms`, () => {
      return report().latencyMs;
    });
    this.gauges.add('kafscale_s3_error_rate', `Share of failing requests ${about}, 0 to 1`, () => report().errorRate);
    this.gauges.add(
      'kafscale_s3_state_duration_seconds',
      'How long the object store has been in its state, seconds',
      () => {
        return report().stateMs / 1000;
      },
    );
  }
}
