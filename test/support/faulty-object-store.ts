import {
  ObjectStoreError,
  type ByteRange,
  type CallOptions,
  type CreateOptions,
  type ListedObject,
  type ListOptions,
  type ObjectEnd,
  type ObjectInfo,
  type ObjectStore,
} from '../../src/storage/object-store.js';
import { systemClock, type Clock } from '../../src/time/clock.js';

/** What goes wrong, and how often. Rates are probabilities from 0 to 1 per call; those of the failures add up. */
export interface Faults {
  /** Least and most duration of a call in ms. */
  readonly latencyMs?: readonly [number, number];
  /** The call fails and has had no effect: a connection that could not be made. */
  readonly failBefore?: number;
  /** The call fails although it was carried out: the answer was lost. */
  readonly failAfter?: number;
  /** The call is refused with `slowDown`. */
  readonly slowDown?: number;
  /** The call is carried out, or not, at some time during `stallMs`, and fails only then: a timeout. */
  readonly stall?: number;
  readonly stallMs?: number;
  /** A create that its caller aborts on the way is carried out nevertheless, at the time it would have been. */
  readonly landsAfterAbort?: number;
  /**
   * A read returns fewer bytes than the object has. No store may do that: for tests that what is read is checked.
   */
  readonly truncate?: number;
}

export interface FaultyOptions {
  readonly faults?: Faults;
  readonly clock?: Clock;
  /** Uniform in [0, 1); decides everything, so that a seed repeats a run. */
  readonly random?: () => number;
}

/** What one call meets, drawn when it begins. */
interface Fate {
  readonly outcome: 'ok' | 'fail-before' | 'fail-after' | 'slow-down' | 'stall';
  /** ms until the call has its effect. */
  readonly untilEffect: number;
  /** ms from the effect to the answer. */
  readonly untilAnswer: number;
  /** Whether it has an effect at all. */
  readonly hasEffect: boolean;
  readonly landsAfterAbort: boolean;
  /** Which part of what was read arrives. */
  readonly arriving: number;
}

const DEFAULT_STALL_MS = 30_000;

/**
 * Passes calls on to another store, late, and lets some fail in the ways in which object stores fail. Times are those
 * of an injected clock and decisions those of an injected random source, so it also runs in virtual time, repeatably.
 */
export class FaultyObjectStore implements ObjectStore {
  private readonly clock: Clock;
  private readonly random: () => number;
  private current: Faults;

  constructor(
    private readonly store: ObjectStore,
    options: FaultyOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.current = options.faults ?? {};
  }

  /** From now on calls meet these faults, and those only. */
  setFaults(faults: Faults): void {
    this.current = faults;
  }

  create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    const { crc32c, signal } = options;
    const fate = this.draw();
    return this.meet(
      `create ${key}`,
      fate,
      signal,
      () => this.store.create(key, body, { crc32c }),
      fate.landsAfterAbort,
    );
  }

  async read(key: string, range: ByteRange, { signal }: CallOptions = {}): Promise<Buffer> {
    const fate = this.draw();
    const bytes = await this.meet(`read ${key}`, fate, signal, () => this.store.read(key, range));
    return bytes.subarray(0, Math.floor(bytes.length * fate.arriving));
  }

  async readEnd(key: string, length: number, { signal }: CallOptions = {}): Promise<ObjectEnd> {
    const fate = this.draw();
    const { bytes, objectSize } = await this.meet(`readEnd ${key}`, fate, signal, () =>
      this.store.readEnd(key, length),
    );
    return { bytes: bytes.subarray(0, Math.floor(bytes.length * fate.arriving)), objectSize };
  }

  head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo> {
    return this.meet(`head ${key}`, this.draw(), signal, () => this.store.head(key));
  }

  /** The whole listing meets one fate, before its first object. */
  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<ListedObject> {
    await this.meet(`list ${prefix}`, this.draw(), options.signal, () => Promise.resolve());
    yield* this.store.list(prefix, options);
  }

  delete(keys: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    return this.meet('delete', this.draw(), signal, () => this.store.delete(keys));
  }

  check({ signal }: CallOptions = {}): Promise<void> {
    return this.meet('check', this.draw(), signal, () => this.store.check());
  }

  close(): Promise<void> {
    return this.store.close();
  }

  /** Draws the same number of times whatever the faults are, so that changing a rate changes nothing else. */
  private draw(): Fate {
    const { failBefore = 0, failAfter = 0, slowDown = 0, stall = 0, truncate = 0, landsAfterAbort = 0 } = this.current;
    const [least, most] = this.current.latencyMs ?? [0, 0];
    const which = this.random();
    const latency = least + this.random() * (most - least);
    const share = this.random();
    const effective = this.random() < 0.5;
    const lands = this.random() < landsAfterAbort;
    const part = this.random();
    const arriving = this.random() < truncate ? part : 1;
    let outcome: Fate['outcome'] = 'ok';
    if (which < failBefore) outcome = 'fail-before';
    else if (which < failBefore + failAfter) outcome = 'fail-after';
    else if (which < failBefore + failAfter + slowDown) outcome = 'slow-down';
    else if (which < failBefore + failAfter + slowDown + stall) outcome = 'stall';
    const duration = outcome === 'stall' ? (this.current.stallMs ?? DEFAULT_STALL_MS) : latency;
    return {
      outcome,
      untilEffect: duration * share,
      untilAnswer: duration * (1 - share),
      hasEffect: outcome === 'ok' || outcome === 'fail-after' || (outcome === 'stall' && effective),
      landsAfterAbort: lands,
      arriving,
    };
  }

  private async meet<T>(
    what: string,
    fate: Fate,
    signal: AbortSignal | undefined,
    effect: () => Promise<T>,
    landsAfterAbort = false,
  ): Promise<T> {
    signal?.throwIfAborted();
    const carriedOut = this.carryOut(fate, landsAfterAbort ? undefined : signal, effect);
    const result = await orAborted(carriedOut, signal);
    if (fate.untilAnswer > 0) await this.pause(fate.untilAnswer, signal);
    if (fate.outcome === 'slow-down') throw new ObjectStoreError(`${what}: slow down (injected)`, { slowDown: true });
    if (fate.outcome !== 'ok' || result === undefined)
      throw new ObjectStoreError(`${what}: ${fate.outcome} (injected)`);
    return result.value;
  }

  /** Undefined when the fate is to have no effect. */
  private async carryOut<T>(
    fate: Fate,
    signal: AbortSignal | undefined,
    effect: () => Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    if (fate.untilEffect > 0) await this.pause(fate.untilEffect, signal);
    return fate.hasEffect ? { value: await effect() } : undefined;
  }

  private pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    const elapsed = new Promise<void>((resolve) => this.clock.setTimer(delayMs, resolve));
    return orAborted(elapsed, signal);
  }
}

/** What `promise` gives, or the signal's reason as soon as it is aborted. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
