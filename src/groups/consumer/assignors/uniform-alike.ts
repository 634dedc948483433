import type { AssignorMember, GroupAssignment } from './assignor.js';
import { Draft } from './draft.js';

/**
 * Divides the partitions of topics among members who all subscribe to all of them: their numbers differ by one at most,
 * and no assignment with that property moves fewer partitions.
 */
export function assignAlike(
  members: readonly AssignorMember[],
  topicIds: readonly string[],
  partitionCount: (topicId: string) => number,
): GroupAssignment {
  const draft = new Draft(members, topicIds, partitionCount);
  const total = topicIds.reduce((sum, topicId) => sum + partitionCount(topicId), 0);
  const share = Math.floor(total / members.length);
  // So many members have one more than the share. Those who have that many already keep them.
  let extras = total % members.length;
  for (const member of members) {
    const kept = keepUpTo(draft, member, share + (extras > 0 ? 1 : 0));
    if (kept > share) extras -= 1;
  }

  const free = topicIds.flatMap((topicId) =>
    draft.freePartitions(topicId).map((partition) => ({ topicId, partition })),
  );
  for (const { id } of members) {
    if (draft.sizeOf(id) > share) continue;
    let quota = share;
    if (extras > 0) {
      quota += 1;
      extras -= 1;
    }
    for (const { topicId, partition } of free.splice(0, quota - draft.sizeOf(id))) draft.give(topicId, partition, id);
  }
  return draft.result();
}

/** Lets a member keep what it had, up to a number. @returns how many it keeps */
function keepUpTo(draft: Draft, { id, assigned }: AssignorMember, most: number): number {
  for (const [topicId, partitions] of assigned) {
    for (const partition of partitions) {
      if (draft.sizeOf(id) >= most) return most;
      if (draft.isFree(topicId, partition)) draft.give(topicId, partition, id);
    }
  }
  return draft.sizeOf(id);
}
