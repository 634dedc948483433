import type { Clock } from '../time/clock.js';
import type { MetricsSample } from './messages.js';

const MAX_VALUES = 1000;
const MAX_ID_LENGTH = 255;
const NAME = /^[A-Za-z_:][A-Za-z0-9_:]{0,199}$/;

/** What is remembered of the samples that others report: how many there were, and when the last one came. */
export class ReportedMetrics {
  private accepted = 0;
  private lastAt: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** Samples taken since the start. */
  get count(): number {
    return this.accepted;
  }

  /** Since the last sample came, ms; undefined when none did. */
  get lastAgeMs(): number | undefined {
    return this.lastAt === undefined ? undefined : this.clock.monotonic() - this.lastAt;
  }

  /** @returns what is wrong with a sample that was not taken; undefined for one that was */
  take(sample: MetricsSample): string | undefined {
    const problem = problemOf(sample);
    if (problem !== undefined) return problem;
    this.accepted += 1;
    this.lastAt = this.clock.monotonic();
    return undefined;
  }
}

function problemOf({ brokerId, timestampMs, gauges, counters }: MetricsSample): string | undefined {
  if (brokerId === '' || brokerId.length > MAX_ID_LENGTH) return `broker_id must have 1 to ${MAX_ID_LENGTH} characters`;
  if (timestampMs <= 0) return `timestamp_ms is ${timestampMs}: it must be above 0`;
  const values = [...Object.entries(gauges), ...Object.entries(counters)];
  if (values.length > MAX_VALUES) return `there are ${values.length} values: at most ${MAX_VALUES} are allowed`;
  const misnamed = values.find(([name]) => !NAME.test(name));
  if (misnamed !== undefined) return `"${misnamed[0].slice(0, 40)}" is no name of a metric`;
  const endless = values.find(([, value]) => !Number.isFinite(value));
  if (endless !== undefined) return `${endless[0]} is ${endless[1]}: it must be finite`;
  const negative = Object.entries(counters).find(([, value]) => value < 0);
  return negative && `${negative[0]} is ${negative[1]}: a counter is never negative`;
}
