import { setTimeout as delay } from 'node:timers/promises';

/** What a broker must have done for the check to prove anything: names of its metrics. */
const COUNTED = {
  segmentsWritten: 'kafscale_compaction_segments_total{kind="compaction"}',
  segmentsMerged: 'kafscale_compaction_merged_segments_total',
  walMerges: 'kafscale_wal_merges_total',
  walObjectsRemoved: 'kafscale_removed_objects_total{reason="wal"}',
  retiredObjectsRemoved: 'kafscale_removed_objects_total{reason="retired"}',
  logStartMoves: 'kafscale_log_start_moves_total{reason="size"}',
} as const;

/** What happens under any load, given time. */
const CERTAIN = ['segmentsWritten', 'walObjectsRemoved', 'retiredObjectsRemoved', 'logStartMoves'] as const;

export type BrokerCounts = Record<keyof typeof COUNTED, number>;

/** Adds up what a broker has counted, over its kills. */
export class BrokerCounters {
  private readonly former = zeros();
  private current = zeros();

  /** @param httpAddress `host:port` of the metrics */
  constructor(private readonly httpAddress: string) {}

  get total(): BrokerCounts {
    const total = zeros();
    for (const name of keys()) total[name] = this.former[name] + this.current[name];
    return total;
  }

  /** Asks the broker; one that doesn't answer now, as it is starting, has counted little. */
  async read(): Promise<void> {
    let text: string;
    try {
      const answer = await fetch(`http://${this.httpAddress}/metrics`, { signal: AbortSignal.timeout(5_000) });
      text = await answer.text();
    } catch {
      return;
    }
    for (const name of keys()) this.current[name] = valueOf(text, COUNTED[name]);
  }

  /**
   * Waits until a broker that is at work has done everything that is counted, merges aside, which depend on the load.
   *
   * @throws {Error} after `timeoutMs`, with the counts
   */
  async allCounted(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      await this.read();
      const { total } = this;
      if (CERTAIN.every((name) => total[name] > 0)) return;
      if (performance.now() > deadline) {
        throw new Error(`not everything happened within ${timeoutMs} ms: ${JSON.stringify(total)}`);
      }
      await delay(500);
    }
  }

  /** The next broker begins at 0. */
  brokerKilled(): void {
    for (const name of keys()) this.former[name] += this.current[name];
    this.current = zeros();
  }
}

/** @returns 0 for what is not there (yet) */
function valueOf(text: string, metric: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${metric} `));
  return line === undefined ? 0 : Number(line.slice(metric.length + 1));
}

function keys(): (keyof BrokerCounts)[] {
  return Object.keys(COUNTED) as (keyof BrokerCounts)[];
}

function zeros(): BrokerCounts {
  return Object.fromEntries(keys().map((name) => [name, 0])) as BrokerCounts;
}
