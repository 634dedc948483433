import { subscribersByTopic, type Assignor, type AssignorMember, type GroupAssignment } from './assignor.js';

/**
 * Gives every subscriber of a topic a range of its partitions; the first ones get one more where it doesn't come out
 * even. Members who subscribe to the same topics with the same number of partitions get the same numbers of each, so
 * that what has the same key comes to the same member.
 *
 * Static members come first, in the order of their instance ids, then the others in that of their member ids: what a
 * static member has doesn't depend on the others' coming and going more than it must.
 */
export const rangeAssignor: Assignor = {
  name: 'range',
  assign(members, partitionCount): GroupAssignment {
    const assignment = new Map(members.map(({ id }) => [id, new Map<string, ReadonlySet<number>>()]));
    for (const [topicId, subscribers] of subscribersByTopic([...members].sort(byInstanceThenId))) {
      const partitions = partitionCount(topicId);
      let next = 0;
      for (const [index, { id }] of subscribers.entries()) {
        const share = Math.floor(partitions / subscribers.length) + (index < partitions % subscribers.length ? 1 : 0);
        if (share === 0) break;
        const first = next;
        assignment.get(id)?.set(topicId, new Set(Array.from({ length: share }, (_, offset) => first + offset)));
        next += share;
      }
    }
    return assignment;
  },
};

function byInstanceThenId(a: AssignorMember, b: AssignorMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId === null && b.instanceId === null) return compare(a.id, b.id);
  return a.instanceId === null ? 1 : -1;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
