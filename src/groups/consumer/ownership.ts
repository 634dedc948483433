import { difference, NO_PARTITIONS, union, type Partitions } from './partitions.js';
import type { ConsumerMember } from './member.js';

interface Owner {
  readonly memberId: string;
  /** The epoch at which the member got the partition. */
  readonly epoch: number;
}

/**
 * Who has which partition: from when a member is told that it has it until it says that it has given it back, or is put
 * out of the group.
 */
export class Ownership {
  private readonly owners = new Map<string, Map<number, Owner>>();

  ownerOf(topicId: string, partition: number): string | undefined {
    return this.owners.get(topicId)?.get(partition)?.memberId;
  }

  /** The epoch at which a member got a partition; undefined when it doesn't have it. */
  epochOf(memberId: string, topicId: string, partition: number): number | undefined {
    const owner = this.owners.get(topicId)?.get(partition);
    return owner?.memberId === memberId ? owner.epoch : undefined;
  }

  /**
   * Takes note that a member was replaced by another state of it, or by another member in its place.
   *
   * @throws {Error} when it has what another one has: nothing must ever come to that
   */
  replace(before: ConsumerMember | undefined, after: ConsumerMember | undefined): void {
    const had = before === undefined ? NO_PARTITIONS : heldBy(before);
    const has = after === undefined ? NO_PARTITIONS : heldBy(after);
    const isOther = before?.id !== after?.id;
    if (before !== undefined) this.release(isOther ? had : difference(had, has), before.id);
    if (after !== undefined)
      this.claim(isOther ? has : difference(has, had), { memberId: after.id, epoch: after.epoch });
  }

  /** Takes over the epochs at which a member got what it has. */
  restoreEpochs(member: ConsumerMember, epochOf: (topicId: string, partition: number) => number): void {
    for (const [topicId, numbers] of heldBy(member)) {
      for (const partition of numbers) {
        const owner = { memberId: member.id, epoch: epochOf(topicId, partition) };
        this.owners.get(topicId)?.set(partition, owner);
      }
    }
  }

  private claim(partitions: Partitions, owner: Owner): void {
    for (const [topicId, numbers] of partitions) {
      const owners = this.owners.get(topicId) ?? new Map<number, Owner>();
      this.owners.set(topicId, owners);
      for (const partition of numbers) {
        const other = owners.get(partition)?.memberId;
        if (other !== undefined && other !== owner.memberId) {
          throw new Error(`partition ${partition} of topic ${topicId} is ${other}'s, not ${owner.memberId}'s`);
        }
        owners.set(partition, owner);
      }
    }
  }

  private release(partitions: Partitions, memberId: string): void {
    for (const [topicId, numbers] of partitions) {
      const owners = this.owners.get(topicId);
      for (const partition of numbers) if (owners?.get(partition)?.memberId === memberId) owners.delete(partition);
      if (owners?.size === 0) this.owners.delete(topicId);
    }
  }
}

function heldBy(member: ConsumerMember): Partitions {
  return union(member.assigned, member.pendingRevocation);
}
