import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOVE_TIMEOUT_MS, planUnits, type Plan } from './plan.js';
import type { PlannedBroker, Unit } from './unit.js';

const NOW = 1_000_000;
const incarnationOf = (id: number) => `i-${id}`;

interface Cluster {
  readonly brokers: readonly PlannedBroker[];
  readonly groups: readonly (readonly Unit[])[];
}

function broker(id: number, { rack = '', draining = false } = {}): PlannedBroker {
  return { id, incarnationId: incarnationOf(id), rack, draining };
}

/** A unit that is led by an incarnation of the broker, or, without one, was never assigned. */
function unit(leader?: number, fields: Partial<Unit> = {}): Unit {
  return {
    leader,
    incarnationId: leader === undefined ? '' : incarnationOf(leader),
    moveTo: undefined,
    movingSince: NOW,
    isMovable: leader !== undefined,
    restsUntil: 0,
    ...fields,
  };
}

const released = (by: number, fields: Partial<Unit> = {}) =>
  unit(by, { incarnationId: '', isMovable: false, ...fields });

function plan({ brokers, groups }: Cluster, maxMoves = Infinity): Plan<Unit> {
  const live = new Set(brokers.map(({ incarnationId }) => incarnationId));
  return planUnits({ brokers, isLive: (id) => live.has(id), groups, now: NOW, maxMoves });
}

/** The cluster when the plan was carried out. */
function after({ brokers, groups }: Cluster, done: Plan<Unit>): Cluster {
  const destinations = new Map([...done.assignments, ...done.moves].map(({ unit: one, broker: to }) => [one, to.id]));
  const withdrawn = new Set(done.withdrawals);
  const next = (one: Unit) => {
    const to = destinations.get(one);
    if (to !== undefined) return unit(to);
    return withdrawn.has(one) ? { ...one, moveTo: undefined } : one;
  };
  return { brokers, groups: groups.map((units) => units.map(next)) };
}

/** How many units each of the brokers that may be given some has, or is to have. */
function loadsOf({ brokers, groups }: Cluster): number[] {
  const loads = new Map(brokers.filter(({ draining }) => !draining).map(({ id }) => [id, 0]));
  for (const { leader, incarnationId, moveTo } of groups.flat()) {
    const at = incarnationId === '' ? undefined : (moveTo ?? leader);
    const load = at === undefined ? undefined : loads.get(at);
    if (at !== undefined && load !== undefined) loads.set(at, load + 1);
  }
  return [...loads.values()];
}

/** How many units have to move before no broker has more than one more than another. */
function leastMoves(loads: readonly number[]): number {
  const total = loads.reduce((sum, load) => sum + load, 0);
  const least = Math.floor(total / loads.length);
  const larger = total % loads.length;
  return [...loads]
    .sort((a, b) => b - a)
    .reduce((sum, load, rank) => sum + Math.max(0, load - least - (rank < larger ? 1 : 0)), 0);
}

const spreadOf = (loads: readonly number[]) => Math.max(...loads) - Math.min(...loads);

const brokerIds = fc.integer({ min: 1, max: 7 });
const units: fc.Arbitrary<Unit> = fc
  .record({
    leader: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    isReleased: fc.boolean(),
    moveTo: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined, freq: 3 }),
    movingSince: fc.constantFrom(NOW, NOW - MOVE_TIMEOUT_MS),
    isMovable: fc.boolean(),
    restsUntil: fc.constantFrom(0, NOW + 1),
  })
  .map(({ leader, isReleased, moveTo, ...fields }) => {
    if (leader === undefined) return unit();
    return isReleased ? released(leader, { moveTo }) : unit(leader, { moveTo, ...fields });
  });
const brokers = fc
  .uniqueArray(fc.record({ id: brokerIds, rack: fc.constantFrom('', 'a', 'b'), draining: fc.boolean() }), {
    selector: ({ id }) => id,
    maxLength: 7,
  })
  .map((all) => all.map(({ id, ...fields }) => broker(id, fields)));
const groupsOf = (one: fc.Arbitrary<Unit>) => fc.array(fc.array(one, { maxLength: 12 }), { maxLength: 8 });
const clusters: fc.Arbitrary<Cluster> = fc.record({ brokers, groups: groupsOf(units) });
/** Without moves under way, with nothing that can't be moved, and nothing that its last leader has released. */
const movableUnits = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }).map((leader) => unit(leader));
const movableClusters: fc.Arbitrary<Cluster> = fc.record({ brokers, groups: groupsOf(movableUnits) });

describe('any plan', () => {
  test('gives every vacant unit, and nothing else, to a live broker that is not draining', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const live = new Set(cluster.brokers.map(({ incarnationId }) => incarnationId));
        const eligible = cluster.brokers.filter(({ draining }) => !draining);
        const vacant = cluster.groups.flat().filter(({ incarnationId }) => !live.has(incarnationId));
        const { assignments, vacant: count } = plan(cluster);
        expect(count).toBe(vacant.length);
        expect(new Set(assignments.map((one) => one.unit))).toEqual(new Set(eligible.length === 0 ? [] : vacant));
        expect(assignments).toHaveLength(eligible.length === 0 ? 0 : vacant.length);
        for (const one of assignments) expect(eligible).toContain(one.broker);
      }),
    );
  });

  test('honours the broker that a unit was released for, and else avoids the one that has released it', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const eligible = new Set(cluster.brokers.filter(({ draining }) => !draining).map(({ id }) => id));
        for (const { unit: one, broker: to } of plan(cluster).assignments) {
          const isReleased = one.incarnationId === '';
          if (one.moveTo !== undefined && eligible.has(one.moveTo) && !(isReleased && one.moveTo === one.leader)) {
            expect(to.id).toBe(one.moveTo);
          } else if (isReleased && eligible.size > 1) {
            expect(to.id).not.toBe(one.leader);
          }
        }
      }),
    );
  });

  test('takes back the moves that are overdue or lead nowhere, and no others', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const live = new Set(cluster.brokers.map(({ incarnationId }) => incarnationId));
        const eligible = new Set(cluster.brokers.filter(({ draining }) => !draining).map(({ id }) => id));
        const futile = cluster.groups.flat().filter(({ incarnationId, leader, moveTo, movingSince }) => {
          if (moveTo === undefined || !live.has(incarnationId)) return false;
          return !eligible.has(moveTo) || moveTo === leader || movingSince + MOVE_TIMEOUT_MS <= NOW;
        });
        expect(new Set(plan(cluster).withdrawals)).toEqual(new Set(futile));
      }),
    );
  });

  test('moves only what can be moved, and no more at a time than it may', () => {
    fc.assert(
      fc.property(clusters, fc.integer({ min: 0, max: 5 }), (cluster, most) => {
        const done = plan(cluster, most);
        const futile = new Set(done.withdrawals);
        const live = new Set(cluster.brokers.map(({ incarnationId }) => incarnationId));
        const underWay = cluster.groups
          .flat()
          .filter((one) => one.moveTo !== undefined && live.has(one.incarnationId) && !futile.has(one)).length;
        expect(done.moves.length).toBeLessThanOrEqual(Math.max(0, most - underWay));
        for (const { unit: one, broker: to } of done.moves) {
          expect(one.isMovable && one.restsUntil <= NOW && one.moveTo === undefined).toBe(true);
          expect(live.has(one.incarnationId) && to.id !== one.leader && !to.draining).toBe(true);
        }
      }),
    );
  });

  test('leaves all brokers with as much, give or take one, by no more moves than that needs', () => {
    fc.assert(
      fc.property(movableClusters, (cluster) => {
        const done = plan(cluster);
        const withoutMoves = loadsOf(after(cluster, { ...done, moves: [] }));
        const balanced = loadsOf(after(cluster, done));
        if (balanced.length === 0) return;
        expect(spreadOf(balanced)).toBeLessThanOrEqual(1);
        expect(done.moves).toHaveLength(leastMoves(withoutMoves));
      }),
    );
  });

  test('leaves nothing to do when it was carried out', () => {
    fc.assert(
      fc.property(movableClusters, (cluster) => {
        const next = plan(after(cluster, plan(cluster)));
        const isPossible = cluster.brokers.some(({ draining }) => !draining);
        expect({ ...next, vacant: 0 }).toMatchObject({ assignments: [], moves: [], withdrawals: [] });
        if (isPossible) expect(next.vacant).toBe(0);
      }),
    );
  });
});

describe('a plan', () => {
  const repeat = (count: number, one: (index: number) => Unit) => Array.from({ length: count }, (_, at) => one(at));
  const leadersOf = (done: Plan<Unit>) => done.assignments.map((one) => one.broker.id).sort((a, b) => a - b);
  const racks = [
    broker(1, { rack: 'a' }),
    broker(2, { rack: 'b' }),
    broker(3, { rack: 'a' }),
    broker(4, { rack: 'b' }),
  ];

  test('spreads a new topic over brokers, and over racks when it has fewer partitions than there are brokers', () => {
    expect(leadersOf(plan({ brokers: racks, groups: [repeat(8, () => unit())] }))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    const two = plan({ brokers: racks, groups: [[unit(), unit()]] });
    expect(new Set(two.assignments.map((one) => one.broker.rack))).toEqual(new Set(['a', 'b']));
  });

  test('spreads each topic when several brokers have room for it', () => {
    // Broker 4 is new, and there is room for one partition of each topic on every broker.
    const topics = repeat(4, (at) => unit((at % 3) + 1)).map((led) => [led, unit(), unit(), unit()]);
    const done = plan({ brokers: racks, groups: topics }, 0);
    for (const topic of after({ brokers: racks, groups: topics }, done).groups) {
      expect(new Set(topic.map(({ leader }) => leader)).size).toBe(4);
    }
  });

  test('gives a broker that was restarted back what it had', () => {
    const crashed = repeat(4, () => unit(2, { incarnationId: 'i-2-before' }));
    const groups = [
      [...crashed.slice(0, 2), unit(1), unit(3)],
      [...crashed.slice(2), unit(1), unit(3)],
      [unit(1), unit(3)],
      [unit(1), unit(3)],
    ];
    const done = plan({ brokers: [broker(1), broker(2), broker(3)], groups });
    expect(leadersOf(done)).toEqual([2, 2, 2, 2]);
    expect(done.moves).toEqual([]);
  });

  test('moves of each topic what a broker has too much of', () => {
    const groups = [
      repeat(4, () => unit(1)),
      repeat(4, (at) => unit((at % 2) + 1)),
      repeat(4, (at) => unit((at % 2) + 1)),
    ];
    const done = plan({ brokers: [broker(1), broker(2)], groups });
    expect(done.moves.map((one) => groups.findIndex((group) => group.includes(one.unit)))).toEqual([0, 0]);
  });

  test('takes the partitions for a new broker from all topics alike', () => {
    const groups = repeat(6, () => unit()).map(() => [unit(1), unit(1), unit(2), unit(2)]);
    const done = plan({ brokers: [broker(1), broker(2), broker(3)], groups });
    const moved = groups.map((group) => done.moves.filter((one) => group.includes(one.unit)).length);
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(Math.max(...moved) - Math.min(...moved)).toBeLessThanOrEqual(1);
  });

  test('says when a move is overdue, and when what rests may be moved', () => {
    const cluster = { brokers: [broker(1), broker(2)], groups: [[unit(1, { moveTo: 2, movingSince: NOW - 1000 })]] };
    expect(plan(cluster).nextAt).toBe(NOW - 1000 + MOVE_TIMEOUT_MS);
    const resting = repeat(2, () => unit(1, { restsUntil: NOW + 5 }));
    expect(plan({ ...cluster, groups: [resting] })).toMatchObject({ moves: [], nextAt: NOW + 5 });
  });

  test('of 100,000 partitions and 100 brokers: one that crashes, returns or drains moves what it has, and no more', () => {
    const topics = (leader: (at: number) => Unit) =>
      repeat(1000, unit).map((_, t) => repeat(100, (p) => leader(100 * t + p)));
    const all = repeat(100, unit).map((_, id) => broker(id, { rack: 'abc'[id % 3] ?? '' }));
    const start: Cluster = { brokers: all, groups: topics(() => unit()) };
    const running = after(start, plan(start));
    expect(spreadOf(loadsOf(running))).toBe(0);
    for (const topic of running.groups) expect(new Set(topic.map(({ leader }) => leader)).size).toBe(100);
    const crashed = { brokers: all.slice(1), groups: running.groups };
    const taken = plan(crashed);
    expect([taken.assignments.length, taken.moves.length]).toEqual([1000, 0]);
    const survived = after(crashed, taken);
    expect(spreadOf(loadsOf(survived))).toBeLessThanOrEqual(1);
    const back = plan({ brokers: all, groups: survived.groups });
    expect([back.assignments.length, back.moves.length]).toEqual([0, 1000]);
    expect(new Set(back.moves.map((one) => one.broker.id))).toEqual(new Set([0]));
  });
});
