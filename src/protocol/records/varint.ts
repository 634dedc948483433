import { CorruptRecordsError } from './corrupt-records.js';

/** Encodes integers as records do: zigzag, then seven bits a byte, lowest first (protobuf's sint32 and sint64). */

/** Bytes that {@link writeVarint} takes for an integer within ±2^52. */
export function sizeOfVarint(value: number): number {
  let rest = zigzag(value);
  let size = 1;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** @returns the position after the last byte written */
export function writeVarint(bytes: Buffer, value: number, at: number): number {
  let rest = zigzag(value);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  bytes[at++] = rest;
  return at;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** Reads varints one after the other within fixed bounds. */
export class VarintReader {
  constructor(
    readonly bytes: Buffer,
    public position = 0,
  ) {}

  /** @throws CorruptRecordsError if it is cut off or longer than five bytes, the most an int32 takes */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new CorruptRecordsError(`varint before byte ${this.position} is longer than 5 bytes`);
  }

  /**
   * An int64: exact within ±2^52, the nearest representable value beyond.
   *
   * @throws CorruptRecordsError if it is cut off or longer than ten bytes
   */
  varlong(): number {
    let byte = this.byte();
    // Taken from the first byte, since a large value's lowest bit may be rounded away.
    const negative = (byte & 1) === 1;
    let value = byte & 0x7f;
    for (let factor = 0x80, length = 1; length <= 10; factor *= 0x80, length++) {
      if (byte < 0x80) return negative ? -(value + 1) / 2 : value / 2;
      if (length === 10) break;
      byte = this.byte();
      value += (byte & 0x7f) * factor;
    }
    throw new CorruptRecordsError(`varlong before byte ${this.position} is longer than 10 bytes`);
  }

  /** @throws CorruptRecordsError at the end of the bytes */
  byte(): number {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw new CorruptRecordsError('records are cut off');
    return byte;
  }
}
