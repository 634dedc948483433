/**
 * What the model of checkpoints and of removing WAL objects consists of. What hand-offs rely on is checked elsewhere: here a take-over
 * is one step. Every WAL object is committed when it is written.
 */
export interface State {
  readonly store: Store;
  /** The objects of each incarnation, merged ones too; whoever has a number for one means its place here. */
  readonly bucket: WalObject[][];
  readonly brokers: Broker[];
  /** Manifest transactions that were sent and not answered. */
  inFlight: ManifestCommit[];
  /** Ended incarnations that, as the janitor has seen, no assignment names. */
  leftovers: number[];
  /** The log end of each partition, and the highest checkpoint it ever had. */
  readonly history: { readonly ends: number[]; readonly checkpoints: number[] };
}

export interface Store {
  readonly lives: boolean[];
  readonly commits: number[];
  /** `trims/<X>`: objects up to this sequence may be gone. */
  readonly trims: number[];
  /** `merges/<X>` */
  readonly merges: Merged[][];
  readonly assignments: Assignment[];
  readonly states: PartitionState[];
}

export interface Merged {
  from: number;
  to: number;
  object: number;
}

export interface Assignment {
  revision: number;
  leader: number | null;
  tenures: { incarnation: number; from: number; to: number | null }[];
}

/** Everything below the checkpoint is in segments, which the manifest of that version names. */
export interface PartitionState {
  version: number;
  checkpoint: number;
}

export interface WalObject {
  from: number;
  to: number;
  records: { partition: number; offset: number }[];
  deleted: boolean;
}

export interface Broker {
  /** What it knows of the partitions that it leads. */
  readonly leads: (Led | null)[];
  /** How far it may move its trim mark, by the partitions that it led when it looked, and which these were. */
  trim: { upTo: number; leads: boolean[] } | null;
  /** A merged object that was written and is in no list yet, made of two neighbours. */
  merging: { merged: Merged; replaced: number[] } | null;
  /** Objects that others have replaced. */
  replaced: number[];
}

export interface Led {
  assignment: Assignment;
  state: PartitionState;
  end: number;
  /** A manifest transaction with an unknown outcome. */
  manifest: ManifestCommit | null;
}

export interface ManifestCommit {
  by: number;
  partition: number;
  readAssignment: Assignment;
  readState: PartitionState;
  checkpoint: number;
}
