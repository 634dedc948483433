import type { AssignorMember, GroupAssignment } from './assignor.js';

/** An assignment in the making: who has what, and how much. */
export class Draft {
  private readonly assignments = new Map<string, Map<string, Set<number>>>();
  private readonly sizes = new Map<string, number>();
  /** The owner of each partition, by topic; undefined where there is none yet. */
  private readonly owners = new Map<string, (string | undefined)[]>();

  constructor(members: readonly AssignorMember[], topicIds: Iterable<string>, partitionCount: (id: string) => number) {
    for (const topicId of topicIds) {
      this.owners.set(
        topicId,
        Array.from({ length: partitionCount(topicId) }, () => undefined),
      );
    }
    for (const { id } of members) {
      this.assignments.set(id, new Map());
      this.sizes.set(id, 0);
    }
  }

  /** Whether the partition exists and is nobody's. */
  isFree(topicId: string, partition: number): boolean {
    const owners = this.owners.get(topicId);
    return owners !== undefined && partition < owners.length && owners[partition] === undefined;
  }

  /** The partitions of a topic that are nobody's, in ascending order. */
  freePartitions(topicId: string): number[] {
    const owners = this.owners.get(topicId) ?? [];
    return Array.from(owners.keys()).filter((partition) => owners[partition] === undefined);
  }

  partitionsOf(memberId: string, topicId: string): ReadonlySet<number> {
    return this.assignments.get(memberId)?.get(topicId) ?? new Set();
  }

  /** Partitions that a member has. */
  sizeOf(memberId: string): number {
    return this.sizes.get(memberId) ?? 0;
  }

  /** Gives a partition to a member, taking it from the one that had it. */
  give(topicId: string, partition: number, memberId: string): void {
    const owners = this.owners.get(topicId);
    const previous = owners?.[partition];
    if (owners === undefined || previous === memberId) return;
    if (previous !== undefined) this.take(topicId, partition, previous);
    owners[partition] = memberId;
    const assignment = this.assignments.get(memberId);
    const partitions = assignment?.get(topicId);
    if (partitions === undefined) assignment?.set(topicId, new Set([partition]));
    else partitions.add(partition);
    this.sizes.set(memberId, this.sizeOf(memberId) + 1);
  }

  result(): GroupAssignment {
    return this.assignments;
  }

  private take(topicId: string, partition: number, memberId: string): void {
    const assignment = this.assignments.get(memberId);
    const partitions = assignment?.get(topicId);
    partitions?.delete(partition);
    if (partitions?.size === 0) assignment?.delete(topicId);
    this.sizes.set(memberId, this.sizeOf(memberId) - 1);
  }
}
