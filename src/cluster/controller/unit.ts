/** What is assigned as one: a partition or a group slot. */
export interface Unit {
  /** The broker that leads it or led it last; undefined when it was never assigned. */
  readonly leader: number | undefined;
  /** Of the leader; empty when the unit was never assigned, or was released. */
  readonly incarnationId: string;
  /** The broker that the leader is to release it for. */
  readonly moveTo: number | undefined;
  /** Since when, monotonic ms. Meaningless without {@link moveTo}. */
  readonly movingSince: number;
  /** Whether the leader can hand it over for the sake of balance. */
  readonly isMovable: boolean;
  /** Until when it isn't moved, because a move of it has failed, monotonic ms. */
  readonly restsUntil: number;
}

/** A live broker, as the planner sees it. */
export interface PlannedBroker {
  readonly id: number;
  readonly incarnationId: string;
  /** Empty when the broker has none. */
  readonly rack: string;
  /** It gives up everything, and is given nothing. */
  readonly draining: boolean;
}

export interface Placement<U extends Unit> {
  readonly unit: U;
  readonly broker: PlannedBroker;
}
