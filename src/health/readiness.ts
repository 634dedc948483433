import type { Clock } from '../time/clock.js';
import { withinTime } from '../time/within-time.js';

/** Something the broker cannot serve clients without. */
export interface Dependency {
  readonly name: string;
  /** Resolves when it works; else rejects with an error that says what is wrong. */
  check(signal: AbortSignal): Promise<void>;
}

export interface DependencyState {
  readonly name: string;
  /** What is wrong; absent when it works. */
  readonly problem?: string;
}

/** A dependency that has not answered by then counts as failed, ms. */
const CHECK_TIMEOUT_MS = 3000;
/** A good answer is believed for so long, ms: probes must not turn into load on the stores. */
const GOOD_FOR_MS = 2000;

/** Whether clients can use this broker: it takes connections, its dependencies answer, and it is not shutting down. */
export class Readiness {
  private phase: 'starting' | 'serving' | 'stopping' = 'starting';
  private readonly watched: WatchedDependency[] = [];

  constructor(private readonly clock: Clock) {}

  /** Makes readiness depend on one thing more. */
  require(dependency: Dependency): void {
    this.watched.push(new WatchedDependency(dependency, this.clock));
  }

  /** Whether clients can connect and the broker is not about to stop. */
  get isServing(): boolean {
    return this.phase === 'serving';
  }

  /** Clients can connect from now on. */
  serving(): void {
    if (this.phase === 'starting') this.phase = 'serving';
  }

  /** The broker is about to stop: never ready again. */
  stopping(): void {
    this.phase = 'stopping';
  }

  /** The state of every dependency, as of now or a moment ago. Never rejects. */
  dependencies(): Promise<readonly DependencyState[]> {
    return Promise.all(this.watched.map((watched) => watched.state()));
  }

  /** Why the broker is not ready; nothing when it is. Never rejects. */
  async problems(): Promise<readonly string[]> {
    if (this.phase === 'starting') return ['starting: clients cannot connect yet'];
    if (this.phase === 'stopping') return ['shutting down'];
    const states = await this.dependencies();
    return states.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
  }
}

/** Asks one dependency, once at a time and not more often than needed. */
class WatchedDependency {
  private lastGood = -Infinity;
  private asking: Promise<DependencyState> | undefined;

  constructor(
    private readonly dependency: Dependency,
    private readonly clock: Clock,
  ) {}

  async state(): Promise<DependencyState> {
    if (this.clock.monotonic() - this.lastGood < GOOD_FOR_MS) return { name: this.dependency.name };
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<DependencyState> {
    const { name } = this.dependency;
    const abort = new AbortController();
    try {
      await withinTime(this.clock, CHECK_TIMEOUT_MS, this.dependency.check(abort.signal), () => {
        const error = new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`);
        abort.abort(error);
        return error;
      });
      this.lastGood = this.clock.monotonic();
      return { name };
    } catch (error) {
      return { name, problem: error instanceof Error ? error.message : String(error) };
    }
  }
}
