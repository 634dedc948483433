import type { StoreHealthConfig } from '../../config/broker-config.js';
import type { Clock } from '../../time/clock.js';
import { HealthWindow, WINDOW_SLICES } from './health-window.js';
import { judgedLatency } from './judged-latency.js';

export const HEALTH_STATES = ['healthy', 'degraded', 'unavailable'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/**
 * How a request ended. `refused`: the store answered no, as it should (there is no such object, or one already).
 * `aborted`: its caller gave it up.
 */
export type RequestOutcome = 'success' | 'refused' | 'error' | 'aborted';

/** Ends a request that was begun; once. */
export type EndRequest = (outcome: RequestOutcome) => void;

/** Fewer requests in the window are no evidence. */
const LEAST_REQUESTS = 10;
/** So many failures, or requests that hang, with no success among them: nothing gets through, whatever was before. */
const HOPELESS = 8;
/** A better state has to be better by this factor. */
const LEAVE_AT = 0.7;
/** So many good answers in a row end an outage. */
const RECOVERED = 5;
/** A better state is believed after a sixth of the window at the earliest; an outage's end is judged by the last such part. */
const RECENT_SLICES = WINDOW_SLICES / 6;
/** How often averages are looked at anew between requests, ms. */
const LOOK_EVERY_MS = 100;
/** Without a request for so long nobody is trying, ms: then an outage's end has to be found out by a probe. */
const IDLE_AFTER_MS = 4_000;

interface Averages {
  readonly latencyMs: number;
  readonly errorRate: number;
  /** Requests that have ended. */
  readonly requests: number;
  /** Latencies that are known, also of requests that are still waiting and slow. */
  readonly latencies: number;
  /** Requests that have been waiting for longer than critical. */
  readonly hanging: number;
}

const NOTHING_SEEN: Averages = { latencyMs: 0, errorRate: 0, requests: 0, latencies: 0, hanging: 0 };

interface RequestUnderWay {
  readonly startedAt: number;
  readonly bytes: number;
}

/**
 * Judges one direction (writes or reads) of an object store by the average latency and the share of failures over a
 * window. Pure: time comes from the clock, and nothing happens by itself.
 *
 * - It gets worse with enough evidence ({@link LEAST_REQUESTS}) at a threshold, or when {@link HOPELESS} requests in a
 *   row got nothing. Requests that are still waiting count as soon as they are slow: a store that hangs is noticed before
 *   the first timeout.
 * - It gets better below 70 % of the warning thresholds, and never sooner than a sixth of the window after the last change.
 * - Unavailable ends with {@link RECOVERED} good answers in a row, when the last sixth of the window is below 70 % of the
 *   critical thresholds; first it is degraded then. Until then few requests are let through ({@link admit}): one after each
 *   successful probe, two after each good answer. An outage that comes back soon lasts twice as long, up to a window.
 */
export class DirectionHealth {
  private readonly window: HealthWindow;
  private readonly underWay = new Set<RequestUnderWay>();
  private current: HealthState = 'healthy';
  private changedAt: number;
  private lookedAt = -Infinity;
  private averages: Averages = NOTHING_SEEN;
  private lastSuccessAt: number;
  private lastEndAt = -Infinity;
  private failuresInARow = 0;
  private goodInARow = 0;
  private trials = 0;
  private outageMs: number;
  private outageEndedAt = -Infinity;

  /** @param onChange is told every new state */
  constructor(
    private readonly thresholds: StoreHealthConfig,
    private readonly clock: Clock,
    private readonly onChange: (state: HealthState) => void = () => undefined,
  ) {
    this.window = new HealthWindow(thresholds.windowMs);
    this.changedAt = this.lastSuccessAt = clock.monotonic();
    this.outageMs = this.dwellMs;
  }

  get state(): HealthState {
    this.look();
    return this.current;
  }

  /** Average over the window, as judged (see {@link judgedLatency}), ms; 0 without requests. */
  get latencyMs(): number {
    this.look();
    return this.averages.latencyMs;
  }

  /** Share of failed requests in the window, 0 to 1; 0 without requests. */
  get errorRate(): number {
    this.look();
    return this.averages.errorRate;
  }

  /** How near to unavailable: 0 when healthy or at the warning, 1 when unavailable. */
  get severity(): number {
    const { state } = this;
    if (state !== 'degraded') return state === 'healthy' ? 0 : 1;
    const { latencyWarnMs, latencyCritMs, errorRateWarn, errorRateCrit } = this.thresholds;
    const slow = (this.averages.latencyMs - latencyWarnMs) / (latencyCritMs - latencyWarnMs);
    const failing = (this.averages.errorRate - errorRateWarn) / (errorRateCrit - errorRateWarn);
    return Math.min(1, Math.max(0, slow, failing));
  }

  /** A request goes out. Every request must be told, also those that {@link admit} was not asked about. */
  begin(bytes: number): EndRequest {
    const request = { startedAt: this.clock.monotonic(), bytes };
    this.underWay.add(request);
    return (outcome) => {
      if (this.underWay.delete(request)) this.end(request, outcome);
    };
  }

  /** Whether new work may go to the store: always, but when it is unavailable only a little, to find out whether it is. */
  admit(): boolean {
    if (this.state !== 'unavailable') return true;
    if (this.trials === 0) return false;
    this.trials -= 1;
    return true;
  }

  /** Whether a probe is wanted: it is unavailable, and no request is about to tell more. */
  get wantsProbe(): boolean {
    if (this.state !== 'unavailable' || this.underWay.size > 0) return false;
    return this.clock.monotonic() - this.lastEndAt >= IDLE_AFTER_MS;
  }

  /** A probe (a cheap request that was not begun here) has ended. */
  probed(success: boolean): void {
    if (this.current !== 'unavailable') return;
    this.trials = success ? 1 : 0;
    this.goodInARow = success ? this.goodInARow + 1 : 0;
    this.window.record(this.clock.monotonic(), !success, undefined);
    this.look(true);
  }

  private end({ startedAt, bytes }: RequestUnderWay, outcome: RequestOutcome): void {
    const now = this.clock.monotonic();
    const { latencyWarnMs, latencyCritMs } = this.thresholds;
    const latency = judgedLatency(now - startedAt, bytes, latencyWarnMs);
    const answered = outcome === 'success' || outcome === 'refused';
    // Without an answer it took at least so long: that tells something only when it is long.
    const measured = answered || latency >= latencyWarnMs ? latency : undefined;
    if (outcome === 'aborted' && measured === undefined) return;
    this.lastEndAt = now;
    this.window.record(now, outcome === 'error', measured);
    if (answered) this.lastSuccessAt = now;
    if (answered) this.failuresInARow = 0;
    else this.failuresInARow += 1;
    const good = answered && latency < LEAVE_AT * latencyCritMs;
    this.goodInARow = good ? this.goodInARow + 1 : 0;
    if (this.current === 'unavailable' && good) this.trials = 2;
    this.look(true);
  }

  private get dwellMs(): number {
    return (this.thresholds.windowMs * RECENT_SLICES) / WINDOW_SLICES;
  }

  private look(now = false): void {
    const time = this.clock.monotonic();
    if (!now && time - this.lookedAt < LOOK_EVERY_MS) return;
    this.lookedAt = time;
    const found = this.find(time);
    if (found === this.current) return;
    this.change(found, time);
    this.onChange(found);
  }

  private change(found: HealthState, now: number): void {
    if (found === 'unavailable') {
      const relapse = now - this.outageEndedAt < 2 * this.thresholds.windowMs;
      this.outageMs = relapse ? Math.min(this.thresholds.windowMs, 2 * this.outageMs) : this.dwellMs;
      this.goodInARow = 0;
      this.trials = 0;
    }
    if (this.current === 'unavailable') {
      this.outageEndedAt = now;
      // What was before is over; what ended the outage is where the next judgement starts from.
      this.window.keep(now, RECENT_SLICES);
      this.failuresInARow = 0;
      this.averages = this.measure(now);
    }
    this.current = found;
    this.changedAt = now;
  }

  private find(now: number): HealthState {
    const { latencyWarnMs, latencyCritMs, errorRateWarn, errorRateCrit } = this.thresholds;
    const { latencyMs, errorRate, requests, latencies, hanging } = (this.averages = this.measure(now));
    const reaches = (latency: number, errors: number) =>
      (latencies >= LEAST_REQUESTS && latencyMs >= latency) || (requests >= LEAST_REQUESTS && errorRate >= errors);
    const since = now - this.changedAt;
    if (this.current === 'unavailable') {
      const over = since >= this.outageMs && this.goodInARow >= RECOVERED && this.isRecentlyUsable(now);
      return over ? 'degraded' : 'unavailable';
    }
    const hopeless = this.failuresInARow + hanging >= HOPELESS && now - this.lastSuccessAt >= latencyCritMs;
    if (hopeless || reaches(latencyCritMs, errorRateCrit)) return 'unavailable';
    if (reaches(latencyWarnMs, errorRateWarn)) return 'degraded';
    if (this.current === 'healthy') return 'healthy';
    const calm = !reaches(LEAVE_AT * latencyWarnMs, LEAVE_AT * errorRateWarn);
    return calm && since >= this.dwellMs ? 'healthy' : 'degraded';
  }

  /** Five good answers in a row come about by chance as well, when many requests fail. */
  private isRecentlyUsable(now: number): boolean {
    const { latencyMs, errorRate } = this.measure(now, RECENT_SLICES);
    return latencyMs < LEAVE_AT * this.thresholds.latencyCritMs && errorRate < LEAVE_AT * this.thresholds.errorRateCrit;
  }

  private measure(now: number, slices?: number): Averages {
    const { latencyWarnMs, latencyCritMs } = this.thresholds;
    const { requests, errors, ...measured } = this.window.totals(now, slices);
    let { latencies, latencySumMs } = measured;
    let hanging = 0;
    for (const { startedAt, bytes } of this.underWay) {
      const latency = judgedLatency(now - startedAt, bytes, latencyWarnMs);
      if (latency < latencyWarnMs) continue;
      latencies += 1;
      latencySumMs += latency;
      if (latency >= latencyCritMs) hanging += 1;
    }
    return {
      latencyMs: latencies === 0 ? 0 : latencySumMs / latencies,
      errorRate: requests === 0 ? 0 : errors / requests,
      requests,
      latencies,
      hanging,
    };
  }
}
