import { incarnationKey, mergesKey, trimKey } from '../../metadata/keys.js';
import type { Compare, KeyValue, MetadataStore, TransactionResult } from '../../metadata/metadata-store.js';
import { decodeTrimMark, encodeWalMerges } from '../../metadata/records.js';
import { untilAnswered } from '../../metadata/repeat.js';
import type { Logger } from '../../logging/logger.js';
import type { Clock } from '../../time/clock.js';

/** One object that replaces the WAL objects `from` to `to`, both inclusive. */
export interface WalMerge {
  readonly from: number;
  readonly to: number;
  readonly key: string;
  /** Size of its footer and trailer, which one read at its end brings. */
  readonly endBytes: number;
}

/** The incarnation is over, or its list was changed by somebody else: nothing more can be merged under it (I4). */
export class MergeRefusedError extends Error {
  override readonly name = 'MergeRefusedError';
}

/**
 * The list of what replaces what in the WAL of the live incarnation, which alone writes it.
 *
 * Each change is one transaction that compares that the incarnation lives and that the list is as it was last written, by
 * revision, so that a late copy of an earlier change is never applied.
 */
export class MergeList {
  private merges: readonly WalMerge[] = [];
  /** Of the list in the metadata store; undefined while there is none. */
  private modRevision: number | undefined;
  private trimmed = 0;

  constructor(
    private readonly store: MetadataStore,
    private readonly incarnationId: string,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {}

  /** The last sequence that was below the trim mark when the list was written: nobody reads up to there any more. */
  get trimmedSequence(): number {
    return this.trimmed;
  }

  get length(): number {
    return this.merges.length;
  }

  /**
   * Has an object that is stored take the place of the objects that it covers. One call at a time.
   *
   * A transaction whose outcome is unknown is repeated as it was until the store answers it (commit protocol, rule 1).
   *
   * @throws MergeRefusedError
   * @throws the signal's reason when it is aborted: the outcome is unknown then
   */
  async replace(merge: WalMerge, signal: AbortSignal): Promise<void> {
    const others = this.merges.filter(({ from, to }) => to > this.trimmed && (to < merge.from || from > merge.to));
    const merges = [...others, merge].sort((a, b) => a.from - b.from);
    const value = encodeWalMerges({ incarnationId: this.incarnationId, merges: [...merges] });
    const { modRevision, trim } = await this.write(value, signal);
    this.merges = merges;
    this.modRevision = modRevision;
    if (trim !== undefined) this.trimmed = decodeTrimMark(trim.value, trim.key).sequence;
  }

  private async write(value: Buffer, signal: AbortSignal) {
    const key = mergesKey(this.incarnationId);
    const incarnation = incarnationKey(this.incarnationId);
    const trim = trimKey(this.incarnationId);
    const before: Compare =
      this.modRevision === undefined ? { key, exists: false } : { key, modRevision: this.modRevision };
    const { clock, random, logger } = this;
    const result = await untilAnswered({ clock, random, logger }, 'wal_merge_commit_retry', signal, () =>
      this.store.txn({
        compare: [{ key: incarnation, exists: true }, before],
        success: [
          { type: 'put', key, value },
          { type: 'get', key: trim },
        ],
        failure: [
          { type: 'get', key: trim },
          { type: 'get', key: incarnation },
          { type: 'get', key },
        ],
      }),
    );
    return { modRevision: result.succeeded ? result.revision : this.earlierTry(value, result), trim: result.reads[0] };
  }

  /** The revision at which an earlier try of the same transaction was applied. */
  private earlierTry(value: Buffer, { reads }: TransactionResult): number {
    const [, incarnation, list]: readonly (KeyValue | undefined)[] = reads;
    if (incarnation !== undefined && list?.value.equals(value) === true) return list.modRevision;
    throw new MergeRefusedError(
      incarnation === undefined
        ? `incarnation ${this.incarnationId} has been ended by the cluster`
        : `the list of merged objects of incarnation ${this.incarnationId} is not what it last wrote`,
    );
  }
}
