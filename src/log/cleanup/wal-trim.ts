import { incarnationKey, mergesKey, trimKey } from '../../metadata/keys.js';
import type { Compare, KeyValue, MetadataStore } from '../../metadata/metadata-store.js';
import { decodeTrimMark, decodeWalMerges, encodeTrimMark } from '../../metadata/records.js';
import type { Logger } from '../../logging/logger.js';
import { walObjectKey } from '../../storage/object-keys.js';
import type { Clock } from '../../time/clock.js';
import type { LiveWal } from '../live-wal.js';
import type { ObjectRemover } from './object-remover.js';

export interface WalTrimOptions {
  readonly namespace: string;
  /** How long objects stay that nobody needs any more, ms: longer than any reader takes. */
  readonly graceMs: number;
}

export interface WalTrimDependencies {
  readonly metadata: MetadataStore;
  readonly remover: ObjectRemover;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined while there is no incarnation. */
  readonly liveWal: () => LiveWal | undefined;
  /** Learns what is needed by now of partitions that were given up. Throws MetadataUnavailableError. */
  readonly refresh: () => Promise<void>;
  /** Keys of objects of the live incarnation that merged ones have replaced since the last call. */
  readonly takeReplaced: () => readonly string[];
}

/** Objects up to a sequence, to be deleted when their time has come. */
interface DueObjects {
  readonly keys: readonly string[];
  /** Monotonic ms. */
  readonly dueAt: number;
}

/**
 * Removes the WAL objects of the live incarnation from the front (commit protocol, rule 11): once every partition's checkpoint
 * is past the objects up to N, `trims/<incarnation>` says N, and after the grace period they are deleted, as are objects that
 * merged ones have replaced. What is not deleted before the incarnation ends goes with the rest of its WAL.
 */
export class WalTrim {
  private incarnationId: string | undefined;
  /** What the metadata store says, as far as known; undefined while nothing was written. */
  private mark: Buffer | undefined;
  private trimmed = 0;
  private due: DueObjects[] = [];

  constructor(
    private readonly options: WalTrimOptions,
    private readonly dependencies: WalTrimDependencies,
  ) {}

  /** Objects that are committed and not below the trim mark. */
  get keptObjects(): number {
    const wal = this.dependencies.liveWal();
    if (wal === undefined) return 0;
    return wal.deliveredSequence - (wal.incarnationId === this.incarnationId ? this.trimmed : 0);
  }

  /**
   * Moves the trim mark as far as it may go, and deletes what has been below it for the grace period. To be repeated.
   *
   * @throws ObjectStoreError, MetadataUnavailableError, and the signal's reason
   */
  async run(signal: AbortSignal): Promise<void> {
    await this.deleteDue(signal);
    await this.dependencies.refresh();
    signal.throwIfAborted();
    const wal = this.dependencies.liveWal();
    if (wal === undefined) return;
    if (wal.incarnationId !== this.incarnationId) this.begin(wal.incarnationId);
    this.deleteLater(this.dependencies.takeReplaced());
    const target = (wal.firstNeeded ?? wal.deliveredSequence + 1) - 1;
    if (target > this.trimmed) await this.moveMark(wal.incarnationId, target);
  }

  private begin(incarnationId: string): void {
    this.incarnationId = incarnationId;
    this.mark = undefined;
    this.trimmed = 0;
    this.due = [];
  }

  /**
   * One transaction that compares the incarnation and the mark before. Only this incarnation writes it, so a mark that is
   * there unexpectedly is of a try of ours whose answer was lost, and is taken over; the rest is done the next time.
   */
  private async moveMark(incarnationId: string, sequence: number): Promise<void> {
    const { metadata, logger } = this.dependencies;
    const key = trimKey(incarnationId);
    const before: Compare = this.mark === undefined ? { key, exists: false } : { key, value: this.mark };
    const value = encodeTrimMark({ incarnationId, sequence });
    const result = await metadata.txn({
      compare: [{ key: incarnationKey(incarnationId), exists: true }, before],
      success: [
        { type: 'put', key, value },
        { type: 'get', key: mergesKey(incarnationId) },
      ],
      failure: [
        { type: 'get', key },
        { type: 'get', key: mergesKey(incarnationId) },
      ],
    });
    const [found, merges] = result.succeeded ? [{ key, value }, result.reads[0]] : result.reads;
    if (found === undefined) return;
    this.adopt(incarnationId, found, merges);
    logger.debug({ event: 'wal_trimmed', incarnation: incarnationId, sequence: this.trimmed }, 'WAL trimmed');
  }

  private adopt(incarnationId: string, mark: Pick<KeyValue, 'key' | 'value'>, merges: KeyValue | undefined): void {
    const { sequence } = decodeTrimMark(mark.value, mark.key);
    const keys: string[] = [];
    for (let next = this.trimmed + 1; next <= sequence; next += 1) {
      keys.push(walObjectKey(this.options.namespace, incarnationId, next));
    }
    const merged = merges === undefined ? [] : decodeWalMerges(merges.value, merges.key).merges;
    for (const { to = 0, key = '' } of merged) if (to !== null && to <= sequence && key !== null) keys.push(key);
    this.deleteLater(keys);
    this.mark = mark.value;
    this.trimmed = sequence;
  }

  /** Nobody comes to need these objects any more: they go when nobody can be reading them either. */
  private deleteLater(keys: readonly string[]): void {
    if (keys.length === 0) return;
    this.due.push({ keys, dueAt: this.dependencies.clock.monotonic() + this.options.graceMs });
  }

  private async deleteDue(signal: AbortSignal): Promise<void> {
    const { clock, remover } = this.dependencies;
    for (let next = this.due[0]; next !== undefined && next.dueAt <= clock.monotonic(); next = this.due[0]) {
      await remover.remove(next.keys, 'wal', signal);
      if (this.due[0] === next) this.due.shift();
    }
  }
}
