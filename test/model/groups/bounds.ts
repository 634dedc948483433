/** How far the model goes. */
export interface GroupBounds {
  readonly incarnations: number;
  /** Offsets that the consumer commits. */
  readonly commits: number;
  readonly epochs: number;
  /** How often another slot of the record changes. */
  readonly otherChanges: number;
  readonly inFlight: number;
}
