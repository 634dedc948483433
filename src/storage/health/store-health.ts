import type { StoreHealthConfig } from '../../config/broker-config.js';
import type { Clock } from '../../time/clock.js';
import { DirectionHealth, HEALTH_STATES, type HealthState } from './direction-health.js';

/** What `/health` and the metrics tell of the object store. */
export interface HealthReport {
  readonly state: HealthState;
  readonly writes: HealthState;
  readonly reads: HealthState;
  /** Average over the window, of reads or of writes, whichever is longer, ms. */
  readonly latencyMs: number;
  /** Share of failed requests in the window, of reads or of writes, whichever is larger. */
  readonly errorRate: number;
  /** Since the state last changed, ms. */
  readonly stateMs: number;
}

/** Told when the state of either direction changes. */
export type HealthListener = (direction: 'writes' | 'reads', state: HealthState, report: HealthReport) => void;

/**
 * The health of the object store. Writes and reads are judged apart: many good reads must not hide that no write gets
 * through. The whole is as bad as the worse of them.
 */
export class StoreHealth {
  readonly writes: DirectionHealth;
  readonly reads: DirectionHealth;
  private readonly listeners: HealthListener[] = [];
  private overall: HealthState = 'healthy';
  private changedAt: number;

  constructor(
    thresholds: StoreHealthConfig,
    private readonly clock: Clock,
  ) {
    this.changedAt = clock.monotonic();
    this.writes = new DirectionHealth(thresholds, clock, (state) => this.changed('writes', state));
    this.reads = new DirectionHealth(thresholds, clock, (state) => this.changed('reads', state));
  }

  get state(): HealthState {
    return worse(this.writes.state, this.reads.state);
  }

  report(): HealthReport {
    const { writes, reads, state } = this;
    return {
      state,
      writes: writes.state,
      reads: reads.state,
      latencyMs: Math.max(writes.latencyMs, reads.latencyMs),
      errorRate: Math.max(writes.errorRate, reads.errorRate),
      stateMs: this.clock.monotonic() - this.changedAt,
    };
  }

  onChange(listener: HealthListener): void {
    this.listeners.push(listener);
  }

  private changed(direction: 'writes' | 'reads', state: HealthState): void {
    const { state: overall } = this;
    if (overall !== this.overall) {
      this.overall = overall;
      this.changedAt = this.clock.monotonic();
    }
    const report = this.report();
    for (const listener of this.listeners) listener(direction, state, report);
  }
}

function worse(a: HealthState, b: HealthState): HealthState {
  return HEALTH_STATES.indexOf(a) > HEALTH_STATES.indexOf(b) ? a : b;
}
