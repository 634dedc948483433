import type { LiveIncarnation } from '../cluster/incarnation-tenant.js';
import { slotOf, type GroupSlot, type StoredSlots } from '../metadata/group-slots.js';
import { CONSUMERS_PREFIX } from '../metadata/keys.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { interruptibleSleep } from '../time/backoff.js';
import type { GroupFactory } from './group-factory.js';
import { GroupWriter, type GroupWriterDependencies } from './group-writer.js';
import { OwnedSlot } from './owned-slot.js';
import { readGroups } from './read-groups.js';
import { untilAnswered } from '../metadata/repeat.js';

const RETRY_DELAY_MS = 2_000;

/**
 * The slots that one incarnation of this broker owns: each is loaded when it was assigned, and released when it is to
 * move or everything is given up.
 *
 * A slot that was assigned is the incarnation's own until it releases it, or ends. So it may hear of the assignment from
 * a watch: what it reads afterwards, linearizably, is all that the owners before it have written (commit protocol,
 * rules 5 and 8). How many slots there are never changes.
 */
export class SlotTenancy {
  private readonly writer: GroupWriter;
  private readonly held = new Map<number, OwnedSlot>();
  /** By slot, the last epoch under which it was held. */
  private readonly lastEpochs = new Map<number, number>();
  private readonly toLoad = new Set<OwnedSlot>();
  private readonly releases = new Set<Promise<void>>();
  private readonly opened: Promise<void>;
  private slotCount = 0;
  private isLoading = false;
  private isDraining = false;
  private isClosed = false;

  constructor(
    readonly incarnation: LiveIncarnation,
    private readonly dependencies: GroupWriterDependencies,
    private readonly newFactory: (slot: OwnedSlot) => GroupFactory,
  ) {
    this.writer = new GroupWriter(incarnation, dependencies);
    this.writer.stopped.addEventListener('abort', () => this.end(), { once: true });
    this.opened = this.untilDone('group_writer_not_opened', () => this.writer.open());
  }

  /** Whether it was stopped, or has found that its incarnation has ended. */
  get hasEnded(): boolean {
    return this.writer.stopped.aborted;
  }

  /** Slots whose groups are in memory, or are about to be. */
  get slots(): readonly OwnedSlot[] {
    return [...this.held.values()].filter((slot) => !slot.isGivenUp);
  }

  /** @throws KafkaError NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS */
  slotFor(groupId: string): OwnedSlot {
    const slot = this.slotCount === 0 ? undefined : this.held.get(slotOf(groupId, this.slotCount));
    if (slot === undefined) throw new KafkaError(ErrorCode.NOT_COORDINATOR);
    slot.requireServed();
    return slot;
  }

  /** Takes what was assigned, and gives up what is to move. */
  reconcile(stored: StoredSlots): void {
    if (this.hasEnded) return;
    this.slotCount = stored.slots.length;
    this.writer.hear(stored);
    for (const [number, slot] of stored.slots.entries()) this.reconcileSlot(number, slot);
    if (this.toLoad.size > 0) void this.load();
  }

  /** Serves nothing more, and takes nothing more. What is being written still is. */
  close(): void {
    this.isClosed = true;
    for (const { groups } of this.slots) {
      for (const group of groups.values()) group.membership.stop(ErrorCode.NOT_COORDINATOR);
      groups.clear();
    }
  }

  /** Gives up all slots, also those that are assigned later. Resolves when none is left. */
  async drain(): Promise<void> {
    this.isDraining = true;
    for (const slot of this.held.values()) this.release(slot);
    while (this.releases.size > 0) await Promise.all(this.releases);
  }

  undrain(): void {
    this.isDraining = false;
  }

  /** Ends everything: nothing is known of writes that are under way. */
  stop(reason: string): void {
    this.writer.stop(reason);
  }

  private reconcileSlot(number: number, slot: GroupSlot): void {
    const isOwn = slot.incarnationId === this.incarnation.id;
    const held = this.held.get(number);
    if (held !== undefined && !(isOwn && slot.epoch === held.epoch)) this.drop(held);
    // A slot that was released is not taken again under the same epoch, however late the news of the release.
    if (isOwn && slot.epoch > (this.lastEpochs.get(number) ?? -1)) this.take(number, slot.epoch);
    const isToMove = slot.moveTo !== '' && slot.moveTo !== String(this.incarnation.brokerId);
    const current = this.held.get(number);
    if (current !== undefined && (this.isDraining || isToMove)) this.release(current);
  }

  private take(number: number, epoch: number): void {
    const slot = new OwnedSlot(number, epoch, this.writer, this.newFactory);
    this.lastEpochs.set(number, epoch);
    this.held.set(number, slot);
    this.toLoad.add(slot);
  }

  /** Forgets a slot. */
  private drop(slot: OwnedSlot): void {
    slot.giveUp();
    this.toLoad.delete(slot);
    if (this.held.get(slot.number) === slot) this.held.delete(slot.number);
  }

  private release(slot: OwnedSlot): void {
    if (slot.isGivenUp) return;
    slot.giveUp();
    this.toLoad.delete(slot);
    const released = this.untilReleased(slot).finally(() => this.releases.delete(released));
    this.releases.add(released);
  }

  /** Until then it is held, so that whoever drains knows what is left. */
  private async untilReleased(slot: OwnedSlot): Promise<void> {
    await this.opened;
    await this.untilDone('group_slot_not_released', () => this.writer.write(slot, { type: 'release' }));
    this.drop(slot);
    this.dependencies.logger.debug({ event: 'group_slot_released', slot: slot.number }, 'group slot released');
  }

  /** Loads the groups of all slots that wait for it, and of those that come meanwhile. */
  private async load(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    await this.opened;
    while (this.toLoad.size > 0 && !this.hasEnded && !this.isClosed) {
      await this.untilDone('groups_not_loaded', () => this.loadSlots([...this.toLoad]));
    }
    this.isLoading = false;
  }

  private async loadSlots(slots: readonly OwnedSlot[]): Promise<void> {
    const { store, logger } = this.dependencies;
    const { entries } = await untilAnswered(this.dependencies, 'group_store_retry', this.writer.stopped, () =>
      store.range(CONSUMERS_PREFIX),
    );
    if (this.isClosed) return;
    const numbers = new Set(slots.map(({ number }) => number));
    const numberOf = (groupId: string) => slotOf(groupId, this.slotCount);
    const stored = Map.groupBy(
      readGroups(entries, (groupId) => numbers.has(numberOf(groupId))),
      ({ groupId }) => numberOf(groupId),
    );
    let groups = 0;
    for (const slot of slots) {
      // Others were given up meanwhile.
      if (!this.toLoad.delete(slot)) continue;
      slot.adopt(stored.get(slot.number) ?? []);
      groups += slot.groups.size;
      for (const [group, error] of slot.unreadable) {
        logger.error({ event: 'group_unreadable', group, err: error }, 'a group cannot be read');
      }
    }
    logger.info({ event: 'groups_loaded', slots: slots.length, groups }, 'groups loaded');
  }

  /** Repeats what the metadata store refuses. Resolves also when the incarnation has ended, or the slot is lost. */
  private async untilDone(event: string, call: () => Promise<void>): Promise<void> {
    const { clock, logger } = this.dependencies;
    const { stopped } = this.writer;
    while (!stopped.aborted) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof KafkaError && error.code === ErrorCode.NOT_COORDINATOR) return;
        logger.error({ event, err: error }, 'the metadata store refused, trying again');
        await interruptibleSleep(clock, RETRY_DELAY_MS, stopped).catch(() => undefined);
      }
    }
  }

  private end(): void {
    for (const slot of this.held.values()) slot.giveUp();
    this.held.clear();
    this.toLoad.clear();
  }
}
