import { commitKey, incarnationKey } from '../metadata/keys.js';
import { MetadataUnavailableError, type MetadataStore, type Transaction } from '../metadata/metadata-store.js';
import { decodeIncarnationCommit, encodeIncarnationCommit } from '../metadata/records.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';

/** The incarnation has ended: nothing can be committed under it any more (I4). */
export class IncarnationLostError extends Error {
  override readonly name = 'IncarnationLostError';

  /** @param committedSequence the last sequence that was committed, which is final */
  constructor(
    message: string,
    readonly committedSequence: number,
  ) {
    super(message);
  }
}

/**
 * The commit record of one incarnation: "committed up to WAL object N" (commit protocol, rules 1, 2 and 4).
 *
 * The record is one small key, whatever the number of partitions and objects (I7), and is not bound to the lease.
 */
export class CommitLog {
  private committed = 0;
  /** What the record holds, as it was written: its format version may change from one commit to the next. */
  private stored: Buffer;

  constructor(
    private readonly store: MetadataStore,
    private readonly incarnation: { readonly id: string; readonly brokerId: number; readonly commitRecord: Buffer },
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {
    this.stored = incarnation.commitRecord;
  }

  get committedSequence(): number {
    return this.committed;
  }

  /**
   * Commits all objects up to `sequence`, which must all be stored. One call at a time.
   *
   * A transaction whose outcome is unknown is repeated as it was until the store answers it; its outcome is never
   * inferred from a read (rule 1).
   *
   * @throws IncarnationLostError when the store says that the incarnation has ended
   */
  async commit(sequence: number, signal: AbortSignal): Promise<void> {
    const record = this.encode(sequence);
    const transaction = this.transaction(record);
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const result = await this.store.txn(transaction);
        if (!result.succeeded) this.explainRefusal(sequence, result.reads[0]?.value, result.reads[1]?.value);
        this.committed = sequence;
        this.stored = record;
        return;
      } catch (error) {
        if (!(error instanceof MetadataUnavailableError)) throw error;
        this.logger.warn(
          { event: 'commit_retry', sequence, attempt, err: error },
          'commit outcome unknown, repeating it',
        );
        await interruptibleSleep(this.clock, backoffDelay(attempt, this.random), signal);
      }
    }
  }

  private transaction(record: Buffer): Transaction {
    const incarnation = incarnationKey(this.incarnation.id);
    const commit = commitKey(this.incarnation.id);
    return {
      compare: [
        { key: incarnation, exists: true },
        { key: commit, value: this.stored },
      ],
      success: [{ type: 'put', key: commit, value: record }],
      failure: [
        { type: 'get', key: incarnation },
        { type: 'get', key: commit },
      ],
    };
  }

  /** Returns when an earlier try of the same transaction was applied; throws otherwise. */
  private explainRefusal(sequence: number, incarnation: Buffer | undefined, commit: Buffer | undefined): void {
    const recorded =
      commit === undefined
        ? this.committed
        : decodeIncarnationCommit(commit, commitKey(this.incarnation.id)).committedSequence;
    if (incarnation !== undefined && recorded === sequence) return;
    throw new IncarnationLostError(
      incarnation === undefined
        ? `incarnation ${this.incarnation.id} has been ended by the cluster`
        : `the commit record of incarnation ${this.incarnation.id} says ${recorded}, which it never wrote`,
      recorded,
    );
  }

  private encode(sequence: number): Buffer {
    return encodeIncarnationCommit({
      incarnationId: this.incarnation.id,
      committedSequence: sequence,
      brokerId: String(this.incarnation.brokerId),
    });
  }
}
