import {
  MetadataUnavailableError,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Snapshot,
  type Transaction,
  type TransactionResult,
  type Watch,
  type WatchListener,
} from '../../src/metadata/metadata-store.js';
import { sleep, systemClock, type Clock } from '../../src/time/clock.js';

/** What goes wrong, and how often. Rates are probabilities from 0 to 1 per call; they add up. */
export interface MetadataFaults {
  /** Least and most duration of a call in ms. */
  readonly latencyMs?: readonly [number, number];
  /** The call fails and has no effect. */
  readonly failBefore?: number;
  /** The call fails although it was carried out. */
  readonly failAfter?: number;
  /** The call fails, and is carried out later: after up to `lateMs`, whatever has happened meanwhile. */
  readonly applyLate?: number;
  readonly lateMs?: number;
  /** Most that a watch lags behind, ms. */
  readonly watchLagMs?: number;
}

export interface FaultyMetadataOptions {
  readonly faults?: MetadataFaults;
  readonly clock?: Clock;
  /** Uniform in [0, 1); decides everything, so that a seed repeats a run. */
  readonly random?: () => number;
}

/** What has become of a transaction whose answer is lost. */
export type LostAnswer = 'before it is applied' | 'after it was applied';

/** A connection to a metadata store that is slow and unreliable, as etcd is seen over a network. */
export class FaultyMetadataStore implements MetadataStore {
  private readonly clock: Clock;
  private readonly random: () => number;
  private faults: MetadataFaults;
  private readonly losses: LostAnswer[] = [];

  constructor(
    private readonly store: MetadataStore,
    options: FaultyMetadataOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.faults = options.faults ?? {};
  }

  /** From now on calls meet these faults, and those only. */
  setFaults(faults: MetadataFaults): void {
    this.faults = faults;
  }

  /** Loses the answers to the next transactions, whatever else goes wrong. */
  loseAnswers(...losses: LostAnswer[]): void {
    this.losses.push(...losses);
  }

  /** How many of the answers that {@link loseAnswers} is about are still to come. */
  get answersToLose(): number {
    return this.losses.length;
  }

  get(key: string): Promise<KeyValue | undefined> {
    return this.call(() => this.store.get(key));
  }

  range(prefix: string): Promise<Snapshot> {
    return this.call(() => this.store.range(prefix));
  }

  async txn(transaction: Transaction): Promise<TransactionResult> {
    const loss = this.losses.shift();
    if (loss === 'before it is applied') throw unavailable('nothing was done');
    const result = await this.call(() => this.store.txn(transaction));
    if (loss === 'after it was applied') throw unavailable('it was done');
    return result;
  }

  watch(prefix: string, listener: WatchListener): Watch {
    let lastAt = 0;
    const later = (deliver: () => void) => {
      const { watchLagMs = 0 } = this.faults;
      if (watchLagMs === 0 && lastAt <= this.clock.monotonic()) {
        deliver();
        return;
      }
      // In order, however long each takes.
      lastAt = Math.max(lastAt, this.clock.monotonic() + this.random() * watchLagMs);
      this.clock.setTimer(lastAt - this.clock.monotonic(), deliver);
    };
    return this.store.watch(prefix, {
      snapshot: (entries, revision) => later(() => listener.snapshot(entries, revision)),
      changes: (changes, revision) => later(() => listener.changes(changes, revision)),
    });
  }

  grantLease(ttlMs: number): Promise<Lease> {
    return this.store.grantLease(ttlMs);
  }

  check(): Promise<void> {
    return this.store.check();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async call<T>(run: () => Promise<T>): Promise<T> {
    const { failBefore = 0, failAfter = 0, applyLate = 0, lateMs = 0 } = this.faults;
    const fate = this.random();
    await this.pause();
    if (fate < failBefore) throw unavailable('nothing was done');
    if (fate < failBefore + applyLate) {
      this.clock.setTimer(this.random() * lateMs, () => {
        // Nobody waits for the outcome any more; that it may fail is part of the fault.
        run().catch(() => undefined);
      });
      throw unavailable('it is done later');
    }
    const result = await run();
    await this.pause();
    if (fate < failBefore + applyLate + failAfter) throw unavailable('it was done');
    return result;
  }

  private async pause(): Promise<void> {
    const [least, most] = this.faults.latencyMs ?? [0, 0];
    if (most > 0) await sleep(this.clock, (least + this.random() * (most - least)) / 2);
  }
}

function unavailable(what: string): MetadataUnavailableError {
  return new MetadataUnavailableError(`injected fault: ${what}`);
}
