import protobuf from 'protobufjs/minimal.js';

const PAYLOAD_BITS = 7;
/** What fits into a number without loss: seven groups of seven bits. */
const FAST_BYTES = 7;
const MAX_VARINT_BYTES = 10;

/**
 * Reads 64-bit integers as plain numbers, and refuses those that a number can't hold.
 *
 * protobufjs itself gives Long objects here, or silently rounds.
 */
class SafeIntegerReader extends protobuf.BufferReader {
  static override create(buffer: Uint8Array): SafeIntegerReader {
    return new SafeIntegerReader(
      Buffer.isBuffer(buffer) ? buffer : Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength),
    );
  }

  /** @throws RangeError beyond ±(2^53 − 1), or when the bytes end within the number */
  override int64(): never {
    return this.readSigned() as never;
  }

  private readSigned(): number {
    let value = 0;
    for (let i = 0; i < FAST_BYTES; i++) {
      const byte = this.next();
      value += (byte & 0x7f) * 2 ** (i * PAYLOAD_BITS);
      if (byte < 0x80) return value;
    }
    return this.readSignedTail(BigInt(value));
  }

  private readSignedTail(low: bigint): number {
    let value = low;
    for (let i = FAST_BYTES; i < MAX_VARINT_BYTES; i++) {
      const byte = this.next();
      value |= BigInt(byte & 0x7f) << BigInt(i * PAYLOAD_BITS);
      if (byte < 0x80) return safeNumber(BigInt.asIntN(64, value));
    }
    throw new RangeError('a 64-bit integer has more than 10 bytes');
  }

  private next(): number {
    const byte = this.pos < this.len ? this.buf[this.pos++] : undefined;
    if (byte === undefined) throw new RangeError(`index out of range: ${this.pos} + 1 > ${this.len}`);
    return byte;
  }
}

function safeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value.toString()} is not a safe integer`);
  return number;
}

/** What the generated code needs of protobufjs. Without `Long`, its defaults of 64-bit fields are plain zeros. */
export default {
  Reader: SafeIntegerReader,
  Writer: protobuf.Writer,
  util: { ...protobuf.util, Long: undefined },
  roots: {},
};
