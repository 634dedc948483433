import type { StoredPartitionState } from '../metadata/partition-state.js';
import type { Tenure } from '../metadata/tenure.js';
import type { PartitionId } from '../metadata/partition-id.js';

/** What a leadership has come to. */
export interface LedUntil {
  /** Under which it was opened: what is known of the assignment by now may be of another leadership. */
  readonly leaderEpoch: number;
  /** Its high watermark. */
  readonly endOffset: number;
}

/** What the cluster asks of whoever keeps the partitions' logs. */
export interface PartitionHost {
  /**
   * Starts a new incarnation.
   *
   * @returns rejects when this incarnation can commit nothing more; never resolves
   */
  begin(incarnation: CommittingIncarnation): Promise<never>;

  /** Finds what was committed of partitions under earlier leaderships. One that fails doesn't hold up the others. */
  recover(partitions: readonly PartitionToRecover[]): Promise<(Recovered | NotRecovered)[]>;

  /** Starts to lead a partition that `recover` has read. It may take a while until it can be used. */
  open(partition: Recovered, leaderEpoch: number): void;

  /** Whether it leads the partition: {@link open} was called for it, under this incarnation, and {@link settle} was not. */
  leads(topicId: string, partition: number): boolean;

  /** Topics of which it leads partitions, by id. */
  openTopics(): ReadonlySet<string>;

  closeTopic(topicId: string): void;

  /**
   * Accepts nothing more for partitions. Resolves when nothing of them is uncommitted or unknown, with where they end;
   * undefined for those that were not open yet, or not led at all. Rejects when the incarnation has ended.
   */
  settle(partitions: readonly PartitionId[]): Promise<(LedUntil | undefined)[]>;

  /** Drops the logs of partitions that have been settled: they may be led by others from now on. */
  forget(partitions: readonly PartitionId[]): void;

  /** Commits everything accepted so far. */
  flush(): Promise<void>;

  /** Drops everything: the incarnation has ended. */
  abandon(reason: string): void;
}

/** The part of an incarnation that logs need. */
export interface LiveIncarnation {
  readonly id: string;
  readonly brokerId: number;
  /** Whether it surely lives, by our own clock. */
  isLive(): boolean;
}

/** One under which records can be committed. */
export interface CommittingIncarnation extends LiveIncarnation {
  /** The bytes of its commit record, as registered. */
  readonly commitRecord: Buffer;
}

export interface PartitionToRecover {
  readonly id: PartitionId;
  /** All before the present one, oldest first. */
  readonly tenures: readonly Tenure[];
  /** Undefined when the partition was never led. */
  readonly state: StoredPartitionState | undefined;
}

export interface Recovered {
  readonly id: PartitionId;
  /** Offset after the last record that was committed. */
  readonly logEndOffset: number;
}

export interface NotRecovered {
  readonly id: PartitionId;
  readonly error: unknown;
}
