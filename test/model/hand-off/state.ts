/**
 * What the model of writing and handing off consists of: the metadata store, the bucket, the brokers' memory, and what
 * clients have been told. Incarnations, partitions and batches are numbers from 0 on.
 */
export interface State {
  readonly store: Store;
  /** WAL objects of each incarnation, as they were sealed; sequence numbers begin at 1. */
  readonly wal: WalObject[][];
  readonly brokers: Broker[];
  /** Transactions that were sent and not answered. Each may be carried out at any time, or never. */
  inFlight: Transaction[];
  readonly clients: Clients;
}

export interface Store {
  /** For each incarnation, whether `incarnations/<X>` is there. */
  readonly lives: boolean[];
  /** `commits/<X>`: the sequence up to which X's WAL objects count. */
  readonly commits: number[];
  readonly assignments: Assignment[];
}

/** `assignments/<topic>/<partition>` */
export interface Assignment {
  /** Grows by one with every change, as etcd's revision of the key does. */
  revision: number;
  /** The incarnation that leads; null after a release, and before the first assignment. */
  leader: number | null;
  epoch: number;
  tenures: Tenure[];
  moveTo: boolean;
}

export interface Tenure {
  incarnation: number;
  epoch: number;
  from: number;
  to: number | null;
}

export interface WalObject {
  entries: Entry[];
  /** Whether it is in the bucket. Uploads are repeated until they land, which may be late or never. */
  landed: boolean;
}

export interface Entry {
  partition: number;
  epoch: number;
  offset: number;
  batch: number;
}

/** The memory of one incarnation. A crash or a pause isn't a step: the broker takes no further one, or takes it late. */
export interface Broker {
  registered: boolean;
  /** It has been told that its incarnation has ended, and does no more. */
  ended: boolean;
  /** The open WAL object. */
  buffer: Entry[];
  /** What it knows of its commit record. */
  committed: number;
  /** A commit with an unknown outcome. */
  commit: Commit | null;
  readonly partitions: BrokerPartition[];
  /** Only with rule R8 left out: commit records as a watch has once shown them. */
  view: number[] | null;
}

export interface BrokerPartition {
  /** What it has read for opening the partition, before it claims it. */
  opening: Opening | null;
  log: Log | null;
  /** A release that was sent and not answered. */
  release: Change | null;
}

export interface Opening {
  read: Assignment;
  batches: number[];
}

export interface Log {
  epoch: number;
  /** The batch at each offset. */
  batches: number[];
  highWatermark: number;
  /** How much of it was there already when it was opened. */
  recovered: number;
}

export type Transaction = Commit | Change;

export interface Commit {
  kind: 'commit';
  by: number;
  from: number;
  to: number;
}

/** A change of an assignment, from what was read. */
export interface Change {
  kind: 'assign' | 'move_to' | 'claim' | 'release';
  partition: number;
  read: Assignment;
  /** The record that it puts, but for the revision. */
  put: Assignment;
  /** The new leader, for a claim and a release; nobody in particular, for what controllers send. */
  by: number | null;
}

/** What clients have seen and done. */
export interface Clients {
  /** For each batch that was made, its partition. */
  readonly batches: number[];
  readonly acknowledged: boolean[];
  retries: number;
  moves: number;
  /** The highest high watermark that anybody has been shown, for each partition. */
  readonly shown: number[];
}
