import { MalformedRequestError } from './malformed-request-error.js';

const MAX_STRING_BYTES = 0x7fff;
const EMPTY = Buffer.alloc(0);

/**
 * The most array elements that one message may hold, all arrays together. Some elements take three bytes on the wire
 * and a hundred in memory: without a bound of its own, one frame of the largest legal size could exhaust the heap.
 */
export const MAX_ARRAY_ELEMENTS = 1 << 20;

/**
 * Takes primitive values off a message. Lengths and counts are checked against what is left before anything is
 * allocated for them. All methods throw {@link MalformedRequestError} instead of reading past the end.
 */
export class Reader {
  position: number;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #elements = 0;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get remaining(): number {
    return this.#view.byteLength - this.position;
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  int64(): number {
    const at = this.#take(8);
    return this.#view.getInt32(at) * 0x1_0000_0000 + this.#view.getUint32(at + 4);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  uuid(): string {
    const at = this.#take(16);
    return this.#bytes.toString('base64url', at, at + 16);
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail('varint longer than five bytes');
  }

  string(): string | null {
    return this.#text(this.int16());
  }

  compactString(): string | null {
    return this.#text(this.uvarint() - 1);
  }

  /** A copy. */
  bytes(): Buffer | null {
    return copied(this.records());
  }

  /** A copy. */
  compactBytes(): Buffer | null {
    return copied(this.compactRecords());
  }

  /** A view of the message. */
  records(): Buffer | null {
    return this.#slice(this.int32());
  }

  /** A view of the message. */
  compactRecords(): Buffer | null {
    return this.#slice(this.uvarint() - 1);
  }

  /** A view of the message, as the only chunk. */
  recordChunks(): readonly Buffer[] | null {
    return chunked(this.records());
  }

  /** A view of the message, as the only chunk. */
  compactRecordChunks(): readonly Buffer[] | null {
    return chunked(this.compactRecords());
  }

  /** The element count of an array, -1 for null. `elementBytes`: the least that one element takes. */
  arrayLength(elementBytes: number): number {
    return this.#count(this.int32(), elementBytes);
  }

  /** See {@link arrayLength}. */
  compactArrayLength(elementBytes: number): number {
    return this.#count(this.uvarint() - 1, elementBytes);
  }

  /** Reads the size of a tagged field and returns where the field ends. */
  tagEnd(): number {
    const size = this.uvarint();
    if (size > this.remaining) return this.fail('tagged field longer than the message');
    return this.position + size;
  }

  skipTags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint();
      this.position = this.tagEnd();
    }
  }

  notNull<T>(value: T | null, field: string): T {
    return value ?? this.fail(`null in ${field}, which cannot be null`);
  }

  fail(problem: string): never {
    throw new MalformedRequestError(`${problem} (before byte ${this.position} of ${this.#view.byteLength})`);
  }

  #take(size: number): number {
    const at = this.position;
    if (at + size > this.#view.byteLength) this.fail('message ends too early');
    this.position = at + size;
    return at;
  }

  #text(length: number): string | null {
    if (length < 0) return length === -1 ? null : this.fail('negative string length');
    if (length > MAX_STRING_BYTES) this.fail('string longer than 32767 bytes');
    const at = this.#take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  #slice(length: number): Buffer | null {
    if (length < 0) return length === -1 ? null : this.fail('negative byte length');
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  #count(count: number, elementBytes: number): number {
    if (count < 0) return count === -1 ? -1 : this.fail('negative array length');
    if (count * elementBytes > this.remaining) this.fail('array longer than the message');
    this.#elements += count;
    if (this.#elements > MAX_ARRAY_ELEMENTS) this.fail(`more than ${MAX_ARRAY_ELEMENTS} array elements`);
    return count;
  }
}

function copied(view: Buffer | null): Buffer | null {
  return view === null ? null : view.length === 0 ? EMPTY : Buffer.from(view);
}

function chunked(view: Buffer | null): readonly Buffer[] | null {
  return view === null ? null : view.length === 0 ? [] : [view];
}
