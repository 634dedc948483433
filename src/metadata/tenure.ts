/**
 * One leadership of a partition: what was committed by this incarnation under this epoch belongs to the partition
 * (commit protocol, rule 7).
 */
export interface Tenure {
  readonly incarnationId: string;
  readonly epoch: number;
  readonly fromOffset: number;
  /** Offset after the last record; undefined when the leadership was never closed, because the incarnation died. */
  readonly toOffset: number | undefined;
}
