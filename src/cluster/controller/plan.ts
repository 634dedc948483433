import { BrokerLoads } from './broker-loads.js';
import { placeVacant, type VacantGroup } from './place-vacant.js';
import { earliest, planMoves } from './plan-moves.js';
import type { Placement, PlannedBroker, Unit } from './unit.js';

export interface PlanInput<U extends Unit> {
  /** Live brokers, those that are draining among them. */
  readonly brokers: readonly PlannedBroker[];
  readonly isLive: (incarnationId: string) => boolean;
  /** Units that are to be spread over brokers and racks: those of a topic, or all group slots. */
  readonly groups: Iterable<readonly U[]>;
  /** Monotonic ms. */
  readonly now: number;
  /** How many moves may be under way at a time. */
  readonly maxMoves: number;
}

export interface Plan<U extends Unit> {
  /** New leaders of vacant units. */
  readonly assignments: readonly Placement<U>[];
  /** Units that their leaders are to release for other brokers. */
  readonly moves: readonly Placement<U>[];
  /** Units that stay where they are after all. */
  readonly withdrawals: readonly U[];
  /** How many units are vacant. */
  readonly vacant: number;
  /** How many units have a leader that lives. */
  readonly led: number;
  /** When there may be more to do although nothing has changed, monotonic ms. */
  readonly nextAt: number | undefined;
}

/** A move that isn't done by then is taken back, ms. */
export const MOVE_TIMEOUT_MS = 60_000;

/**
 * Decides who is to lead what.
 *
 * Vacant units go to the broker that they are to be moved to, else back to the broker that has crashed with them and is
 * there again, else to those that have the least. Then units are moved from brokers that have more than their share to
 * those that have less: as few as make the counts differ by one at most.
 */
export function planUnits<U extends Unit>(input: PlanInput<U>): Plan<U> {
  const loads = new BrokerLoads(input.brokers.filter(({ draining }) => !draining));
  const survey = surveyUnits(input, loads);
  const { groups, vacantGroups, withdrawals, vacant, led, movesUnderWay } = survey;
  if (loads.size === 0) return { assignments: [], moves: [], withdrawals, vacant, led, nextAt: survey.nextAt };
  const destinations = placeVacant(vacantGroups, vacant, loads);
  const moving = planMoves(groups, destinations, loads, { ...input, maxMoves: input.maxMoves - movesUnderWay });
  return {
    assignments: [...destinations].map(([unit, index]) => ({ unit, broker: loads.brokerAt(index) })),
    moves: moving.moves,
    withdrawals,
    vacant,
    led,
    nextAt: earliest(survey.nextAt, moving.nextAt),
  };
}

/** Counts what everybody has, units that are moving at the broker that they move to, and finds what is vacant. */
function surveyUnits<U extends Unit>({ groups, isLive, now }: PlanInput<U>, loads: BrokerLoads) {
  const all: (readonly U[])[] = [];
  const vacantGroups: VacantGroup<U>[] = [];
  const withdrawals: U[] = [];
  let vacant = 0;
  let led = 0;
  let movesUnderWay = 0;
  let nextAt: number | undefined;
  for (const units of groups) {
    const vacantHere: U[] = [];
    for (const unit of units) {
      if (unit.incarnationId === '' || !isLive(unit.incarnationId)) {
        vacantHere.push(unit);
      } else if (unit.moveTo === undefined) {
        loads.add(loads.indexOfLeader(unit));
      } else if (isUnderWay(unit, loads, now)) {
        movesUnderWay += 1;
        loads.add(loads.indexOf(unit.moveTo));
        nextAt = earliest(nextAt, unit.movingSince + MOVE_TIMEOUT_MS);
      } else {
        withdrawals.push(unit);
        loads.add(loads.indexOfLeader(unit));
      }
    }
    all.push(units);
    if (vacantHere.length > 0) vacantGroups.push({ units, vacant: vacantHere });
    vacant += vacantHere.length;
    led += units.length - vacantHere.length;
  }
  return { groups: all, vacantGroups, withdrawals, vacant, led, movesUnderWay, nextAt };
}

function isUnderWay({ moveTo, leader, movingSince }: Unit, loads: BrokerLoads, now: number): boolean {
  return loads.indexOf(moveTo) !== undefined && moveTo !== leader && now < movingSince + MOVE_TIMEOUT_MS;
}
