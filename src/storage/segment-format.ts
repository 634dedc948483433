import { crc32c } from '../checksum/crc32c.js';
import { combineChecksums } from './wal-format.js';

/**
 * The segment (`.kfs`): record batches of one partition, in offset order.
 *
 * ```
 * header  32 bytes: magic ASCII `KAFS` | version u16 = 1 | flags u16 = 0 | base offset i64 | record count i32 |
 *                   created, ms since the Unix epoch i64 | reserved u32 = 0
 * body    record batches (magic 2) back to back, as they were produced but for offset and leader epoch
 * footer  16 bytes: CRC-32C of the body u32 | last offset i64 | ASCII `END!`
 * ```
 *
 * All integers are big-endian. Other programs read these objects: the layout never changes. The body is never copied
 * here: header and footer are put around its pieces.
 */
export const SEGMENT_HEADER_BYTES = 32;
export const SEGMENT_FOOTER_BYTES = 16;
export const SEGMENT_FORMAT_VERSION = 1;
/** Positions in the index are signed 32-bit integers, so no segment is larger, in bytes. */
export const MAX_SEGMENT_BYTES = 0x7fffffff;

const HEADER_MAGIC = 0x4b414653; // KAFS
const FOOTER_MAGIC = 0x454e4421; // END!

export interface SegmentHeader {
  readonly baseOffset: number;
  /** Sum of the batches' record counts, 0 to 2^31 − 1. */
  readonly recordCount: number;
  /** ms since the Unix epoch. */
  readonly createdAt: number;
}

export interface SegmentFooter {
  /** CRC-32C of the body alone. */
  readonly bodyCrc32c: number;
  /** Offset of the last record, inclusive. */
  readonly lastOffset: number;
}

/** The object in the bucket is not a segment, or not an index, that this version can read. */
export class SegmentFormatError extends Error {
  override readonly name = 'SegmentFormatError';
}

/** The 32 bytes before the body. @throws RangeError when a number does not fit its field */
export function segmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.writeUInt32BE(HEADER_MAGIC, 0);
  bytes.writeUInt16BE(SEGMENT_FORMAT_VERSION, 4);
  bytes.writeBigInt64BE(BigInt(header.baseOffset), 8);
  bytes.writeInt32BE(header.recordCount, 16);
  bytes.writeBigInt64BE(BigInt(header.createdAt), 20);
  return bytes;
}

/** The 16 bytes after the body. @throws RangeError when a number does not fit its field */
export function segmentFooter(footer: SegmentFooter): Buffer {
  const bytes = Buffer.alloc(SEGMENT_FOOTER_BYTES);
  bytes.writeUInt32BE(footer.bodyCrc32c, 0);
  bytes.writeBigInt64BE(BigInt(footer.lastOffset), 4);
  bytes.writeUInt32BE(FOOTER_MAGIC, 12);
  return bytes;
}

/**
 * CRC-32C of the whole object, which the object store is told, without reading the body again.
 *
 * @param body checksum and length in bytes of the body
 */
export function segmentChecksum(
  header: Buffer,
  body: { readonly crc32c: number; readonly length: number },
  footer: Buffer,
): number {
  return combineChecksums([
    { crc32c: crc32c(header), length: header.length },
    body,
    { crc32c: crc32c(footer), length: footer.length },
  ]);
}

/**
 * Reads the header.
 *
 * @param bytes the object's first bytes, at least {@link SEGMENT_HEADER_BYTES} of them
 * @param objectName for the error
 * @throws SegmentFormatError when this is no segment, a newer format, or holds impossible numbers
 */
export function decodeSegmentHeader(bytes: Buffer, objectName: string): SegmentHeader {
  if (bytes.length < SEGMENT_HEADER_BYTES || bytes.readUInt32BE(0) !== HEADER_MAGIC) {
    throw new SegmentFormatError(`${objectName} does not begin like a segment`);
  }
  assertVersion(bytes.readUInt16BE(4), 'segment', objectName);
  const header = {
    baseOffset: int64(bytes, 8),
    recordCount: bytes.readInt32BE(16),
    createdAt: int64(bytes, 20),
  };
  if (!isOffset(header.baseOffset) || header.recordCount < 0 || !Number.isSafeInteger(header.createdAt)) {
    throw new SegmentFormatError(`${objectName} has a damaged header`);
  }
  return header;
}

/**
 * Reads the footer.
 *
 * @param bytes the object's last bytes, at least {@link SEGMENT_FOOTER_BYTES} of them
 * @throws SegmentFormatError when this is not the end of a segment
 */
export function decodeSegmentFooter(bytes: Buffer, objectName: string): SegmentFooter {
  const at = bytes.length - SEGMENT_FOOTER_BYTES;
  if (at < 0 || bytes.readUInt32BE(at + 12) !== FOOTER_MAGIC) {
    throw new SegmentFormatError(`${objectName} does not end like a segment: it is cut short or damaged`);
  }
  const footer = { bodyCrc32c: bytes.readUInt32BE(at), lastOffset: int64(bytes, at + 4) };
  if (!isOffset(footer.lastOffset)) throw new SegmentFormatError(`${objectName} has a damaged footer`);
  return footer;
}

/** A whole segment, with the body as a view of the bytes. */
export interface DecodedSegment extends SegmentHeader, SegmentFooter {
  readonly body: Buffer;
}

/**
 * Reads a whole segment and verifies its checksum. The batches in the body are not looked at.
 *
 * @throws SegmentFormatError when it is damaged
 */
export function decodeSegment(bytes: Buffer, objectName: string): DecodedSegment {
  const header = decodeSegmentHeader(bytes, objectName);
  if (bytes.length < SEGMENT_HEADER_BYTES + SEGMENT_FOOTER_BYTES) {
    throw new SegmentFormatError(`${objectName} is cut short`);
  }
  const footer = decodeSegmentFooter(bytes, objectName);
  if (footer.lastOffset < header.baseOffset) {
    throw new SegmentFormatError(`${objectName} ends at ${footer.lastOffset}, before it begins`);
  }
  const body = bytes.subarray(SEGMENT_HEADER_BYTES, bytes.length - SEGMENT_FOOTER_BYTES);
  if (crc32c(body) !== footer.bodyCrc32c) {
    throw new SegmentFormatError(`${objectName} has a damaged body (CRC-32C mismatch)`);
  }
  return { ...header, ...footer, body };
}

/** @throws SegmentFormatError when the version is not 1, the only one there is */
export function assertVersion(version: number, what: string, objectName: string): void {
  if (version === SEGMENT_FORMAT_VERSION) return;
  throw new SegmentFormatError(
    `${objectName} has ${what} format version ${version}; this KafScale reads version ${SEGMENT_FORMAT_VERSION}`,
  );
}

/** NaN when a number can't hold it. */
function int64(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigInt64BE(at));
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function isOffset(value: number): boolean {
  return value >= 0;
}
