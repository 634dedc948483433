import type { PartitionId } from './partition-id.js';
import type { Tenure } from '../metadata/tenure.js';

/** What the cluster asks of whoever keeps the partitions' logs. */
export interface PartitionHost {
  /**
   * Starts a new incarnation.
   *
   * @returns rejects when this incarnation can commit nothing more; never resolves
   */
  begin(incarnation: LiveIncarnation): Promise<never>;

  /**
   * Finds what was committed of partitions by incarnations that have ended. The result is handed back to `open`.
   *
   * @param partitions with their tenures, oldest first
   */
  recover(
    partitions: readonly { readonly id: PartitionId; readonly tenures: readonly Tenure[] }[],
  ): Promise<Recovered[]>;

  /** Starts to lead a partition that `recover` has read. */
  open(partition: Recovered, leaderEpoch: number): void;

  isOpen(topicId: string, partition: number): boolean;

  /** Topics that have open partitions, by id. */
  openTopics(): ReadonlySet<string>;

  closeTopic(topicId: string): void;

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

export interface Recovered {
  readonly id: PartitionId;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
}
