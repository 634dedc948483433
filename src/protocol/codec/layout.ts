import type { Field, Fields, ScalarType } from './fields.js';
import { includesVersion } from './versions.js';

/** A field as one version sees it. */
export interface Slot {
  readonly name: string;
  readonly field: Field;
  /** `absent`: the version does not know it. `tagged`: it travels in the tagged section, if at all. */
  readonly place: 'body' | 'tagged' | 'absent';
  readonly nullable: boolean;
  /** Lengths are unsigned varints of length + 1 instead of fixed integers with -1 for null. */
  readonly compact: boolean;
}

/** One version of a message. */
export interface Version {
  readonly number: number;
  /** Compact lengths, and a tagged section at the end of every struct (KIP-482). */
  readonly flexible: boolean;
}

/** The fields of a struct in declaration order, which is the order of those in the body on the wire. */
export function slotsOf(fields: Fields, version: Version): Slot[] {
  return Object.entries(fields).map(([name, field]) => {
    const present = includesVersion(field.versions, version.number);
    return {
      name,
      field,
      place: !present ? 'absent' : field.tag === undefined ? 'body' : 'tagged',
      nullable: includesVersion(field.nullable, version.number),
      compact: version.flexible && field.flexible,
    };
  });
}

/** The tagged slots in the order in which they are sent. */
export function taggedSlots(slots: readonly Slot[]): (Slot & { readonly tag: number })[] {
  return slots
    .flatMap((slot) => (slot.place === 'tagged' ? [{ ...slot, tag: slot.field.tag ?? 0 }] : []))
    .sort((a, b) => a.tag - b.tag);
}

const FIXED_SIZES: Partial<Record<ScalarType, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
};

/** The fewest bytes that an array element takes: what a count is checked against before elements are read. */
export function minimumElementBytes(element: ScalarType | Fields, version: Version): number {
  if (typeof element === 'string') return minimumScalarBytes(element, version.flexible);
  let total = version.flexible ? 1 : 0;
  for (const { field, place, nullable, compact } of slotsOf(element, version)) {
    if (place !== 'body') continue;
    const { shape } = field;
    if (shape.kind === 'scalar') total += minimumScalarBytes(shape.type, compact);
    else if (shape.kind === 'array') total += compact ? 1 : 4;
    else total += nullable ? 1 : minimumElementBytes(shape.fields, version);
  }
  return total;
}

function minimumScalarBytes(type: ScalarType, compact: boolean): number {
  return FIXED_SIZES[type] ?? (compact ? 1 : type === 'string' ? 2 : 4);
}
