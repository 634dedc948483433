import { coldKey, LoadedData, type ColdData } from '../../log/cold-data.js';
import type { ReadableLog } from '../../log/readable-log.js';
import type { Logger } from '../../logging/logger.js';
import { ObjectNotFoundError } from '../../storage/object-store.js';
import { backoffDelay } from '../../time/backoff.js';
import type { Clock, Timer } from '../../time/clock.js';

/**
 * A reader with nothing else to show waits for the object store this long even when the client wants no wait, ms: a
 * broker with disks would have read the disk.
 */
const COLD_READ_PATIENCE_MS = 5_000;

/** The one wait of a fetch request: ends with a commit, a read that came in, the time limit, or the connection. */
export class FetchWait {
  /** Partitions whose batches can't be read from the object store at the moment. */
  readonly failing = new Set<ReadableLog>();
  /** What this wait has brought into memory. */
  readonly loaded = new LoadedData();
  private readonly loading = new Set<string>();
  /** Loads that have failed in a row. */
  private readonly failures = new Map<ReadableLog, number>();
  private readonly cleanups: (() => void)[] = [];
  private readonly timers = new Set<Timer>();
  private cancelled = false;
  /** The client's time is up. Set by the timer itself: a timer may fire a fraction of a ms before a clock says so. */
  private timeUp = false;
  private patience: Timer | undefined;
  private patienceUp = false;
  private ended = false;
  private woken = false;
  private wake: () => void = () => undefined;

  /** @param cancel signals that end the wait at once */
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    maxWaitMs: number,
    cancel: readonly AbortSignal[],
  ) {
    for (const signal of cancel) {
      const onAbort = () => {
        this.cancelled = true;
        this.wakeUp();
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.cleanups.push(() => signal.removeEventListener('abort', onAbort));
    }
    if (maxWaitMs === 0) this.timeUp = true;
    else this.startTimer(maxWaitMs, () => this.endTime());
  }

  wakeOnAdvance(log: ReadableLog): void {
    this.cleanups.push(log.onAdvance(() => this.wakeUp()));
  }

  /** Brings something into memory. When that fails, the log is looked at again later, as often as the wait lasts. */
  load(log: ReadableLog, data: ColdData): void {
    const key = coldKey(data);
    if (this.loading.has(key)) return;
    this.patience ??= this.startTimer(COLD_READ_PATIENCE_MS, () => {
      this.patienceUp = true;
      this.wakeUp();
    });
    this.loading.add(key);
    log.load(data, this.loaded).then(
      () => {
        this.failures.delete(log);
        this.failing.delete(log);
        this.lookAgain(key);
      },
      (error: unknown) => this.failed(log, key, error),
    );
  }

  private failed(log: ReadableLog, key: string, error: unknown): void {
    const attempt = this.failures.get(log) ?? 0;
    this.failures.set(log, attempt + 1);
    this.logger.warn({ event: 'fetch_read_failed', key, attempt, err: error }, 'read failed');
    if (this.ended) return;
    // What is gone may have been replaced by compaction: the log knows by what.
    if (error instanceof ObjectNotFoundError && attempt === 0) {
      this.lookAgain(key);
      return;
    }
    this.failing.add(log);
    this.startTimer(backoffDelay(attempt, Math.random), () => this.lookAgain(key));
  }

  private lookAgain(key: string): void {
    this.loading.delete(key);
    this.wakeUp();
  }

  /** Resolves at the next event; at once if there was one since the last call. */
  async next(isEmpty: boolean): Promise<void> {
    if (!this.woken && !this.isOver(isEmpty)) await new Promise<void>((resolve) => (this.wake = resolve));
    this.woken = false;
  }

  /**
   * Whether the answer is due, whatever there is.
   *
   * @param isCold whether something has to be loaded that isn't being loaded yet
   */
  isOver(isEmpty: boolean, isCold = false): boolean {
    if (this.cancelled) return true;
    const readIsAwaited = isEmpty && (isCold || this.loading.size > 0) && !this.patienceUp;
    return this.timeUp && !readIsAwaited;
  }

  end(): void {
    this.ended = true;
    for (const cleanup of this.cleanups) cleanup();
    for (const timer of this.timers) timer.cancel();
  }

  private endTime(): void {
    this.timeUp = true;
    this.wakeUp();
  }

  private startTimer(delayMs: number, callback: () => void): Timer {
    const timer = this.clock.setTimer(delayMs, callback);
    this.timers.add(timer);
    return timer;
  }

  private wakeUp(): void {
    this.woken = true;
    this.wake();
  }
}
