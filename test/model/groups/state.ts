/** What the model of group slots consists of: one slot, and one committed offset of a group in it. */
export interface State {
  readonly store: Store;
  readonly brokers: Broker[];
  inFlight: Transaction[];
  /** The consumer commits 1, 2, 3, …: what it sent last, and the highest that was acknowledged. */
  readonly consumer: { sent: number; acknowledged: number };
  /** How often other slots in the record have changed. */
  otherChanges: number;
}

export interface Store {
  readonly lives: boolean[];
  slots: Slots;
  /** `group-writers/<broker>` of each incarnation: its last write. */
  readonly writers: number[];
  offset: number;
}

/** `group-slots`: all slots are in one record, and share its revision. */
export interface Slots {
  revision: number;
  owner: number | null;
  epoch: number;
}

export interface Broker {
  ended: boolean;
  /** The epoch under which it serves the slot; null when it doesn't. */
  serves: number | null;
  /** The slots as it has read them last. */
  known: Slots;
  /** A write with an unknown outcome. */
  write: Write | null;
  release: SlotChange | null;
}

export type Transaction = Write | SlotChange;

export interface Write {
  kind: 'write';
  by: number;
  /** The writer's last write before. */
  after: number;
  revision: number;
  offset: number;
}

export interface SlotChange {
  kind: 'assign' | 'release';
  by: number | null;
  read: Slots;
  owner: number | null;
}
