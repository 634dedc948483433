import { monitorEventLoopDelay } from 'node:perf_hooks';

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>;

/** How often the delay is measured, ms; also what is taken off, as a timer cannot be more exact. */
const RESOLUTION_MS = 10;
/** The delay is that of the last such period and of the one that runs, ms. */
const PERIOD_MS = 15_000;

/** How long what is due has to wait because the process is busy with something else, ms. */
export interface EventLoopDelays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Measures the delay of the event loop over the last 15 to 30 seconds. */
export class EventLoopDelay {
  private current = started();
  private previous: IntervalHistogram | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => this.turn(), PERIOD_MS);
    this.timer.unref();
  }

  /** The worse of the two periods. */
  delays(): EventLoopDelays {
    const [now, before] = [delaysOf(this.current), delaysOf(this.previous)];
    return {
      p50: Math.max(now.p50, before.p50),
      p99: Math.max(now.p99, before.p99),
      max: Math.max(now.max, before.max),
    };
  }

  stop(): void {
    clearInterval(this.timer);
    this.current.disable();
  }

  private turn(): void {
    this.current.disable();
    this.previous = this.current;
    this.current = started();
  }
}

function started(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}

function delaysOf(histogram: IntervalHistogram | undefined): EventLoopDelays {
  if (histogram === undefined || histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
  const delay = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return { p50: delay(histogram.percentile(50)), p99: delay(histogram.percentile(99)), max: delay(histogram.max) };
}
