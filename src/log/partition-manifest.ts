import { randomBytes } from 'node:crypto';
import { crc32c } from '../checksum/crc32c.js';
import type { Logger } from '../logging/logger.js';
import {
  MetadataStoreError,
  MetadataUnavailableError,
  type MetadataStore,
  type Transaction,
  type TransactionResult,
} from '../metadata/metadata-store.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { encodeManifest, type Manifest, type RetiredObject } from '../storage/manifest-format.js';
import { manifestKey } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { createObject } from './create-object.js';
import { nextManifest, type ManifestChange } from './manifest-change.js';
import {
  explainRefusal,
  manifestTransaction,
  readLedPartition,
  type LedPartition,
  type Leadership,
  type Refusal,
} from './manifest-transaction.js';
import type { PartitionLog } from './partition-log.js';

export type { ManifestChange } from './manifest-change.js';

export interface PartitionManifestDependencies {
  /** First path segment of all object keys. */
  readonly namespace: string;
  readonly incarnationId: string;
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** A manifest that is stored, and may become the partition's. */
interface Candidate {
  readonly manifest: Manifest;
  readonly key: string;
  readonly transaction: Transaction;
}

/**
 * The manifest of one partition under one leadership, and the only way to change it: one change after the other, each
 * stored as an object of its own and then committed (commit protocol, rules 1, 7 and 10).
 *
 * A crash between any two steps leaves the partition as it was, or as it is to be. At most an object is left over that
 * nobody knows.
 */
export class PartitionManifest {
  private readonly leadership: Leadership;
  private readonly closing = new AbortController();
  private readonly forgotten = new Set<string>();
  /** One that the metadata store has refused after earlier tries to which no answer came: it may have been made. */
  private doubtful: Candidate | undefined;
  private lastTurn: Promise<unknown> = Promise.resolve();

  /** @param key of the log's present manifest; empty when it has none */
  constructor(
    private readonly log: PartitionLog,
    private key: string,
    private readonly dependencies: PartitionManifestDependencies,
  ) {
    const { topicName, topicId, partition, leaderEpoch } = log;
    this.leadership = { incarnationId: dependencies.incarnationId, topicName, topicId, partition, leaderEpoch };
  }

  get current(): Manifest {
    return this.log.manifest;
  }

  /** Key of the current manifest; empty when there is none. */
  get currentKey(): string {
    return this.key;
  }

  /** The retired objects of the current manifest that are still to be deleted. */
  get retired(): readonly RetiredObject[] {
    return this.current.retired.filter(({ key }) => !this.forgotten.has(key));
  }

  /** Ends all changes: the leadership is over. Their callers are told `reason`. */
  close(reason: KafkaError): void {
    this.closing.abort(reason);
  }

  /** The next manifest will not name these retired objects any more: they are deleted. */
  forgetRetired(keys: Iterable<string>): void {
    for (const key of keys) this.forgotten.add(key);
  }

  /**
   * Changes the manifest: durably, and for readers when it resolves.
   *
   * @param change gives the difference to the manifest that is there when its turn comes, or undefined for none; called
   *   again when the partition's records changed meanwhile
   * @returns the manifest as of then
   * @throws KafkaError NOT_LEADER_OR_FOLLOWER when the leadership is over: the change may have been made nevertheless
   * @throws MetadataStoreError when the metadata store refused the change; it may have been made nevertheless
   * @throws Error when the change would lose records (I3), and what `change` throws: nothing was changed
   */
  commit(change: (current: Manifest) => ManifestChange | undefined): Promise<Manifest> {
    const turn = this.lastTurn.then(() => this.change(change));
    // Who waits for its own turn does not care how the one before ended.
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  private async change(change: (current: Manifest) => ManifestChange | undefined): Promise<Manifest> {
    for (;;) {
      const forgotten = new Set(this.forgotten);
      const candidate = await this.prepare(change, forgotten);
      if (candidate === undefined) return this.current;
      const outcome = await this.carryOut(candidate);
      if (outcome === 'over') throw notLeading();
      if (outcome === 'outdated') continue;
      this.adopt(candidate);
      for (const key of forgotten) this.forgotten.delete(key);
      return candidate.manifest;
    }
  }

  private adopt({ manifest, key }: Candidate): void {
    this.key = key;
    this.doubtful = undefined;
    this.log.adoptManifest(manifest);
  }

  /** Stores the manifest that the change makes of the present one. */
  private async prepare(
    change: (current: Manifest) => ManifestChange | undefined,
    forgotten: ReadonlySet<string>,
  ): Promise<Candidate | undefined> {
    const { signal } = this.closing;
    signal.throwIfAborted();
    const led = await this.repeated(() => readLedPartition(this.dependencies.metadata, this.leadership));
    if (led === undefined) throw notLeading();
    const { manifestKey: storedKey } = led.state;
    if (this.doubtful?.key === storedKey) this.adopt(this.doubtful);
    const { topicName, partition, highWatermark } = this.log;
    if (storedKey !== this.key) {
      throw new Error(`I4 violated: the manifest of ${topicName}-${partition} is ${storedKey}, not ${this.key}`);
    }
    const changed = change(this.current);
    if (changed === undefined) return undefined;
    const manifest = nextManifest(this.basis(led, forgotten), changed);
    const key = await this.store(manifest);
    return { manifest, key, transaction: manifestTransaction(this.leadership, led, manifest, key, highWatermark) };
  }

  private basis({ topic, state }: LedPartition, forgotten: ReadonlySet<string>) {
    const { log, current } = this;
    return {
      current,
      currentKey: this.key,
      topic,
      incarnationId: this.leadership.incarnationId,
      leaderEpoch: log.leaderEpoch,
      logStartOffset: state.logStartOffset,
      highWatermark: log.highWatermark,
      now: this.dependencies.clock.now(),
      forgotten,
      epochsBefore: (offset: number) => log.epochsBefore(offset),
      producersBefore: (offset: number) => log.producersBefore(offset),
    };
  }

  private async store(manifest: Manifest): Promise<string> {
    const { namespace } = this.dependencies;
    const bytes = encodeManifest(manifest);
    const checksum = crc32c(bytes);
    for (;;) {
      const suffix = randomBytes(4).toString('hex');
      const key = manifestKey(namespace, manifest.topicId, manifest.partition, manifest.version, suffix);
      const object = { key, body: [bytes], crc32c: checksum };
      if (await createObject(this.dependencies, object, this.closing.signal)) return key;
    }
  }

  /** Repeats the transaction as it is until the metadata store answers it (commit protocol, rule 1). */
  private async carryOut(candidate: Candidate): Promise<Refusal> {
    const { transaction, key } = candidate;
    let attempts = 0;
    let result: TransactionResult;
    try {
      result = await this.repeated(() => {
        attempts += 1;
        return this.dependencies.metadata.txn(transaction);
      });
    } catch (error) {
      if (error instanceof MetadataStoreError && attempts === 1) await this.discard(key);
      else this.doubtful = candidate;
      throw error;
    }
    if (result.succeeded) return 'applied';
    const refusal = explainRefusal(this.leadership, key, result.reads);
    // After the end, an earlier try may have been applied, and its successor may have gone on from there.
    if (refusal === 'outdated' || (refusal === 'over' && attempts === 1)) await this.discard(key);
    return refusal;
  }

  /** Nobody knows the object, and nobody will. When it can't be deleted it costs its storage, and does no harm. */
  private async discard(key: string): Promise<void> {
    try {
      await this.dependencies.objects.delete([key]);
    } catch (error) {
      this.dependencies.logger.warn({ event: 'manifest_orphaned', key, err: error }, 'unused manifest not deleted');
    }
  }

  private async repeated<T>(call: () => Promise<T>): Promise<T> {
    const { clock, random, logger } = this.dependencies;
    const { signal } = this.closing;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof MetadataUnavailableError)) throw error;
        const { topicName: topic, partition } = this.leadership;
        logger.warn({ event: 'manifest_retry', topic, partition, attempt, err: error }, 'no answer, asking again');
        await interruptibleSleep(clock, backoffDelay(attempt, random), signal);
      }
    }
  }
}

function notLeading(): KafkaError {
  return new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker no longer leads the partition');
}
