import { randomBytes } from 'node:crypto';

const BYTES = 16;

/**
 * A new random UUID (version 4, RFC 9562) as Kafka prints it: 22 characters of base64url.
 *
 * So it is neither the zero id nor one of those that Kafka reserves; and as in Kafka it does not start with "-", which
 * command lines take for an option.
 */
export function newUuid(random: (size: number) => Buffer = randomBytes): string {
  for (;;) {
    const bytes = random(BYTES);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const id = bytes.toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** The UUID's bytes as they are stored. */
export function uuidBytes(id: string): Buffer {
  return Buffer.from(id, 'base64url');
}

/** Undefined unless there are exactly 16 bytes, not all zero. */
export function uuidOf(bytes: Uint8Array): string | undefined {
  if (bytes.length !== BYTES || bytes.every((byte) => byte === 0)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
