import type { BlockReader } from '../../src/log/block-reader.js';
import type { CompactedLogs } from '../../src/log/compaction/create-compactor.js';
import { ObjectNotFoundError } from '../../src/storage/object-store.js';
import { sleep, type Clock } from '../../src/time/clock.js';
import type { SimSteps } from './sim-steps.js';

const SLOW_SHARE = 0.3;

/** Logs of which compaction reads some extents so late that their objects may be gone. */
export class SlowCompactionReads implements CompactedLogs {
  readonly all: CompactedLogs['all'];
  readonly manifestOf: CompactedLogs['manifestOf'];
  readonly reader: Pick<BlockReader, 'load'>;

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
    this.reader = longestMs === 0 ? logs.reader : { load: (...wanted) => this.load(logs, ...wanted) };
  }

  private async load(logs: CompactedLogs, ...wanted: Parameters<BlockReader['load']>): ReturnType<BlockReader['load']> {
    if (this.random() < SLOW_SHARE) await sleep(this.clock, this.random() * this.longestMs);
    try {
      return await logs.reader.load(...wanted);
    } catch (error) {
      if (error instanceof ObjectNotFoundError) this.steps.count('compaction read too late');
      throw error;
    }
  }
}
