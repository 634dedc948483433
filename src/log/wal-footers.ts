import { commitKey, mergesKey, trimKey } from '../metadata/keys.js';
import { MetadataFormatError, type KeyValue, type MetadataStore } from '../metadata/metadata-store.js';
import { decodeIncarnationCommit, decodeTrimMark, decodeWalMerges } from '../metadata/records.js';
import { walObjectKey } from '../storage/object-keys.js';
import { ObjectNotFoundError, ObjectStoreError, type ObjectEnd, type ObjectStore } from '../storage/object-store.js';
import { readWalContents } from '../storage/read-wal-contents.js';
import { WAL_END_READ_BYTES, WalFormatError, type WalObjectContents } from '../storage/wal-format.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import { inParallel } from '../time/in-parallel.js';

/** A committed object is missing from the object store: what it held can't be served. */
export class MissingWalObjectError extends Error {
  override readonly name = 'MissingWalObjectError';
}

/** One object that counts: an original, or one that originals were merged into. */
export interface CountingObject {
  readonly key: string;
  /** Sequences that it holds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** How much of its end to read first, bytes. */
  readonly endBytes: number;
}

export interface ReadObject {
  readonly object: CountingObject;
  readonly contents: WalObjectContents;
}

export interface WalFootersOptions {
  readonly namespace: string;
  /** Most footers of one incarnation read at once, 1 or more. */
  readonly concurrency: number;
}

/** Reads what the WAL of any incarnation holds: which objects count by the metadata store, and their footers. */
export class WalFooters {
  constructor(
    private readonly objects: ObjectStore,
    private readonly metadata: MetadataStore,
    private readonly options: WalFootersOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Everything that an incarnation has committed and not trimmed, in sequence order. One that lives may merge and trim
   * objects meanwhile: then those that count now are read.
   *
   * @throws MissingWalObjectError, WalFormatError when an object that counts is gone or damaged
   * @throws MetadataUnavailableError when the records can't be read
   */
  async readAll(incarnationId: string): Promise<ReadObject[]> {
    const known = new Map<string, WalObjectContents>();
    for (;;) {
      const counting = await this.countingOf(incarnationId);
      const missing: MissingWalObjectError[] = [];
      await inParallel(this.options.concurrency, counting, async (object) => {
        if (known.has(object.key) || missing.length > 0) return;
        try {
          known.set(object.key, await this.read(incarnationId, object));
        } catch (error) {
          if (!(error instanceof MissingWalObjectError)) throw error;
          missing.push(error);
          if (await this.counts(incarnationId, object)) throw error;
        }
      });
      if (missing.length > 0) continue;
      return counting.map((object) => ({ object, contents: known.get(object.key) as WalObjectContents }));
    }
  }

  /**
   * The object that holds these sequences now; undefined when they were trimmed, or aren't committed.
   *
   * @throws MetadataUnavailableError when the records can't be read
   */
  async holderOf(incarnationId: string, from: number, to: number): Promise<CountingObject | undefined> {
    return (await this.countingOf(incarnationId)).find((object) => object.from <= from && object.to >= to);
  }

  /** @throws MissingWalObjectError, WalFormatError when the object is gone or damaged */
  async read(incarnationId: string, object: CountingObject): Promise<WalObjectContents> {
    const { key, from, to, endBytes } = object;
    const persistent = { readEnd: (name: string, length: number) => this.readEnd(name, length) };
    const contents = await readWalContents(persistent, key, {
      endBytes,
      onDamage: (err, attempt) => {
        this.logger.warn({ event: 'wal_recovery_damaged', key, attempt, err }, 'footer damaged, reading it again');
      },
    });
    if (contents.incarnationId !== incarnationId || contents.firstSequence !== from || contents.sequence !== to) {
      throw new WalFormatError(
        `${key} holds ${contents.firstSequence} to ${contents.sequence} of ${contents.incarnationId}, not ${from} to ${to}`,
      );
    }
    return contents;
  }

  private async counts(incarnationId: string, object: CountingObject): Promise<boolean> {
    return (await this.countingOf(incarnationId)).some(({ key }) => key === object.key);
  }

  /**
   * What counts of an incarnation, in sequence order. Nobody but the incarnation itself writes the three records while it
   * lives, and they are final when it has ended (commit protocol, rules 8 and 11).
   */
  private async countingOf(incarnationId: string): Promise<CountingObject[]> {
    const key = commitKey(incarnationId);
    const { reads } = await this.metadata.txn({
      compare: [],
      success: [
        { type: 'get', key },
        { type: 'get', key: trimKey(incarnationId) },
        { type: 'get', key: mergesKey(incarnationId) },
      ],
    });
    const [commit, trim, merges] = reads;
    if (commit === undefined)
      throw new MetadataFormatError(`${key} is missing: what ${incarnationId} committed is unknown`);
    const { committedSequence } = decodeIncarnationCommit(commit.value, key);
    const trimmedSequence = trim === undefined ? 0 : decodeTrimMark(trim.value, trim.key).sequence;
    const merged = merges === undefined ? [] : mergesIn(merges);
    const objects: CountingObject[] = [];
    let at = 0;
    for (let next = trimmedSequence + 1; next <= committedSequence; next = (objects.at(-1)?.to ?? next) + 1) {
      while (at < merged.length && (merged[at] as CountingObject).to < next) at += 1;
      const merge = merged[at];
      if (merge !== undefined && merge.from <= next) objects.push(merge);
      else objects.push(originalAt(this.options.namespace, incarnationId, next));
    }
    return objects;
  }

  private async readEnd(key: string, length: number): Promise<ObjectEnd> {
    for (let attempt = 0; ; attempt += 1) {
      this.signal.throwIfAborted();
      try {
        return await this.objects.readEnd(key, length, { signal: this.signal, insists: true });
      } catch (error) {
        this.signal.throwIfAborted();
        if (error instanceof ObjectNotFoundError) {
          throw new MissingWalObjectError(`${key} was committed but is not in the object store`, { cause: error });
        }
        if (!(error instanceof ObjectStoreError)) throw error;
        this.logger.warn(
          { event: 'wal_recovery_retry', key, attempt, err: error },
          'footer not readable, trying again',
        );
        await interruptibleSleep(this.clock, backoffDelay(attempt, this.random), this.signal);
      }
    }
  }
}

/** In sequence order. */
function mergesIn({ key, value }: KeyValue): CountingObject[] {
  return decodeWalMerges(value, key).merges.map((merge) => ({
    key: merge.key ?? '',
    from: merge.from ?? 0,
    to: merge.to ?? 0,
    endBytes: merge.endBytes ?? WAL_END_READ_BYTES,
  }));
}

function originalAt(namespace: string, incarnationId: string, sequence: number): CountingObject {
  const key = walObjectKey(namespace, incarnationId, sequence);
  return { key, from: sequence, to: sequence, endBytes: WAL_END_READ_BYTES };
}
