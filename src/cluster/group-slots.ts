import type { Logger } from '../logging/logger.js';
import { decodeSlotsRecord, slotOf, type GroupSlot, type StoredSlots } from '../metadata/group-slots.js';
import { GROUP_SLOTS_KEY } from '../metadata/keys.js';
import type { KeyValue, MetadataStore, Watch } from '../metadata/metadata-store.js';
import type { Broker } from './cluster-view.js';

/** Which broker coordinates which groups, as this process last heard of it from a watch. */
export class GroupSlots {
  private stored: StoredSlots | undefined;
  private watch: Watch | undefined;
  private readonly listeners = new Set<() => void>();

  /** @param view tells the brokers that live */
  constructor(
    private readonly store: MetadataStore,
    private readonly view: { brokers(): readonly Broker[] },
    private readonly logger: Logger,
  ) {}

  /**
   * Resolves when the slots are known, if there are any yet.
   *
   * @throws MetadataFormatError when the record cannot be read
   */
  async start(): Promise<void> {
    this.watch ??= this.store.watch(GROUP_SLOTS_KEY, {
      snapshot: (entries) => {
        this.hear(entries.find(({ key }) => key === GROUP_SLOTS_KEY));
      },
      changes: (changes) => {
        for (const change of changes) {
          if (change.type === 'put' && change.entry.key === GROUP_SLOTS_KEY) this.hear(change.entry);
        }
      },
    });
    await this.watch.ready;
  }

  close(): void {
    this.watch?.close();
  }

  /** Undefined while no controller has assigned any. */
  get current(): StoredSlots | undefined {
    return this.stored;
  }

  /** Calls `listener` after slots have changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The broker that coordinates a group; undefined while its slot has no owner that lives. */
  coordinatorOf(groupId: string): Broker | undefined {
    const { slots } = this.stored ?? { slots: [] };
    const slot = slots.length === 0 ? undefined : slots[slotOf(groupId, slots.length)];
    return slot && ownerAmong(this.view.brokers(), slot);
  }

  /** Whether every group has a coordinator that lives. */
  get isComplete(): boolean {
    const { slots } = this.stored ?? { slots: [] };
    const brokers = this.view.brokers();
    return slots.length > 0 && slots.every((slot) => ownerAmong(brokers, slot) !== undefined);
  }

  /** Once started, a record that can't be read leaves the slots as they were. */
  private hear(entry: KeyValue | undefined): void {
    if (entry === undefined) return;
    try {
      const stored = decodeSlotsRecord(entry);
      if (stored.modRevision <= (this.stored?.modRevision ?? 0)) return;
      this.stored = stored;
    } catch (error) {
      if (this.stored === undefined) throw error;
      this.logger.error({ event: 'group_slots_unreadable', err: error }, 'the group slots cannot be read');
      return;
    }
    for (const listener of [...this.listeners]) listener();
  }
}

function ownerAmong(brokers: readonly Broker[], { brokerId, incarnationId }: GroupSlot): Broker | undefined {
  return brokers.find((broker) => String(broker.id) === brokerId && broker.incarnationId === incarnationId);
}
