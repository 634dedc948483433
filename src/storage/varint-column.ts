const LOW_7 = 0x7f;
const MORE = 0x80;
const TWO_TO_THE_6 = 64;
const TWO_TO_THE_7 = 128;
/** Below this, bit operations on a number are exact. */
const BITWISE_BELOW = 0x4000_0000;
/** Longest varint of a number up to 2^53. */
const MAX_BYTES = 8;

/**
 * Many integers as one run of protobuf varints: what a packed repeated field is on the wire.
 *
 * The generated code makes an object of each value that it writes, which for the two million numbers of a large manifest
 * takes half a second and 200 MB.
 */
export class VarintColumnWriter {
  private bytes: Buffer;
  private length = 0;

  /** @param count of the values to come; the column grows beyond them by itself */
  constructor(count: number) {
    this.bytes = Buffer.allocUnsafe(Math.max(16, count * 2));
  }

  /** Adds a value from 0 to 2^53 (protobuf `uint64`). */
  unsigned(value: number): void {
    this.reserve();
    this.tail(value);
  }

  /** Adds a value within ±2^53 (protobuf `sint64`, zigzag). */
  signed(value: number): void {
    this.reserve();
    const magnitude = value < 0 ? -value - 1 : value;
    const low = ((magnitude % TWO_TO_THE_6) << 1) | (value < 0 ? 1 : 0);
    if (magnitude < TWO_TO_THE_6) {
      this.bytes[this.length++] = low;
      return;
    }
    this.bytes[this.length++] = low | MORE;
    this.tail(Math.floor(magnitude / TWO_TO_THE_6));
  }

  /** The column so far, as a view. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private tail(value: number): void {
    let rest = value;
    while (rest >= BITWISE_BELOW) {
      this.bytes[this.length++] = (rest % TWO_TO_THE_7) | MORE;
      rest = Math.floor(rest / TWO_TO_THE_7);
    }
    while (rest > LOW_7) {
      this.bytes[this.length++] = (rest & LOW_7) | MORE;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  private reserve(): void {
    if (this.length + MAX_BYTES + 1 <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(this.bytes.length * 2);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** Reads what {@link VarintColumnWriter} wrote. */
export class VarintColumnReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** True when every value was read. */
  get ended(): boolean {
    return this.at === this.bytes.length;
  }

  /** @throws RangeError when the bytes end, or the varint is longer than that of 2^53 */
  unsigned(): number {
    const first = this.byte();
    return first < MORE ? first : (first & LOW_7) + this.tail() * TWO_TO_THE_7;
  }

  /** @throws RangeError when the bytes end, or the varint is longer than that of 2^53 */
  signed(): number {
    const first = this.byte();
    const low = (first & LOW_7) >>> 1;
    const magnitude = first < MORE ? low : low + this.tail() * TWO_TO_THE_6;
    return first & 1 ? -magnitude - 1 : magnitude;
  }

  private tail(): number {
    let value = 0;
    for (let i = 0, scale = 1; i < MAX_BYTES - 1; i++, scale *= TWO_TO_THE_7) {
      const byte = this.byte();
      value += (byte & LOW_7) * scale;
      if (byte < MORE) return value;
    }
    throw new RangeError(`a number in the column has more than ${MAX_BYTES} bytes`);
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the column ends too early');
    this.at += 1;
    return byte;
  }
}
