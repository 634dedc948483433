/** How far the model goes. */
export interface Bounds {
  readonly incarnations: number;
  readonly partitions: number;
  /** Batches that producers make, in all partitions together. */
  readonly batches: number;
  /** How often a producer sends a batch that it has sent before. */
  readonly retries: number;
  /** WAL objects for each incarnation. */
  readonly objects: number;
  /** Assignments for each partition. */
  readonly epochs: number;
  /** How often controllers change their mind about a move. */
  readonly moves: number;
  /** Transactions without an answer, at any time. */
  readonly inFlight: number;
}
