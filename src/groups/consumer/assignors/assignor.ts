import type { Partitions } from '../partitions.js';

/** A member as an assignor sees it. */
export interface AssignorMember {
  readonly id: string;
  /** Null for dynamic members. */
  readonly instanceId: string | null;
  /** The ids of the topics that it subscribes to; all exist. */
  readonly topics: ReadonlySet<string>;
  /** What it was to have by the assignment before this one. May name topics and partitions that exist no more. */
  readonly assigned: Partitions;
}

/** The partitions that each member is to have, by its id. Every member is in it. */
export type GroupAssignment = ReadonlyMap<string, Partitions>;

/** Divides partitions among members: each partition of a topic goes to exactly one of the members that subscribe to it. */
export interface Assignor {
  /** As members ask for it. */
  readonly name: string;
  /** @param partitionCount of a topic by its id */
  assign(members: readonly AssignorMember[], partitionCount: (topicId: string) => number): GroupAssignment;
}

/** The members that subscribe to each topic, in the order of the members. */
export function subscribersByTopic(members: readonly AssignorMember[]): Map<string, AssignorMember[]> {
  const subscribers = new Map<string, AssignorMember[]>();
  for (const member of members) {
    for (const topicId of member.topics) {
      const others = subscribers.get(topicId);
      if (others === undefined) subscribers.set(topicId, [member]);
      else others.push(member);
    }
  }
  return subscribers;
}
