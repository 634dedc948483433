import type { Logger } from '../../logging/logger.js';
import { decodeSlotsRecord, type GroupSlot } from '../../metadata/group-slots.js';
import { GROUP_SLOTS_KEY } from '../../metadata/keys.js';
import type { KeyValue } from '../../metadata/metadata-store.js';
import type { Clock } from '../../time/clock.js';
import { NEVER_ASSIGNED } from './assignment-mirror.js';
import type { PrefixMirror } from './mirror-prefix.js';
import { historyAfter, nodeIdOf } from './move-history.js';
import type { Unit } from './unit.js';

/** How many group slots a cluster begins with. It stays as it is: groups are mapped to slots by the number of them. */
export const GROUP_SLOT_COUNT = 64;

/** A group slot as the planner sees it. */
export interface SlotUnit extends Unit {
  readonly slot: number;
  readonly record: GroupSlot | undefined;
}

/** The record of group slots, as it was last heard of. */
export class SlotMirror implements PrefixMirror {
  revision = 0;
  /** Of the record; 0 when there is none. */
  modRevision = 0;
  private slots: readonly SlotUnit[] = neverAssignedSlots();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onChange: () => void,
  ) {}

  /** In the order of the record. Empty when it can't be read: it is left alone. */
  units(): readonly SlotUnit[] {
    return this.slots;
  }

  reset(entries: readonly KeyValue[]): void {
    const entry = entries.find(({ key }) => key === GROUP_SLOTS_KEY);
    if (entry === undefined) this.drop(GROUP_SLOTS_KEY);
    else this.put(entry);
  }

  put(entry: KeyValue): void {
    if (entry.key !== GROUP_SLOTS_KEY) return;
    this.modRevision = entry.modRevision;
    try {
      const now = this.clock.monotonic();
      this.slots = decodeSlotsRecord(entry).slots.map((record, slot) => unitOf(record, slot, this.slots[slot], now));
    } catch (error) {
      this.slots = [];
      this.logger.error(
        { event: 'group_slots_unreadable', err: error },
        'the group slots cannot be read: they stay as they are',
      );
    }
  }

  drop(key: string): void {
    if (key !== GROUP_SLOTS_KEY) return;
    this.modRevision = 0;
    this.slots = neverAssignedSlots();
  }

  reached(revision: number): void {
    this.revision = revision;
    this.onChange();
  }
}

function unitOf(record: GroupSlot, slot: number, before: SlotUnit | undefined, now: number): SlotUnit {
  const history = historyAfter(before?.record && { record: before.record, history: before }, record, now);
  return {
    slot,
    record,
    leader: nodeIdOf(record.brokerId),
    incarnationId: record.incarnationId,
    moveTo: nodeIdOf(record.moveTo),
    isMovable: true,
    ...history,
  };
}

function neverAssignedSlots(): SlotUnit[] {
  return Array.from({ length: GROUP_SLOT_COUNT }, (_, slot) => ({ slot, record: undefined, ...NEVER_ASSIGNED }));
}
