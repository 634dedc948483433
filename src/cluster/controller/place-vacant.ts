import type { BrokerLoads } from './broker-loads.js';
import { GroupSpread } from './group-spread.js';
import type { Unit } from './unit.js';
import { RackQueues } from './rack-queues.js';

/** A group of units, some of which are vacant. */
export interface VacantGroup<U extends Unit> {
  readonly units: readonly U[];
  readonly vacant: readonly U[];
}

/**
 * Finds a new leader for every vacant unit, and notes it in the loads.
 *
 * @param vacant how many there are
 * @param loads of at least one broker
 * @returns the leaders' indices
 */
export function placeVacant<U extends Unit>(
  groups: readonly VacantGroup<U>[],
  vacant: number,
  loads: BrokerLoads,
): Map<U, number> {
  const destinations = new Map<U, number>();
  const place = (unit: U, index: number) => {
    destinations.set(unit, index);
    loads.add(index);
  };
  for (const unit of unitsOf(groups)) {
    const index = loads.indexOf(unit.moveTo);
    if (index !== undefined && !isReleasedBy(unit, unit.moveTo)) place(unit, index);
  }
  loads.divide(vacant - destinations.size);
  for (const unit of unitsOf(groups)) {
    const index = loads.indexOf(unit.leader);
    if (index === undefined || destinations.has(unit) || isReleasedBy(unit, unit.leader)) continue;
    if (loads.roomOf(index) > 0) place(unit, index);
  }
  if (destinations.size < vacant) spread(groups, destinations, loads);
  return destinations;
}

function* unitsOf<U extends Unit>(groups: readonly VacantGroup<U>[]): Generator<U> {
  for (const { vacant } of groups) yield* vacant;
}

/** Who has released a unit is not to be given it back, if there is somebody else. */
function isReleasedBy({ leader, incarnationId }: Unit, brokerId: number | undefined): boolean {
  return incarnationId === '' && leader === brokerId;
}

/** Places what is left by the brokers' load, so that each group is spread over brokers and racks. */
function spread<U extends Unit>(groups: readonly VacantGroup<U>[], destinations: Map<U, number>, loads: BrokerLoads) {
  const queues = new RackQueues(loads);
  for (const { units, vacant } of groups) {
    const left = vacant.filter((unit) => !destinations.has(unit));
    if (left.length === 0) continue;
    const groupSpread = GroupSpread.of(units, destinations, loads);
    for (const unit of left) {
      const excluded = unit.incarnationId === '' ? loads.indexOf(unit.leader) : undefined;
      const index = queues.take(groupSpread, excluded);
      destinations.set(unit, index);
      groupSpread.add(index);
    }
    queues.endGroup();
  }
}
