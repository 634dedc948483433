/**
 * The end, exclusive, of the keys that start with `prefix`: the prefix with its last byte that can be raised raised.
 * Undefined when no key is beyond: the prefix is empty or all 0xff.
 */
export function prefixEnd(prefix: Buffer): Buffer | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix.readUInt8(i);
    if (byte === 0xff) continue;
    const end = Buffer.from(prefix.subarray(0, i + 1));
    end.writeUInt8(byte + 1, i);
    return end;
  }
  return undefined;
}
