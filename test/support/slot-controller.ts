import type { Broker } from '../../src/cluster/cluster-view.js';
import type { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { decodeSlotsRecord, encodeSlotsRecord, type GroupSlot } from '../../src/metadata/group-slots.js';
import { GROUP_SLOTS_KEY, incarnationKey } from '../../src/metadata/keys.js';
import { encodeIncarnationRecord } from '../../src/metadata/records.js';

/** An incarnation that tests can end. */
export class TestIncarnation {
  live = true;
  isRegistered = false;

  constructor(
    readonly id: string,
    private readonly store: EmbeddedMetadataStore,
    readonly brokerId = 0,
  ) {}

  isLive(): boolean {
    return this.live;
  }

  async register(): Promise<void> {
    const value = encodeIncarnationRecord({ incarnationId: this.id, brokerId: String(this.brokerId), startedAt: '' });
    await this.store.txn({ compare: [], success: [{ type: 'put', key: incarnationKey(this.id), value }] });
    this.isRegistered = true;
  }

  /** Ends it in the metadata store, without its knowing. */
  async supersede(): Promise<void> {
    await this.store.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey(this.id) }] });
    this.isRegistered = false;
  }
}

const NEVER_ASSIGNED: GroupSlot = { brokerId: '', epoch: -1, incarnationId: '', moveTo: '' };

/** Does with group slots what a controller may do, when the test says so. */
export class SlotController {
  private readonly incarnations: TestIncarnation[] = [];

  constructor(
    private readonly store: EmbeddedMetadataStore,
    private readonly slotCount = 8,
  ) {}

  add(incarnation: TestIncarnation): void {
    this.incarnations.push(incarnation);
  }

  /** Those whose incarnations live, as the metadata store shows them. */
  brokers(): Broker[] {
    return this.incarnations
      .filter(({ isRegistered }) => isRegistered)
      .map(({ id, brokerId }) => ({ id: brokerId, host: 'h', port: 1, rack: null, incarnationId: id }));
  }

  async slots(): Promise<readonly GroupSlot[]> {
    const entry = await this.store.get(GROUP_SLOTS_KEY);
    if (entry === undefined) return Array.from({ length: this.slotCount }, () => NEVER_ASSIGNED);
    return decodeSlotsRecord(entry).slots;
  }

  /** Assigns what is vacant, under the next epoch. @returns the numbers of the slots that were */
  async assign(choose: (slot: GroupSlot, number: number) => TestIncarnation | undefined): Promise<number[]> {
    const slots = await this.slots();
    const assigned: number[] = [];
    const next = slots.map((slot, number) => {
      const owner = this.isVacant(slot) ? choose(slot, number) : undefined;
      if (owner === undefined) return slot;
      assigned.push(number);
      return { brokerId: String(owner.brokerId), epoch: slot.epoch + 1, incarnationId: owner.id, moveTo: '' };
    });
    if (assigned.length > 0) await this.put(next);
    return assigned;
  }

  /** Asks the owners of slots to release them for a broker. */
  async move(brokerId: number, isToMove: (slot: GroupSlot, number: number) => boolean = () => true): Promise<void> {
    const slots = await this.slots();
    await this.put(slots.map((slot, at) => (isToMove(slot, at) ? { ...slot, moveTo: String(brokerId) } : slot)));
  }

  /** Writes the record, whatever the rules. */
  async put(slots: readonly GroupSlot[]): Promise<void> {
    const value = encodeSlotsRecord(slots);
    await this.store.txn({ compare: [], success: [{ type: 'put', key: GROUP_SLOTS_KEY, value }] });
  }

  /** Whether nobody owns a slot. */
  isVacant({ incarnationId }: GroupSlot): boolean {
    return !this.incarnations.some(({ id, isRegistered }) => isRegistered && id === incarnationId);
  }
}
