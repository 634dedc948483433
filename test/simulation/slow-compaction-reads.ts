import type { Extent } from '../../src/log/extents.js';
import type { CompactedLogs } from '../../src/log/compaction/create-compactor.js';
import { ObjectNotFoundError } from '../../src/storage/object-store.js';
import { sleep, type Clock } from '../../src/time/clock.js';
import type { SimSteps } from './sim-steps.js';

const SLOW_SHARE = 0.3;

/** Logs of which compaction reads some extents so late that their objects may be gone. */
export class SlowCompactionReads implements CompactedLogs {
  readonly all: CompactedLogs['all'];
  readonly manifestOf: CompactedLogs['manifestOf'];
  readonly loadForMaintenance: CompactedLogs['loadForMaintenance'];

  /** @param longestMs 0 for reads that are not held up */
  constructor(
    logs: CompactedLogs,
    private readonly longestMs: number,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly steps: SimSteps,
  ) {
    this.all = () => logs.all();
    this.manifestOf = (log) => logs.manifestOf(log);
    this.loadForMaintenance = (extent) => (longestMs === 0 ? logs.loadForMaintenance(extent) : this.load(logs, extent));
  }

  private async load(logs: CompactedLogs, extent: Extent): Promise<readonly Buffer[]> {
    if (this.random() < SLOW_SHARE) await sleep(this.clock, this.random() * this.longestMs);
    try {
      return await logs.loadForMaintenance(extent);
    } catch (error) {
      if (error instanceof ObjectNotFoundError) this.steps.count('compaction read too late');
      throw error;
    }
  }
}
