/** How long a unit isn't moved for balance after a move of it was taken back, ms. */
export const MOVE_REST_MS = 120_000;

/** What is remembered of a unit's moves: the records don't say when a move was planned. */
export interface MoveHistory {
  /** Monotonic ms. */
  readonly movingSince: number;
  /** Monotonic ms. */
  readonly restsUntil: number;
}

/** The part of a record that moves are about. */
export interface MovingRecord {
  readonly epoch: number;
  readonly incarnationId: string;
  /** Empty when the unit stays. */
  readonly moveTo: string;
}

/**
 * The history after a change of the record.
 *
 * @param before undefined when the record wasn't known
 * @param now monotonic ms
 */
export function historyAfter(
  before: { readonly record: MovingRecord; readonly history: MoveHistory } | undefined,
  after: MovingRecord,
  now: number,
): MoveHistory {
  const isSameTerm =
    before !== undefined && before.record.epoch === after.epoch && before.record.incarnationId === after.incarnationId;
  if (!isSameTerm) return { movingSince: now, restsUntil: 0 };
  const { movingSince, restsUntil } = before.history;
  if (before.record.moveTo === after.moveTo) return { movingSince, restsUntil };
  return { movingSince: now, restsUntil: after.moveTo === '' ? now + MOVE_REST_MS : restsUntil };
}

/** The node id that a record names in decimal; undefined when it names none. */
export function nodeIdOf(decimal: string): number | undefined {
  return decimal === '' ? undefined : Number(decimal);
}
