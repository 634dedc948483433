/** What the control services may see and do of the partitions that this broker serves. */
export interface PartitionOperations {
  /** The partitions that this broker leads. */
  partitions(): readonly PartitionOverview[];
  /** Resolves when everything that was accepted before the call is durable and committed. */
  flush(): Promise<void>;
}

export interface PartitionOverview {
  readonly topic: string;
  readonly partition: number;
  readonly logStartOffset: number;
  /** The offset after the last record accepted, committed or not. */
  readonly logEndOffset: number;
  readonly highWatermark: number;
}

/** Injection token of the {@link PartitionOperations}. */
export const PARTITION_OPERATIONS = Symbol('PartitionOperations');
