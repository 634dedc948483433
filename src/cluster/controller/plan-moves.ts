import type { BrokerLoads } from './broker-loads.js';
import { GroupSpread } from './group-spread.js';
import type { Placement, Unit } from './unit.js';

interface Candidate<U extends Unit> {
  readonly unit: U;
  readonly group: readonly U[];
  /** Index of the broker that leads it. */
  readonly from: number;
}

/** Beyond this all are the same: how many more units of a group its leader has than the one that is to have it. */
const MOST_SKEW = 64;

/**
 * Finds the moves that bring brokers which have more than their share down to it: of each, units of groups that it has
 * most of. Notes them in the loads, which have to be divided.
 *
 * @param destinations of the units that were vacant: these are not moved yet
 * @returns the moves, and when a unit may be moved that may not be now
 */
export function planMoves<U extends Unit>(
  groups: readonly (readonly U[])[],
  destinations: ReadonlyMap<U, number>,
  loads: BrokerLoads,
  { maxMoves, now }: { readonly maxMoves: number; readonly now: number },
): { readonly moves: Placement<U>[]; readonly nextAt: number | undefined } {
  const moves: Placement<U>[] = [];
  const indices = Array.from({ length: loads.size }, (_, index) => index);
  const receivers = indices.filter((index) => loads.roomOf(index) > 0);
  if (maxMoves <= 0 || receivers.length === 0) return { moves, nextAt: undefined };
  const { bySkew, nextAt } = findCandidates(groups, destinations, loads, receivers, now);
  const spreads = new Map<readonly U[], GroupSpread>();
  const spreadOf = (group: readonly U[]) => {
    const spread = spreads.get(group) ?? GroupSpread.of(group, destinations, loads);
    spreads.set(group, spread);
    return spread;
  };
  for (let skew = MOST_SKEW; skew >= 0; skew -= 1) {
    for (const candidate of bySkew[skew] ?? []) {
      if (moves.length >= maxMoves) return { moves, nextAt };
      const { unit, group, from } = candidate;
      if (loads.roomOf(from) >= 0) continue;
      const to = bestReceiver(receivers, spreadOf(group), loads);
      if (to === undefined) return { moves, nextAt };
      const skewNow = skewOf(spreadOf(group).countOf(from), spreadOf(group).countOf(to));
      if (skewNow < skew) {
        bySkew[skewNow]?.push(candidate);
        continue;
      }
      moves.push({ unit, broker: loads.brokerAt(to) });
      loads.remove(from);
      loads.add(to);
      spreadOf(group).remove(from);
      spreadOf(group).add(to);
    }
  }
  return { moves, nextAt };
}

/** What may be moved off brokers that have too much, by how uneven that makes the group. */
function findCandidates<U extends Unit>(
  groups: readonly (readonly U[])[],
  destinations: ReadonlyMap<U, number>,
  loads: BrokerLoads,
  receivers: readonly number[],
  now: number,
) {
  const bySkew: Candidate<U>[][] = Array.from({ length: MOST_SKEW + 1 }, () => []);
  const counts = new Int32Array(loads.size);
  let nextAt: number | undefined;
  for (const group of groups) {
    counts.fill(0);
    const candidates: Candidate<U>[] = [];
    for (const unit of group) {
      const from = loads.indexOfLeader(unit);
      const at = destinations.get(unit) ?? loads.indexOf(unit.moveTo) ?? from;
      if (at !== undefined) counts[at] = (counts[at] as number) + 1;
      if (from === undefined || destinations.has(unit) || unit.moveTo !== undefined) continue;
      if (!unit.isMovable || loads.roomOf(from) >= 0) continue;
      if (unit.restsUntil > now) nextAt = earliest(nextAt, unit.restsUntil);
      else candidates.push({ unit, group, from });
    }
    if (candidates.length === 0) continue;
    const least = leastOf(receivers, counts);
    for (const candidate of candidates) bySkew[skewOf(counts[candidate.from] as number, least)]?.push(candidate);
  }
  return { bySkew, nextAt };
}

function leastOf(indices: readonly number[], counts: Int32Array): number {
  let least = Infinity;
  for (const index of indices) {
    least = Math.min(least, counts[index] as number);
    if (least === 0) break;
  }
  return least;
}

function skewOf(countHere: number, countThere: number): number {
  return Math.max(0, Math.min(MOST_SKEW, countHere - countThere));
}

/** Among brokers with room, the one that has least of the group, then of which the rack has, then with the most room. */
function bestReceiver(receivers: readonly number[], spread: GroupSpread, loads: BrokerLoads): number | undefined {
  const rankOf = (index: number) =>
    [spread.countOf(index), spread.densityOf(loads.rackOf(index)), -loads.roomOf(index), index] as const;
  let best: readonly [number, number, number, number] | undefined;
  for (const index of receivers) {
    if (loads.roomOf(index) <= 0) continue;
    const rank = rankOf(index);
    if (best === undefined || isBefore(rank, best)) best = rank;
  }
  return best?.[3];
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

/** The earlier one of two times, of which any may be missing. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
