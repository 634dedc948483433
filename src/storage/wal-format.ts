import { kafscale } from '../generated/storage.js';
import { combineCrc32c, crc32c } from '../checksum/crc32c.js';
import { canRead, newestVersion, writtenVersion } from '../formats/format-level.js';
import { decodeWalFooter, type ProducerBatch, type WalObjectContents } from './wal-footer.js';

export type { ProducerBatch, WalEntry, WalObjectContents } from './wal-footer.js';

/**
 * The WAL object: one upload of a broker, holding record batches of many partitions.
 *
 * ```
 * header   16 bytes: magic ASCII `KWAL` | version u16 | reserved, 10 zero bytes
 * body     record batches (magic 2), those of one entry back to back
 * footer   protobuf kafscale.storage.WalFooter: what is in the body, per partition
 * trailer  16 bytes: footer length u32 | CRC-32C of the footer u32 | version u16 | reserved u16 = 0 | ASCII `LAWK`
 * ```
 *
 * All integers are big-endian. Positions in the footer count from the start of the object. The end is read first: one
 * ranged GET of the last {@link WAL_END_READ_BYTES} bytes gives the footer of all but very wide objects.
 */
export const WAL_HEADER_BYTES = 16;
export const WAL_TRAILER_BYTES = 16;
/** How much of an object's end a reader asks for at first, in bytes. */
export const WAL_END_READ_BYTES = 64 * 1024;

const HEADER_MAGIC = 0x4b57414c; // KWAL
const TRAILER_MAGIC = 0x4c41574b; // LAWK
const VERSION_AT = 4;

/** The object in the bucket is not a WAL object that this version can read. */
export class WalFormatError extends Error {
  override readonly name = 'WalFormatError';
}

/** The 16 bytes that every WAL object starts with. */
export function walHeader(): Buffer {
  const header = Buffer.alloc(WAL_HEADER_BYTES);
  header.writeUInt32BE(HEADER_MAGIC, 0);
  header.writeUInt16BE(writtenVersion('walObject'), VERSION_AT);
  return header;
}

/** Whether these are the first bytes of a WAL object, of a version that can be read. */
export function isWalHeader(bytes: Buffer): boolean {
  const header = walHeader();
  if (bytes.length < WAL_HEADER_BYTES || !canRead('walObject', bytes.readUInt16BE(VERSION_AT))) return false;
  bytes.copy(header, VERSION_AT, VERSION_AT, VERSION_AT + 2);
  return bytes.subarray(0, WAL_HEADER_BYTES).equals(header);
}

/** Footer and trailer of a WAL object, as they follow the body. */
export function encodeWalEnd(contents: WalObjectContents): Buffer {
  const footer = kafscale.storage.WalFooter.encode({
    incarnationId: contents.incarnationId,
    sequence: contents.sequence,
    firstSequence: contents.firstSequence === contents.sequence ? 0 : contents.firstSequence,
    createdAtMs: contents.createdAt,
    metadataRevision: contents.metadataRevision,
    entries: contents.entries.map((entry) => ({
      ...entry,
      topicId: Buffer.from(entry.topicId, 'base64url'),
      maxTimestamp: storableTimestamp(entry.maxTimestamp),
      producerBatches: [...entry.producerBatches],
    })),
  }).finish();
  const end = Buffer.alloc(footer.length + WAL_TRAILER_BYTES);
  end.set(footer, 0);
  end.writeUInt32BE(footer.length, footer.length);
  end.writeUInt32BE(crc32c(end.subarray(0, footer.length)), footer.length + 4);
  end.writeUInt16BE(writtenVersion('walObject'), footer.length + 8);
  end.writeUInt32BE(TRAILER_MAGIC, footer.length + 12);
  return end;
}

/**
 * Size of footer plus trailer in bytes, from an object's last bytes.
 *
 * @param end the object's last bytes, at least {@link WAL_TRAILER_BYTES} of them
 * @throws WalFormatError when this is no WAL object or a newer format
 */
export function walEndBytes(end: Buffer, objectName: string): number {
  if (end.length < WAL_TRAILER_BYTES || end.readUInt32BE(end.length - 4) !== TRAILER_MAGIC) {
    throw new WalFormatError(`${objectName} does not end like a WAL object`);
  }
  const version = end.readUInt16BE(end.length - 8);
  if (!canRead('walObject', version)) {
    throw new WalFormatError(
      `${objectName} has WAL format version ${version}; this KafScale reads up to ${newestVersion('walObject')}`,
    );
  }
  return end.readUInt32BE(end.length - WAL_TRAILER_BYTES) + WAL_TRAILER_BYTES;
}

/**
 * Reads footer and trailer.
 *
 * @param end the object's last bytes, at least {@link walEndBytes} of them
 * @param objectSize size of the whole object in bytes, against which every range is checked
 * @throws WalFormatError when the footer is damaged or does not fit the object
 */
export function decodeWalEnd(end: Buffer, objectSize: number, objectName: string): WalObjectContents {
  const endBytes = walEndBytes(end, objectName);
  if (endBytes > end.length || endBytes + WAL_HEADER_BYTES > objectSize) {
    throw new WalFormatError(`${objectName} is cut short: its footer needs ${endBytes} bytes`);
  }
  const footer = end.subarray(end.length - endBytes, end.length - WAL_TRAILER_BYTES);
  if (crc32c(footer) !== end.readUInt32BE(end.length - 12)) {
    throw new WalFormatError(`${objectName} has a damaged footer (CRC-32C mismatch)`);
  }
  const decoded = decodeFooter(footer, objectName);
  const bodyEnd = objectSize - endBytes;
  for (const { position, length, baseOffset, lastOffset } of decoded.entries) {
    if (position < WAL_HEADER_BYTES || length <= 0 || position + length > bodyEnd || lastOffset < baseOffset) {
      throw new WalFormatError(`${objectName} has an entry that does not fit the object`);
    }
  }
  return decoded;
}

function decodeFooter(footer: Buffer, objectName: string): WalObjectContents {
  try {
    return decodeWalFooter(footer);
  } catch (error) {
    throw new WalFormatError(`${objectName} has an undecodable footer`, { cause: error });
  }
}

/**
 * The nearest timestamp that formats of ours can hold, −1 to 2^53 − 1 ms. Topics may allow their producers any 64-bit
 * number; those beyond could be written, but not read.
 */
export function storableTimestamp(timestamp: number): number {
  return Math.min(Math.max(timestamp, -1), Number.MAX_SAFE_INTEGER);
}

/** A batch of an idempotent producer as it is stored, in footers and in manifests. */
export function producerBatchOf(stored: kafscale.storage.ProducerBatch.$Properties): ProducerBatch {
  return {
    producerId: stored.producerId ?? 0,
    producerEpoch: stored.producerEpoch ?? 0,
    firstSequence: stored.firstSequence ?? 0,
    lastSequence: stored.lastSequence ?? 0,
    baseOffset: stored.baseOffset ?? 0,
    lastOffset: stored.lastOffset ?? 0,
    timestamp: stored.timestamp ?? 0,
  };
}

/** CRC-32C of an object from the checksums of its pieces, in order. */
export function combineChecksums(pieces: Iterable<{ readonly crc32c: number; readonly length: number }>): number {
  let crc = 0;
  for (const piece of pieces) crc = combineCrc32c(crc, piece.crc32c, piece.length);
  return crc;
}
