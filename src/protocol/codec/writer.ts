import { ZERO_UUID } from './uuid.js';

const MAX_STRING_BYTES = 0x7fff;
const TWO_POW_32 = 0x1_0000_0000;
const TWO_POW_63 = 2 ** 63;

/** A buffer of the caller's that goes out where the writer stood when it was added. */
interface Reference {
  readonly at: number;
  readonly buffer: Buffer;
}

/**
 * Builds a message: small values in a buffer that grows, record batches as references to the caller's buffers.
 * A value that its wire type cannot hold is a fault of the caller: the methods throw RangeError or TypeError.
 */
export class Writer {
  #bytes: Buffer;
  #view: DataView;
  #position = 0;
  readonly #references: Reference[] = [];

  constructor(initialSize = 256) {
    this.#bytes = Buffer.allocUnsafe(initialSize);
    this.#view = viewOf(this.#bytes);
  }

  bool(value: boolean): void {
    const at = this.#reserve(1);
    this.#view.setInt8(at, value ? 1 : 0);
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) outOfRange('int8', value);
    const at = this.#reserve(1);
    this.#view.setInt8(at, value);
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) outOfRange('int16', value);
    const at = this.#reserve(2);
    this.#view.setInt16(at, value);
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) outOfRange('uint16', value);
    const at = this.#reserve(2);
    this.#view.setUint16(at, value);
  }

  int32(value: number): void {
    if ((value | 0) !== value) outOfRange('int32', value);
    const at = this.#reserve(4);
    this.#view.setInt32(at, value);
  }

  /** Saturates at the ends of the int64 range. */
  int64(value: number): void {
    if (Math.floor(value) !== value) outOfRange('int64', value);
    const at = this.#reserve(8);
    if (value >= TWO_POW_63 || value < -TWO_POW_63) {
      this.#view.setUint32(at, value > 0 ? 0x7fffffff : 0x80000000);
      this.#view.setUint32(at + 4, value > 0 ? 0xffffffff : 0);
      return;
    }
    this.#view.setInt32(at, Math.floor(value / TWO_POW_32));
    this.#view.setUint32(at + 4, value >>> 0);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value);
  }

  uuid(value: string): void {
    const at = this.#reserve(16);
    if (value === ZERO_UUID) this.#bytes.fill(0, at, at + 16);
    else if (value.length !== 22 || this.#bytes.write(value, at, 16, 'base64url') !== 16) outOfRange('uuid', value);
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(value: number): void {
    let at = this.#reserve(uvarintBytes(value));
    let rest = value;
    while (rest > 0x7f) {
      this.#view.setUint8(at++, (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.#view.setUint8(at, rest);
  }

  string(value: string | null): void {
    if (value === null) return this.int16(-1);
    this.int16(stringBytes(value));
    this.#text(value);
  }

  compactString(value: string | null): void {
    if (value === null) return this.uvarint(0);
    this.uvarint(stringBytes(value) + 1);
    this.#text(value);
  }

  bytes(value: Buffer | null): void {
    this.arrayLength(value === null ? -1 : value.length);
    if (value !== null) this.#copy(value);
  }

  compactBytes(value: Buffer | null): void {
    this.compactArrayLength(value === null ? -1 : value.length);
    if (value !== null) this.#copy(value);
  }

  records(value: Buffer | null): void {
    this.recordChunks(value === null ? null : [value]);
  }

  compactRecords(value: Buffer | null): void {
    this.compactRecordChunks(value === null ? null : [value]);
  }

  recordChunks(value: readonly Buffer[] | null): void {
    this.arrayLength(value === null ? -1 : totalBytes(value));
    if (value !== null) this.#refer(value);
  }

  compactRecordChunks(value: readonly Buffer[] | null): void {
    this.compactArrayLength(value === null ? -1 : totalBytes(value));
    if (value !== null) this.#refer(value);
  }

  /** -1 for null. */
  arrayLength(length: number): void {
    this.int32(length);
  }

  /** -1 for null. */
  compactArrayLength(length: number): void {
    this.uvarint(length + 1);
  }

  /** Starts a tagged field. Record references are not allowed until {@link endTag} is given the returned position. */
  beginTag(tag: number): number {
    this.uvarint(tag);
    return this.#reserve(1) + 1;
  }

  /** Puts the size in front of the tagged field that started at `start`. */
  endTag(start: number): void {
    const size = this.#position - start;
    const extra = uvarintBytes(size) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(start + extra, start, start + size);
    }
    const end = this.#position;
    this.#position = start - 1;
    this.uvarint(size);
    this.#position = end;
  }

  notNull<T>(value: T | null, field: string): T {
    if (value === null) throw new TypeError(`${field} cannot be null in this version`);
    return value;
  }

  /** For strict encoding: the version has no place for a value that must not get lost. */
  reject(field: string): never {
    throw new RangeError(`${field} has a value, but this version cannot carry it`);
  }

  /** The message so far, its record batches being the caller's own buffers. The writer is not to be used afterwards. */
  finish(): Buffer[] {
    const chunks: Buffer[] = [];
    let from = 0;
    for (const { at, buffer } of this.#references) {
      if (at > from) chunks.push(this.#bytes.subarray(from, at));
      chunks.push(buffer);
      from = at;
    }
    if (this.#position > from) chunks.push(this.#bytes.subarray(from, this.#position));
    return chunks;
  }

  #reserve(size: number): number {
    const at = this.#position;
    if (at + size > this.#bytes.length) this.#grow(at + size);
    this.#position = at + size;
    return at;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#position);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }

  #text(value: string): void {
    const size = Buffer.byteLength(value);
    const at = this.#reserve(size);
    this.#bytes.write(value, at, size, 'utf8');
  }

  #copy(value: Buffer): void {
    const at = this.#reserve(value.length);
    value.copy(this.#bytes, at);
  }

  #refer(chunks: readonly Buffer[]): void {
    for (const buffer of chunks) if (buffer.length > 0) this.#references.push({ at: this.#position, buffer });
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function uvarintBytes(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) size++;
  return size;
}

function stringBytes(value: string): number {
  const size = Buffer.byteLength(value);
  if (size > MAX_STRING_BYTES) throw new RangeError(`string of ${size} bytes: at most ${MAX_STRING_BYTES} can be sent`);
  return size;
}

function totalBytes(chunks: readonly Buffer[]): number {
  let total = 0;
  for (const chunk of chunks) total += chunk.length;
  return total;
}

function outOfRange(type: string, value: unknown): never {
  throw new RangeError(`${String(value)} is not a valid ${type}`);
}
