/** How far the model goes. */
export interface WalBounds {
  readonly incarnations: number;
  readonly partitions: number;
  /** Objects that each incarnation writes, not counting merged ones. */
  readonly objects: number;
  /** How often an assignment is changed. */
  readonly changes: number;
  /** Manifests of each partition. */
  readonly manifests: number;
  /** Whether WAL objects are removed, and merged before. */
  readonly removal: 'none' | 'trim' | 'trim and merge';
  readonly inFlight: number;
}
