import type { Operation } from '../metadata/metadata-store.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { Group, type GroupWrites } from './group.js';
import type { GroupFactory } from './group-factory.js';
import type { GroupWriter } from './group-writer.js';
import type { StoredGroup } from './read-groups.js';
import type { HeldSlot, WriteSettled } from './write-queue.js';

/**
 * The groups of one slot, for as long as this broker coordinates them under one epoch. When the slot comes back after it
 * was given up, it is another one of these, and is loaded anew.
 */
export class OwnedSlot implements HeldSlot, GroupWrites {
  readonly groups = new Map<string, Group>();
  /** Groups whose records can't be read. They are left alone: taken for empty, their offsets would be lost. */
  readonly unreadable = new Map<string, Error>();
  readonly factory: GroupFactory;
  private phase: 'loading' | 'served' | 'given up' = 'loading';

  constructor(
    readonly number: number,
    readonly epoch: number,
    private readonly writer: GroupWriter,
    newFactory: (slot: OwnedSlot) => GroupFactory,
  ) {
    this.factory = newFactory(this);
  }

  get isLoading(): boolean {
    return this.phase === 'loading';
  }

  get isGivenUp(): boolean {
    return this.phase === 'given up';
  }

  /** @throws KafkaError NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS when the groups aren't served */
  requireServed(): void {
    if (this.isGivenUp) throw givenUp();
    if (this.isLoading) throw new KafkaError(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  }

  /** Serves the groups that the metadata store has. @param stored those of this slot */
  adopt(stored: readonly StoredGroup[]): void {
    for (const { groupId, membership, offsets, fault } of stored) {
      if (fault !== undefined) {
        this.unreadable.set(groupId, fault);
        continue;
      }
      const { factory } = this;
      const group = new Group(membership === undefined ? factory.classic(groupId) : factory.restore(membership), this);
      for (const { topic, partition, committed } of offsets) group.offsets.set(topic, partition, committed);
      this.groups.set(groupId, group);
    }
    this.phase = 'served';
  }

  /** Serves no more: whoever waits is sent away, and nothing more is written. What is being written still is. */
  giveUp(): void {
    this.phase = 'given up';
    for (const group of this.groups.values()) group.membership.stop(ErrorCode.NOT_COORDINATOR);
    this.groups.clear();
  }

  begin(operation: Operation, settled: WriteSettled): void {
    if (this.isGivenUp) settled(givenUp());
    else this.writer.begin(this, operation, settled);
  }

  async write(operation: Operation): Promise<void> {
    if (this.isGivenUp) throw givenUp();
    await this.writer.write(this, operation);
  }
}

function givenUp(): KafkaError {
  return new KafkaError(ErrorCode.NOT_COORDINATOR, 'this broker does not coordinate the group any more');
}
