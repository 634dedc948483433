import type {
  KeyValue,
  Lease,
  MetadataStore,
  Snapshot,
  Transaction,
  TransactionResult,
  Watch,
  WatchListener,
} from '../../src/metadata/metadata-store.js';
import type {
  ByteRange,
  CallOptions,
  CreateOptions,
  ListedObject,
  ListOptions,
  ObjectEnd,
  ObjectInfo,
  ObjectStore,
} from '../../src/storage/object-store.js';
import type { Clock, Timer } from '../../src/time/clock.js';

/** Whether a simulated process lives. A dead one hears no answers, sees no timers and sends nothing. */
export class Mortality {
  private dead = false;

  end(): void {
    this.dead = true;
  }

  get isDead(): boolean {
    return this.dead;
  }

  /** Makes a call, unless the process is dead; the answer gets through only while it lives. */
  async call<T>(run: () => Promise<T>): Promise<T> {
    if (this.dead) return never();
    const answer = run();
    await Promise.allSettled([answer]);
    return this.isDead ? never() : answer;
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

export class MortalClock implements Clock {
  constructor(
    private readonly clock: Clock,
    private readonly life: Mortality,
  ) {}

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    return this.clock.setTimer(delayMs, () => this.whileAlive(callback));
  }

  defer(callback: () => void): void {
    this.clock.defer(() => this.whileAlive(callback));
  }

  private whileAlive(callback: () => void): void {
    if (!this.life.isDead) callback();
  }
}

export class MortalObjectStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly life: Mortality,
  ) {}

  create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    return this.life.call(() => this.store.create(key, body, options));
  }

  read(key: string, range: ByteRange, options?: CallOptions): Promise<Buffer> {
    return this.life.call(() => this.store.read(key, range, options));
  }

  readEnd(key: string, length: number, options?: CallOptions): Promise<ObjectEnd> {
    return this.life.call(() => this.store.readEnd(key, length, options));
  }

  head(key: string, options?: CallOptions): Promise<ObjectInfo> {
    return this.life.call(() => this.store.head(key, options));
  }

  async *list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject> {
    const objects = this.store.list(prefix, options)[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.life.call(() => objects.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.life.call(() => this.store.delete(keys, options));
  }

  check(options?: CallOptions): Promise<void> {
    return this.life.call(() => this.store.check(options));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class MortalMetadataStore implements MetadataStore {
  /** @param onLease hears of every lease that the process is granted */
  constructor(
    private readonly store: MetadataStore,
    private readonly life: Mortality,
    private readonly onLease: (lease: Lease) => void,
  ) {}

  get(key: string): Promise<KeyValue | undefined> {
    return this.life.call(() => this.store.get(key));
  }

  range(prefix: string): Promise<Snapshot> {
    return this.life.call(() => this.store.range(prefix));
  }

  txn(transaction: Transaction): Promise<TransactionResult> {
    return this.life.call(() => this.store.txn(transaction));
  }

  watch(prefix: string, listener: WatchListener): Watch {
    return this.store.watch(prefix, {
      snapshot: (entries, revision) => {
        if (!this.life.isDead) listener.snapshot(entries, revision);
      },
      changes: (changes, revision) => {
        if (!this.life.isDead) listener.changes(changes, revision);
      },
    });
  }

  async grantLease(ttlMs: number): Promise<Lease> {
    const lease = await this.life.call(() => this.store.grantLease(ttlMs));
    this.onLease(lease);
    return lease;
  }

  check(): Promise<void> {
    return this.life.call(() => this.store.check());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
