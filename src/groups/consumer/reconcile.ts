import type { ConsumerMember } from './member.js';
import {
  difference,
  filterPartitions,
  intersection,
  NO_PARTITIONS,
  overlap,
  samePartitions,
  union,
  type Partitions,
} from './partitions.js';

export interface Surroundings {
  /** What the member is to have. */
  readonly target: Partitions;
  /** The epoch of the group for which the target was made. */
  readonly targetEpoch: number;
  /** The topics that the member subscribes to at present; the target may be older. */
  readonly subscribed: ReadonlySet<string>;
  /** What the member says that it has; undefined when it says nothing. */
  readonly owned: Partitions | undefined;
  /** The id of the member that has a partition, or has yet to give it back. */
  ownerOf(topicId: string, partition: number): string | undefined;
}

/**
 * One step of a member towards its target (KIP-848): first it gives back what it shall not have, and stays at its epoch
 * until it has. Then it goes on to the target's epoch with all that is free, and with the rest as others give it back.
 *
 * @returns the member itself when there is no step to take
 */
export function reconcile(member: ConsumerMember, around: Surroundings): ConsumerMember {
  const isStable = member.state === 'stable' && member.epoch === around.targetEpoch;
  const isWaiting = member.state === 'unrevoked' && hasStill(member.pendingRevocation, around.owned);
  return isStable || isWaiting ? withoutUnsubscribed(member, around) : advance(member, around);
}

function advance(member: ConsumerMember, around: Surroundings): ConsumerMember {
  const { targetEpoch, owned } = around;
  const wanted = filterPartitions(around.target, (topicId) => around.subscribed.has(topicId));
  const kept = intersection(member.assigned, wanted);
  const unwanted = difference(member.assigned, kept);
  if (hasStill(unwanted, owned)) {
    return { ...member, state: 'unrevoked', assigned: kept, pendingRevocation: unwanted };
  }
  const missing = difference(wanted, kept);
  const free = filterPartitions(missing, (topicId, partition) => {
    const owner = around.ownerOf(topicId, partition);
    // What it has just given back may be meant for it again.
    return owner === undefined || owner === member.id;
  });
  const next: ConsumerMember = {
    ...member,
    state: samePartitions(free, missing) ? 'stable' : 'unreleased',
    epoch: targetEpoch,
    previousEpoch: member.epoch === targetEpoch ? member.previousEpoch : member.epoch,
    assigned: union(kept, free),
    pendingRevocation: NO_PARTITIONS,
  };
  return isSameProgress(member, next) ? member : next;
}

/** What a member doesn't subscribe to any more it has to give back, even if there is no target yet that says so. */
function withoutUnsubscribed(member: ConsumerMember, { subscribed, owned }: Surroundings): ConsumerMember {
  const unsubscribed = filterPartitions(member.assigned, (topicId) => !subscribed.has(topicId));
  if (unsubscribed.size === 0) return member;
  const assigned = difference(member.assigned, unsubscribed);
  const pendingRevocation = union(member.pendingRevocation, unsubscribed);
  if (!hasStill(pendingRevocation, owned)) return { ...member, assigned };
  return { ...member, state: 'unrevoked', assigned, pendingRevocation };
}

/** Whether a member has, or may have, some of these partitions. */
function hasStill(partitions: Partitions, owned: Partitions | undefined): boolean {
  return partitions.size > 0 && (owned === undefined || overlap(owned, partitions));
}

function isSameProgress(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.state === b.state &&
    a.epoch === b.epoch &&
    samePartitions(a.assigned, b.assigned) &&
    samePartitions(a.pendingRevocation, b.pendingRevocation)
  );
}
