/** Injection token of {@link PartitionEnds}. */
export const PARTITION_ENDS = Symbol('PartitionEnds');

/** The offset after the last record that consumers of a partition can see; undefined where this broker doesn't know it. */
export type PartitionEnds = (topicId: string, partition: number) => number | undefined;

/** Where a group is in a partition. */
export interface GroupPosition {
  readonly topicId: string;
  readonly partition: number;
  /** The next offset to consume. */
  readonly offset: number;
}

/** How many records of a partition a group has still to consume; undefined where this broker doesn't know. */
export function lagOf({ topicId, partition, offset }: GroupPosition, ends: PartitionEnds): number | undefined {
  const end = ends(topicId, partition);
  return end === undefined ? undefined : Math.max(0, end - offset);
}

/** The longest way that any group has to go in any partition, in records. */
export function longestLag(positions: Iterable<GroupPosition>, ends: PartitionEnds): number {
  let longest = 0;
  for (const position of positions) longest = Math.max(longest, lagOf(position, ends) ?? 0);
  return longest;
}
