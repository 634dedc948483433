import { ForwardingObjectStore } from '../forwarding-object-store.js';
import type { Clock } from '../../time/clock.js';
import { assertByteRange, assertReadLength } from '../byte-range.js';
import { DeadlineError, withDeadline } from '../call-deadline.js';
import { assertObjectKey } from '../key-rules.js';
import { isOwnKey, isWalKey } from '../object-keys.js';
import {
  ObjectNotFoundError,
  type ByteRange,
  type ObjectEnd,
  type ObjectStore,
  type ReadOptions,
} from '../object-store.js';
import { AbsentKeys } from './absent-keys.js';
import { Circuit, type CircuitState } from './circuit.js';

/**
 * Why the primary was read: the replica doesn't have the object (`absent`), or didn't a moment ago (`known_absent`); it
 * failed, was too slow, sent damaged bytes just now, or fewer than asked for; or its circuit is open.
 */
export type FallbackReason = 'absent' | 'known_absent' | 'failed' | 'timeout' | 'corrupt' | 'short' | 'circuit_open';

export interface ReplicaObserver {
  /** A read of records, by where its bytes came from. */
  replicaRead(outcome: 'hit' | FallbackReason): void;
}

export interface ReplicaOptions {
  readonly clock: Clock;
  readonly observer: ReplicaObserver;
  /** How long the replica may take, ms, not counting the transfer. Default 2000. */
  readonly patienceMs?: number;
  /** How long an absence is believed, ms. Default 5000. */
  readonly absenceMs?: number;
  readonly circuit?: Circuit;
}

const DEFAULT_PATIENCE_MS = 2_000;
const DEFAULT_ABSENCE_MS = 5_000;
/** A replica that sends less than this is too slow to be of use, bytes per ms (4 MiB/s). */
const LEAST_BYTES_PER_MS = 4194;

/** What a replica gave: bytes to be returned, or why there are none. */
type Answer<T> = { readonly value: T } | { readonly reason: FallbackReason };

/**
 * Reads records from a replica of the bucket, and from the primary whatever the replica doesn't have (yet) or fails to
 * give. Everything else is the primary's: writes, HEADs, listings, deletions, and all reads that decide something, that
 * is of manifests and of the ends of WAL objects at recovery.
 *
 * An absence is what replication lag looks like: it is remembered for a moment, and never held against the replica.
 * Failures, timeouts and damaged bytes are; see {@link Circuit}. Only the reader can tell damaged bytes: it reads again with
 * `wasDamaged`.
 */
export class ReplicaReadingObjectStore extends ForwardingObjectStore {
  private readonly circuit: Circuit;
  private readonly absent: AbsentKeys;

  constructor(
    primary: ObjectStore,
    private readonly replica: ObjectStore,
    private readonly options: ReplicaOptions,
  ) {
    super(primary);
    this.circuit = options.circuit ?? new Circuit(options.clock);
    this.absent = new AbsentKeys(options.clock, options.absenceMs ?? DEFAULT_ABSENCE_MS);
  }

  get circuitState(): CircuitState {
    return this.circuit.state;
  }

  override async read(key: string, range: ByteRange, options: ReadOptions = {}): Promise<Buffer> {
    if (isOwnKey(key) && !isWalKey(key)) return this.store.read(key, range, options);
    assertByteRange(range);
    return this.readEither(key, range.length, options, {
      from: (store, callOptions) => store.read(key, range, callOptions),
      bytesOf: (bytes) => bytes,
      expected: () => range.length,
    });
  }

  override async readEnd(key: string, length: number, options: ReadOptions = {}): Promise<ObjectEnd> {
    if (isOwnKey(key)) return this.store.readEnd(key, length, options);
    assertReadLength(length);
    return this.readEither(key, length, options, {
      from: (store, callOptions) => store.readEnd(key, length, callOptions),
      bytesOf: ({ bytes }) => bytes,
      expected: ({ objectSize }) => Math.min(length, objectSize),
    });
  }

  override async close(): Promise<void> {
    await Promise.all([this.store.close(), this.replica.close()]);
  }

  private async readEither<T>(key: string, length: number, options: ReadOptions, kind: ReadKind<T>): Promise<T> {
    assertObjectKey(key);
    options.signal?.throwIfAborted();
    const answer = await this.askReplica(key, length, options, kind);
    this.options.observer.replicaRead('value' in answer ? 'hit' : answer.reason);
    return 'value' in answer ? answer.value : kind.from(this.store, options);
  }

  private async askReplica<T>(
    key: string,
    length: number,
    options: ReadOptions,
    kind: ReadKind<T>,
  ): Promise<Answer<T>> {
    if (this.absent.has(key)) return { reason: 'known_absent' };
    if (options.wasDamaged === true) {
      this.circuit.enter()?.failed();
      return { reason: 'corrupt' };
    }
    const pass = this.circuit.enter();
    if (pass === undefined) return { reason: 'circuit_open' };
    const { clock, patienceMs = DEFAULT_PATIENCE_MS } = this.options;
    const timeoutMs = Math.ceil(patienceMs + length / LEAST_BYTES_PER_MS);
    try {
      const value = await withDeadline(clock, timeoutMs, options.signal, (signal) =>
        kind.from(this.replica, { ...options, signal }),
      );
      if (kind.bytesOf(value).length < kind.expected(value)) {
        // Or the object ends here: the primary knows. A caller that reads beyond the end is no fault of the replica.
        pass.abandoned();
        return { reason: 'short' };
      }
      pass.succeeded();
      return { value };
    } catch (error) {
      if (options.signal?.aborted === true) pass.abandoned();
      options.signal?.throwIfAborted();
      if (error instanceof ObjectNotFoundError) {
        // It answered.
        pass.succeeded();
        this.absent.add(key);
        return { reason: 'absent' };
      }
      pass.failed();
      return { reason: error instanceof DeadlineError ? 'timeout' : 'failed' };
    }
  }
}

/** One of the two ways to read, whatever store it is asked of. */
interface ReadKind<T> {
  from(store: ObjectStore, options: ReadOptions): Promise<T>;
  bytesOf(value: T): Buffer;
  /** How many bytes there should be. */
  expected(value: T): number;
}
