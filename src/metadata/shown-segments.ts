import { kafscale } from '../generated/metadata.js';
import protobuf from '../protobuf/runtime.js';

/**
 * The segments that a partition's state names, as they are encoded in it: its fields 9. They are for people and
 * dashboards. A broker carries them from one state to the next without looking into them, as decoding and encoding a
 * hundred of them for each of 10,000 partitions would take most of a start.
 */
export type ShownSegments = Buffer;

export interface ShownSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

const FIELD = 9;
const NUMBER_SHIFT = 3;
const WIRE_TYPE_BITS = 7;
const { PartitionState } = kafscale.metadata;

export function encodeShownSegments(segments: readonly ShownSegment[]): ShownSegments {
  const encoded = PartitionState.encode({ segments: [...segments] }).finish();
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

export function decodeShownSegments(encoded: ShownSegments): ShownSegment[] {
  return PartitionState.decode(encoded).segments.map(({ baseOffset, sizeBytes, createdAt }) => ({
    baseOffset: baseOffset ?? 0,
    sizeBytes: sizeBytes ?? 0,
    createdAt: createdAt ?? '',
  }));
}

/**
 * Takes an encoded state apart: its segments, and everything else.
 *
 * @throws RangeError, Error when it is no protobuf message
 */
export function separateShownSegments(state: Buffer): { readonly rest: Buffer; readonly segments: ShownSegments } {
  const reader = protobuf.Reader.create(state);
  const parts = { rest: [] as Buffer[], segments: [] as Buffer[] };
  let [from, wereSegments] = [0, false];
  while (reader.pos < reader.len) {
    const at = reader.pos;
    const tag = reader.uint32();
    reader.skipType(tag & WIRE_TYPE_BITS);
    const isSegment = tag >>> NUMBER_SHIFT === FIELD;
    if (isSegment === wereSegments) continue;
    parts[wereSegments ? 'segments' : 'rest'].push(state.subarray(from, at));
    [from, wereSegments] = [at, isSegment];
  }
  parts[wereSegments ? 'segments' : 'rest'].push(state.subarray(from));
  return { rest: Buffer.concat(parts.rest), segments: Buffer.concat(parts.segments) };
}
