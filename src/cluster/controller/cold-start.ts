import type { Plan } from './plan.js';
import type { PlannedBroker, Unit } from './unit.js';

/** How long a new controller waits for others, ms. */
export const COLD_START_MS = 1500;

/**
 * Whether assignments are to wait a little. After all brokers have stopped they come back one by one: the first one would
 * be given everything, and most of it would have to move again when the others are there.
 *
 * @param elapsedMs since the controller was elected
 */
export function awaitsOthers(
  { led, assignments }: Plan<Unit>,
  brokers: readonly PlannedBroker[],
  elapsedMs: number,
): boolean {
  if (led > 0 || elapsedMs >= COLD_START_MS) return false;
  const here = new Set(brokers.map(({ id }) => id));
  return assignments.some(({ unit: { leader } }) => leader !== undefined && !here.has(leader));
}
