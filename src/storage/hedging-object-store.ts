import { ForwardingObjectStore } from './forwarding-object-store.js';
import type { Clock } from '../time/clock.js';
import {
  ObjectNotFoundError,
  type ByteRange,
  type CallOptions,
  type ObjectEnd,
  type ObjectStore,
  type ReadOptions,
} from './object-store.js';

export interface HedgeObserver {
  /** A read was sent a second time; `won`: the second one was answered first. */
  hedgedRead(won: boolean): void;
}

export interface HedgeOptions {
  /** A read that takes longer is sent a second time, ms. */
  readonly afterMs: number;
  readonly clock: Clock;
  readonly observer: HedgeObserver;
}

/** Hedges per read, over time: a store that is slow for everybody gets a tenth more requests, not twice as many. */
const SHARE = 0.1;
/** Hedges that may come in a row after quiet times. */
const BURST = 10;

/**
 * Sends a read that takes long a second time, and uses whichever answer is first: most slow answers of object stores are
 * slow by chance. The other request is aborted. Everything but reads is passed on as it is.
 */
export class HedgingObjectStore extends ForwardingObjectStore {
  private allowance = BURST;

  constructor(
    store: ObjectStore,
    private readonly options: HedgeOptions,
  ) {
    super(store);
  }

  override read(key: string, range: ByteRange, options: ReadOptions = {}): Promise<Buffer> {
    return this.hedged(options, (signal) => this.store.read(key, range, { ...options, signal }));
  }

  override readEnd(key: string, length: number, options: ReadOptions = {}): Promise<ObjectEnd> {
    return this.hedged(options, (signal) => this.store.readEnd(key, length, { ...options, signal }));
  }

  /**
   * Before the second request is out, a failure of the first is the outcome: whoever asked retries, and knows what that
   * costs. With both out, the first answer counts, and a failure only when both fail. "Not found" is an answer.
   */
  private async hedged<T>({ signal: outer }: CallOptions, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    outer?.throwIfAborted();
    this.allowance = Math.min(BURST, this.allowance + SHARE);
    const { clock, afterMs, observer } = this.options;
    const first = Promise.withResolvers<T>();
    const aborts: AbortController[] = [];
    let failures = 0;
    const start = () => {
      const abort = new AbortController();
      const isHedge = aborts.push(abort) > 1;
      send(abort.signal).then(
        (value) => {
          if (aborts.length > 1 && !abort.signal.aborted) observer.hedgedRead(isHedge);
          first.resolve(value);
        },
        (error: unknown) => {
          failures += 1;
          if (error instanceof ObjectNotFoundError || failures === aborts.length) first.reject(error);
        },
      );
    };
    const onAbort = () => first.reject(outer?.reason);
    outer?.addEventListener('abort', onAbort, { once: true });
    const timer = clock.setTimer(afterMs, () => {
      if (this.allowance < 1) return;
      this.allowance -= 1;
      start();
    });
    start();
    try {
      return await first.promise;
    } finally {
      timer.cancel();
      outer?.removeEventListener('abort', onAbort);
      for (const abort of aborts) abort.abort(outer?.reason ?? new Error('the other request was answered first'));
    }
  }
}
