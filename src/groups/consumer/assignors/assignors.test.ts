import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countPartitions, intersection, NO_PARTITIONS, type Partitions } from '../partitions.js';
import type { Assignor, AssignorMember, GroupAssignment } from './assignor.js';
import { rangeAssignor } from './range.js';
import { uniformAssignor } from './uniform.js';

type Topics = ReadonlyMap<string, number>;

const countIn = (topics: Topics) => (topicId: string) => topics.get(topicId) ?? 0;

const member = (id: string, topics: Iterable<string>, assigned: Partitions = NO_PARTITIONS): AssignorMember => ({
  id,
  instanceId: null,
  topics: new Set(topics),
  assigned,
});

const withAssignment = (members: readonly AssignorMember[], assignment: GroupAssignment): AssignorMember[] =>
  members.map((each) => ({ ...each, assigned: assignment.get(each.id) ?? NO_PARTITIONS }));

const plain = (assignment: GroupAssignment) =>
  Object.fromEntries(
    Array.from(assignment, ([id, partitions]) => [
      id,
      Object.fromEntries(Array.from(partitions, ([topicId, numbers]) => [topicId, [...numbers].sort((a, b) => a - b)])),
    ]),
  );

const sizes = (assignment: GroupAssignment) => [...assignment.values()].map(countPartitions);

/** Partitions that somebody has who did not have them before. */
const moves = (members: readonly AssignorMember[], assignment: GroupAssignment) =>
  members.reduce((sum, { id, assigned }) => {
    const now = assignment.get(id) ?? NO_PARTITIONS;
    return sum + countPartitions(now) - countPartitions(intersection(now, assigned));
  }, 0);

/** Each partition of a topic with subscribers goes to exactly one of them, and nobody gets anything else. */
function expectComplete(members: readonly AssignorMember[], topics: Topics, assignment: GroupAssignment): void {
  expect([...assignment.keys()].sort()).toEqual(members.map(({ id }) => id).sort());
  const owned = members.flatMap(({ id, topics: subscribed }) =>
    Array.from(assignment.get(id) ?? NO_PARTITIONS, ([topicId, partitions]) => {
      expect(subscribed.has(topicId)).toBe(true);
      return [...partitions].map((partition) => `${topicId}/${partition}`);
    }).flat(),
  );
  const subscribed = new Set(members.flatMap((each) => [...each.topics]));
  const expected = [...subscribed].flatMap((id) => Array.from({ length: topics.get(id) ?? 0 }, (_, p) => `${id}/${p}`));
  expect(owned.sort()).toEqual(expected.sort());
}

const topicsArbitrary = fc
  .array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 })
  .map((counts): Topics => new Map(counts.map((count, index) => [`t${index}`, count])));

/** Members with their subscriptions, and what they had by an assignment that need not be of these topics. */
const mixedGroup = topicsArbitrary
  .chain((topics) =>
    fc.record({
      topics: fc.constant(topics),
      members: fc
        .array(fc.record({ topics: fc.subarray([...topics.keys()]), isStatic: fc.boolean() }), {
          minLength: 1,
          maxLength: 9,
        })
        .map((specs) =>
          specs.map(({ topics: names, isStatic }, index) => ({
            ...member(`m${index}`, names),
            instanceId: isStatic ? `i${9 - index}` : null,
          })),
        ),
      history: fc.array(fc.record({ member: fc.nat(12), topic: fc.nat(7), partition: fc.nat(14) }), { maxLength: 40 }),
    }),
  )
  .map(({ topics, members, history }) => {
    const owners = new Map(history.map(({ member: owner, topic, partition }) => [`t${topic}/${partition}`, owner]));
    return {
      topics,
      members: members.map((each, index) => {
        const assigned = new Map<string, Set<number>>();
        for (const [key, owner] of owners) {
          const [topicId = '', partition = ''] = key.split('/');
          if (owner === index) assigned.set(topicId, (assigned.get(topicId) ?? new Set()).add(Number(partition)));
        }
        return { ...each, assigned };
      }),
    };
  });

describe.each<[string, Assignor]>([
  ['uniform', uniformAssignor],
  ['range', rangeAssignor],
])('%s', (name, assignor) => {
  test('has its name', () => {
    expect(assignor.name).toBe(name);
  });

  test('gives each subscribed partition to one of its subscribers, and nothing else to anybody', () => {
    fc.assert(
      fc.property(mixedGroup, ({ topics, members }) => {
        expectComplete(members, topics, assignor.assign(members, countIn(topics)));
      }),
    );
  });

  test('changes nothing when nothing has changed', () => {
    fc.assert(
      fc.property(mixedGroup, ({ topics, members }) => {
        const first = assignor.assign(members, countIn(topics));
        const second = assignor.assign(withAssignment(members, first), countIn(topics));
        expect(plain(second)).toEqual(plain(first));
      }),
    );
  });
});

describe('uniform', () => {
  const alikeGroup = fc.record({
    topics: topicsArbitrary,
    count: fc.integer({ min: 1, max: 10 }),
  });
  const alike = (topics: Topics, count: number) =>
    Array.from({ length: count }, (_, index) => member(`m${index}`, topics.keys()));

  test('differs by one at most among members who subscribe to the same', () => {
    fc.assert(
      fc.property(mixedGroup, ({ topics, members }) => {
        const same = members.map((each) => ({ ...each, topics: new Set(topics.keys()) }));
        const counts = sizes(uniformAssignor.assign(same, countIn(topics)));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('moves no more than a newcomer gets', () => {
    fc.assert(
      fc.property(alikeGroup, ({ topics, count }) => {
        const before = uniformAssignor.assign(alike(topics, count), countIn(topics));
        const members = [...withAssignment(alike(topics, count), before), member('new', topics.keys())];
        const after = uniformAssignor.assign(members, countIn(topics));
        expect(moves(members, after)).toBe(countPartitions(after.get('new') ?? NO_PARTITIONS));
        expect(moves(members, after)).toBe(Math.floor([...topics.values()].reduce((a, b) => a + b) / (count + 1)));
      }),
    );
  });

  test('moves only what a leaver had', () => {
    fc.assert(
      fc.property(alikeGroup, fc.nat(), ({ topics, count }, seed) => {
        fc.pre(count > 1);
        const before = uniformAssignor.assign(alike(topics, count), countIn(topics));
        const leaver = `m${seed % count}`;
        const members = withAssignment(alike(topics, count), before).filter(({ id }) => id !== leaver);
        const after = uniformAssignor.assign(members, countIn(topics));
        expect(moves(members, after)).toBe(countPartitions(before.get(leaver) ?? NO_PARTITIONS));
      }),
    );
  });

  test('leaves no partition with a member who has more than another of its subscribers by two', () => {
    fc.assert(
      fc.property(mixedGroup, ({ topics, members }) => {
        const assignment = uniformAssignor.assign(members, countIn(topics));
        for (const owner of members) {
          const owned = assignment.get(owner.id) ?? NO_PARTITIONS;
          for (const topicId of owned.keys()) {
            for (const other of members.filter((each) => each.topics.has(topicId))) {
              const less = countPartitions(assignment.get(other.id) ?? NO_PARTITIONS);
              expect(countPartitions(owned) - less).toBeLessThanOrEqual(1);
            }
          }
        }
      }),
    );
  });

  test('keeps what fits, and moves the rest', () => {
    const topics = new Map([['a', 4]]);
    const members = [member('m0', ['a'], new Map([['a', new Set([0, 1, 2, 3])]])), member('m1', ['a'])];
    expect(plain(uniformAssignor.assign(members, countIn(topics)))).toEqual({ m0: { a: [0, 1] }, m1: { a: [2, 3] } });
  });

  test('does a thousand members and ten thousand partitions', () => {
    const topics = new Map(Array.from({ length: 100 }, (_, index) => [`t${index}`, 100]));
    const members = Array.from({ length: 1000 }, (_, index) =>
      member(`m${index}`, index === 0 ? ['t0', 't1'] : topics.keys()),
    );
    const assignment = uniformAssignor.assign(members, countIn(topics));
    expect(new Set(sizes(assignment))).toEqual(new Set([10]));
  });
});

describe('range', () => {
  test('gives the same numbers of topics of the same size to the same member', () => {
    const topics = new Map([
      ['a', 5],
      ['b', 5],
    ]);
    const members = [member('m1', ['a', 'b']), member('m0', ['a', 'b'])];
    expect(plain(rangeAssignor.assign(members, countIn(topics)))).toEqual({
      m0: { a: [0, 1, 2], b: [0, 1, 2] },
      m1: { a: [3, 4], b: [3, 4] },
    });
  });

  test('puts static members first, by their instance ids', () => {
    const topics = new Map([['a', 3]]);
    const members = [
      member('m0', ['a']),
      { ...member('m9', ['a']), instanceId: 'x' },
      { ...member('m8', ['a']), instanceId: 'y' },
    ];
    expect(plain(rangeAssignor.assign(members, countIn(topics)))).toEqual({
      m9: { a: [0] },
      m8: { a: [1] },
      m0: { a: [2] },
    });
  });

  test('gives nothing to those for whom there is nothing', () => {
    const members = [member('m0', ['a']), member('m1', ['a']), member('m2', [])];
    expect(plain(rangeAssignor.assign(members, countIn(new Map([['a', 1]]))))).toEqual({
      m0: { a: [0] },
      m1: {},
      m2: {},
    });
  });
});
