import type { AssignorMember, GroupAssignment } from './assignor.js';
import { Draft } from './draft.js';

/**
 * Rounds over all topics after which the last differences are left: where subscriptions overlap in long chains, a
 * partition may have to wander far for the last bit of balance.
 */
const MAX_ROUNDS = 16;

/**
 * Divides partitions among members whose subscriptions differ. In the end no partition could go to another subscriber
 * of its topic who has less by more than one, unless that takes too many rounds.
 */
export function assignMixed(
  members: readonly AssignorMember[],
  subscribers: ReadonlyMap<string, readonly AssignorMember[]>,
  partitionCount: (topicId: string) => number,
): GroupAssignment {
  const draft = new Draft(members, subscribers.keys(), partitionCount);
  for (const { id, topics, assigned } of members) {
    for (const [topicId, partitions] of assigned) {
      if (!topics.has(topicId)) continue;
      for (const partition of partitions) if (draft.isFree(topicId, partition)) draft.give(topicId, partition, id);
    }
  }

  // Those who have few to choose from choose first.
  const perSubscriber = (topicId: string) => partitionCount(topicId) / (subscribers.get(topicId)?.length ?? 1);
  const topicIds = [...subscribers.keys()].sort((a, b) => perSubscriber(b) - perSubscriber(a) || (a < b ? -1 : 1));

  for (const topicId of topicIds) fillUp(draft, topicId, subscribers.get(topicId) ?? []);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let moves = 0;
    for (const topicId of topicIds) moves += balanceTopic(draft, topicId, subscribers.get(topicId) ?? []);
    if (moves === 0) break;
  }
  return draft.result();
}

/** Gives each free partition of a topic to the subscriber who has least by then. */
function fillUp(draft: Draft, topicId: string, candidates: readonly AssignorMember[]): void {
  const free = draft.freePartitions(topicId);
  if (free.length === 0) return;
  const ids = candidates.map(({ id }) => id).sort((a, b) => draft.sizeOf(a) - draft.sizeOf(b));
  // Ascending, but for those before `next`: these have got one more since it was 0.
  let next = 0;
  for (const partition of free) {
    draft.give(topicId, partition, ids[next] ?? '');
    next += 1;
    if (next === ids.length || draft.sizeOf(ids[next] ?? '') >= draft.sizeOf(ids[0] ?? '')) next = 0;
  }
}

/** Moves partitions of one topic from those who have most to those who have least. @returns how many */
function balanceTopic(draft: Draft, topicId: string, candidates: readonly AssignorMember[]): number {
  for (let moves = 0; ; moves += 1) {
    const receiver = leastLoaded(draft, candidates);
    if (draft.sizeOf(mostLoaded(draft, candidates)) - draft.sizeOf(receiver) <= 1) return moves;
    const owners = candidates.filter(({ id }) => draft.partitionsOf(id, topicId).size > 0);
    const giver = mostLoaded(draft, owners);
    if (draft.sizeOf(giver) - draft.sizeOf(receiver) <= 1) return moves;
    const [partition = 0] = [...draft.partitionsOf(giver, topicId)].slice(-1);
    draft.give(topicId, partition, receiver);
  }
}

function leastLoaded(draft: Draft, candidates: readonly AssignorMember[]): string {
  let least = candidates[0]?.id ?? '';
  for (const { id } of candidates) if (draft.sizeOf(id) < draft.sizeOf(least)) least = id;
  return least;
}

function mostLoaded(draft: Draft, candidates: readonly AssignorMember[]): string {
  let most = candidates[0]?.id ?? '';
  for (const { id } of candidates) if (draft.sizeOf(id) > draft.sizeOf(most)) most = id;
  return most;
}
