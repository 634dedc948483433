import type { Clock } from '../../time/clock.js';

export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  /** It opens when this many of the last `outcomes` requests have failed. Default 5. */
  readonly failures?: number;
  /** Default 10. */
  readonly outcomes?: number;
  /** How long nothing is asked after it has opened, ms; doubled each time it opens again soon. Default 1000. */
  readonly firstPauseMs?: number;
  /** Default 60000. */
  readonly longestPauseMs?: number;
}

/** Leave to send one request. How it ended must be told, once. */
export interface CircuitPass {
  succeeded(): void;
  failed(): void;
  /** The request says nothing about the server: its caller gave it up, for one. */
  abandoned(): void;
}

/**
 * Stops asking a server that fails, and tries again later: closed (all requests pass), open (none does), half-open (one
 * at a time does; its outcome decides). A server that fails again soon after it was trusted again is left alone for
 * twice as long.
 */
export class Circuit {
  private readonly failures: number;
  private readonly outcomes: number;
  private readonly firstPauseMs: number;
  private readonly longestPauseMs: number;
  private recent: boolean[] = [];
  /** Passes of earlier generations decide nothing any more. */
  private generation = 0;
  private openUntil: number | undefined;
  private trialUnderWay = false;
  private pauseMs: number;
  private closedAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    options: CircuitOptions = {},
  ) {
    this.failures = options.failures ?? 5;
    this.outcomes = options.outcomes ?? 10;
    this.firstPauseMs = options.firstPauseMs ?? 1_000;
    this.longestPauseMs = options.longestPauseMs ?? 60_000;
    this.pauseMs = this.firstPauseMs;
  }

  get state(): CircuitState {
    if (this.openUntil === undefined) return 'closed';
    return this.clock.monotonic() < this.openUntil ? 'open' : 'half-open';
  }

  /** Leave to ask the server now; undefined when it is to be left alone. */
  enter(): CircuitPass | undefined {
    const { state, generation } = this;
    if (state === 'open' || (state === 'half-open' && this.trialUnderWay)) return undefined;
    if (state === 'half-open') this.trialUnderWay = true;
    return {
      succeeded: () => this.ended(generation, true),
      failed: () => this.ended(generation, false),
      abandoned: () => {
        if (generation === this.generation) this.trialUnderWay = false;
      },
    };
  }

  private ended(generation: number, success: boolean): void {
    if (generation !== this.generation) return;
    if (this.openUntil === undefined) {
      this.recent = [...this.recent, success].slice(-this.outcomes);
      if (this.recent.filter((outcome) => !outcome).length >= this.failures) this.open();
    } else if (success) {
      this.close();
    } else {
      this.open();
    }
  }

  private open(): void {
    const now = this.clock.monotonic();
    const again = this.openUntil !== undefined || now - this.closedAt < this.longestPauseMs;
    this.pauseMs = again ? Math.min(this.longestPauseMs, 2 * this.pauseMs) : this.firstPauseMs;
    this.openUntil = now + this.pauseMs;
    this.nextGeneration();
  }

  private close(): void {
    this.openUntil = undefined;
    this.closedAt = this.clock.monotonic();
    this.nextGeneration();
  }

  private nextGeneration(): void {
    this.generation += 1;
    this.trialUnderWay = false;
    this.recent = [];
  }
}
