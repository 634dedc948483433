const TWO_TO_THE_32 = 0x1_0000_0000;

/** Reads a big-endian int64 as a number: exact within ±2^53, the nearest representable value beyond. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * TWO_TO_THE_32 + bytes.readUInt32BE(at + 4);
}

/** Writes an integer within ±2^53 as a big-endian int64. */
export function writeInt64(bytes: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_TO_THE_32);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * TWO_TO_THE_32, at + 4);
}
