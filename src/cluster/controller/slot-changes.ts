import { encodeSlotsRecord, type GroupSlot } from '../../metadata/group-slots.js';
import { CONTROLLER_KEY, GROUP_SLOTS_KEY, incarnationKey } from '../../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type KeyCompare, type Transaction } from '../../metadata/metadata-store.js';
import type { Plan } from './plan.js';
import type { SlotMirror, SlotUnit } from './slot-mirror.js';
import type { PlannedBroker } from './unit.js';

const EMPTY_SLOT: GroupSlot = { brokerId: '', epoch: 0, incarnationId: '', moveTo: '' };

/**
 * The transaction of a plan for the group slots, with the compares that those of partitions have. Slots that would need
 * more compares than a transaction takes are left as they are.
 *
 * @param controllerRevision of the controller's key
 * @returns undefined when there is nothing to write
 */
export function slotTransaction(
  mirror: Pick<SlotMirror, 'units' | 'modRevision'>,
  plan: Plan<SlotUnit>,
  controllerRevision: number,
): Transaction | undefined {
  const compares = new Compares([
    { key: CONTROLLER_KEY, modRevision: controllerRevision },
    { key: GROUP_SLOTS_KEY, modRevision: mirror.modRevision },
  ]);
  const slots: GroupSlot[] = mirror.units().map(({ record }) => record ?? EMPTY_SLOT);
  let isChanged = mirror.modRevision === 0 && plan.assignments.length > 0;
  const change = (unit: SlotUnit, slot: GroupSlot, ...needed: KeyCompare[]) => {
    if (!compares.add(needed)) return;
    slots[unit.slot] = slot;
    isChanged = true;
  };
  for (const { unit, broker } of plan.assignments)
    change(unit, assigned(unit, broker), ...assignCompares(unit, broker));
  for (const unit of plan.withdrawals) change(unit, { ...(unit.record ?? EMPTY_SLOT), moveTo: '' });
  for (const { unit, broker } of plan.moves) {
    change(unit, { ...(unit.record ?? EMPTY_SLOT), moveTo: String(broker.id) }, lives(broker));
  }
  if (!isChanged) return undefined;
  return {
    compare: compares.all,
    success: [{ type: 'put', key: GROUP_SLOTS_KEY, value: encodeSlotsRecord(slots) }],
  };
}

function assigned({ record }: SlotUnit, { id, incarnationId }: PlannedBroker): GroupSlot {
  return { brokerId: String(id), epoch: (record?.epoch ?? -1) + 1, incarnationId, moveTo: '' };
}

function assignCompares({ incarnationId }: SlotUnit, broker: PlannedBroker): KeyCompare[] {
  return incarnationId === ''
    ? [lives(broker)]
    : [lives(broker), { key: incarnationKey(incarnationId), exists: false }];
}

function lives({ incarnationId }: PlannedBroker): KeyCompare {
  return { key: incarnationKey(incarnationId), exists: true };
}

/** Compares of one transaction, each key once. */
class Compares {
  private readonly byKey: Map<string, KeyCompare>;

  constructor(first: readonly KeyCompare[]) {
    this.byKey = new Map(first.map((compare) => [compare.key, compare]));
  }

  get all(): KeyCompare[] {
    return [...this.byKey.values()];
  }

  /** @returns false, and adds nothing, when these are more than a transaction takes */
  add(compares: readonly KeyCompare[]): boolean {
    const added = compares.filter(({ key }) => !this.byKey.has(key));
    if (this.byKey.size + added.length > MAX_TXN_OPERATIONS) return false;
    for (const compare of added) this.byKey.set(compare.key, compare);
    return true;
  }
}
