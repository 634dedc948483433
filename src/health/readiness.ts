import type { Clock } from '../time/clock.js';
import { withinTime } from '../time/within-time.js';

/** Something the broker cannot serve clients without. */
export interface Dependency {
  readonly name: string;
  /** Resolves when it works; else rejects with an error that says what is wrong. */
  check(signal: AbortSignal): Promise<void>;
  /**
   * The answer is known at once, without asking anybody: it is never reused, and nobody else is waited for when it is bad.
   * Default: false.
   */
  readonly isLocal?: boolean;
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
  /** What the start waits for, with what is wrong with it. */
  private readonly awaited = new Map<string, string>();

  constructor(private readonly clock: Clock) {}

  /** Makes readiness depend on one thing more. */
  require(dependency: Dependency): void {
    this.watched.push(new WatchedDependency(dependency, this.clock));
  }

  /** The start waits for something. */
  waitingFor(name: string, problem: string): void {
    this.awaited.set(name, problem);
  }

  /** What the start has waited for is there. */
  arrived(name: string): void {
    this.awaited.delete(name);
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
  async dependencies(): Promise<readonly DependencyState[]> {
    const awaited = [...this.awaited].map(([name, problem]) => ({ name, problem }));
    return [...awaited, ...(await statesOf(this.watched))];
  }

  /** Why the broker is not ready; nothing when it is. Never rejects. */
  async problems(): Promise<readonly string[]> {
    if (this.phase === 'stopping') return ['shutting down'];
    if (this.phase === 'starting') {
      return ['starting: clients cannot connect yet', ...[...this.awaited].map(([name, why]) => `${name}: ${why}`)];
    }
    const all = this.dependencies();
    const known = problemsOf(await statesOf(this.watched.filter(({ isLocal }) => isLocal)));
    return known.length > 0 ? known : problemsOf(await all);
  }
}

function statesOf(watched: readonly WatchedDependency[]): Promise<DependencyState[]> {
  return Promise.all(watched.map((dependency) => dependency.state()));
}

function problemsOf(states: readonly DependencyState[]): string[] {
  return states.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
}

/** Asks one dependency, once at a time and not more often than needed. */
class WatchedDependency {
  private lastGood = -Infinity;
  private asking: Promise<DependencyState> | undefined;

  constructor(
    private readonly dependency: Dependency,
    private readonly clock: Clock,
  ) {}

  get isLocal(): boolean {
    return this.dependency.isLocal === true;
  }

  async state(): Promise<DependencyState> {
    if (this.isLocal) return this.ask();
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
