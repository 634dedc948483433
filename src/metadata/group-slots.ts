import { crc32c } from '../checksum/crc32c.js';
import type { KeyValue } from './metadata-store.js';
import { decodeGroupSlots, encodeGroupSlots } from './records.js';

/** Who coordinates one share of the groups. */
export interface GroupSlot {
  /** Node id in decimal; empty when the slot was never assigned. */
  readonly brokerId: string;
  /** Grows with each assignment. */
  readonly epoch: number;
  /** Of the owner; empty when the slot was released. */
  readonly incarnationId: string;
  /** Node id, in decimal, of the broker that the slot is to be released for; empty when it stays. */
  readonly moveTo: string;
}

/** All slots, by their numbers, and the revision at which one of them was last changed. */
export interface StoredSlots {
  readonly slots: readonly GroupSlot[];
  readonly modRevision: number;
}

/** The number of the slot that a group belongs to. */
export function slotOf(groupId: string, slotCount: number): number {
  return crc32c(Buffer.from(groupId)) % slotCount;
}

export function encodeSlotsRecord(slots: readonly GroupSlot[]): Buffer {
  return encodeGroupSlots({ slots: [...slots] });
}

/** @throws MetadataFormatError */
export function decodeSlotsRecord({ key, value, modRevision }: KeyValue): StoredSlots {
  const slots = decodeGroupSlots(value, key).slots.map(({ brokerId, epoch, incarnationId, moveTo }) => ({
    brokerId: brokerId ?? '',
    epoch: epoch ?? 0,
    incarnationId: incarnationId ?? '',
    moveTo: moveTo ?? '',
  }));
  return { slots, modRevision };
}
