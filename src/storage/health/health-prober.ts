import type { Clock, Timer } from '../../time/clock.js';
import { withDeadline } from '../call-deadline.js';
import type { StoreHealth } from './store-health.js';

const PROBE_EVERY_MS = 2_000;
/** A probe without an answer by then has failed, ms. */
const PROBE_TIMEOUT_MS = 3_000;

/**
 * Finds out whether an unavailable object store is back, where no request of ours is trying: by a cheap request that
 * changes nothing, every two seconds. Does nothing while the store works: an idle broker sends no requests (I7).
 */
export class HealthProber {
  private timer: Timer | undefined;
  private stopped = false;

  /** @param check the cheap request; rejects when the store can't be used */
  constructor(
    private readonly health: StoreHealth,
    private readonly check: (signal: AbortSignal) => Promise<void>,
    private readonly clock: Clock,
  ) {
    health.onChange(() => this.schedule());
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private schedule(): void {
    if (this.timer !== undefined || this.stopped || this.health.state !== 'unavailable') return;
    this.timer = this.clock.setTimer(PROBE_EVERY_MS, () => {
      void this.probe().then(() => {
        this.timer = undefined;
        this.schedule();
      });
    });
  }

  /** Never rejects. */
  private async probe(): Promise<void> {
    const wanting = [this.health.writes, this.health.reads].filter((direction) => direction.wantsProbe);
    if (wanting.length === 0) return;
    const success = await withDeadline(this.clock, PROBE_TIMEOUT_MS, undefined, this.check).then(
      () => true,
      () => false,
    );
    for (const direction of wanting) direction.probed(success);
  }
}
