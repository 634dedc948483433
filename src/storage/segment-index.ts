import { assertVersion, SEGMENT_FORMAT_VERSION, SEGMENT_HEADER_BYTES, SegmentFormatError } from './segment-format.js';

/**
 * The sparse index (`.index`) of a segment: where in the segment some of its batches start.
 *
 * ```
 * header  16 bytes: `IDX\0` | version u16 = 1 | entry count i32 | interval i32 | reserved u16 = 0
 * entry   12 bytes: base offset of a batch i64 | its position in the segment i32, the first being 32
 * ```
 *
 * All integers are big-endian. There is an entry for the first batch, and then one for each batch before which at least
 * `interval` records have gone by since the last entry, that entry's own batch included. It carries no checksum: what
 * it leads to is checked when it is read.
 */
export const INDEX_HEADER_BYTES = 16;
export const INDEX_ENTRY_BYTES = 12;
/** Records between two entries, unless told otherwise. */
export const DEFAULT_INDEX_INTERVAL = 100;

const MAGIC = 0x49445800; // IDX\0
const POSITION_AT = 8;

/** An index in memory: 12 bytes per entry. */
export class SegmentIndex {
  /** @param offsets @param positions ascending, of the same length, as {@link decodeSegmentIndex} has checked */
  constructor(
    readonly interval: number,
    private readonly offsets: Float64Array,
    private readonly positions: Uint32Array,
  ) {}

  get entryCount(): number {
    return this.offsets.length;
  }

  /** @throws RangeError beyond the last entry */
  entryAt(index: number): { readonly offset: number; readonly position: number } {
    const offset = this.offsets[index];
    const position = this.positions[index];
    if (offset === undefined || position === undefined) throw new RangeError(`the index has no entry ${index}`);
    return { offset, position };
  }
}

/** Builds an index while the batches of a segment are written. */
export class SegmentIndexBuilder {
  private readonly offsets: number[] = [];
  private readonly positions: number[] = [];
  private recordsSinceEntry = 0;

  /** @param interval records between two entries, at least 1 */
  constructor(private readonly interval = DEFAULT_INDEX_INTERVAL) {}

  /**
   * Takes note of the next batch, in offset order.
   *
   * @param position of the batch's first byte in the segment, in bytes
   */
  add(baseOffset: number, recordCount: number, position: number): void {
    if (this.offsets.length === 0 || this.recordsSinceEntry >= this.interval) {
      this.offsets.push(baseOffset);
      this.positions.push(position);
      this.recordsSinceEntry = 0;
    }
    this.recordsSinceEntry += recordCount;
  }

  build(): SegmentIndex {
    return new SegmentIndex(this.interval, Float64Array.from(this.offsets), Uint32Array.from(this.positions));
  }
}

export function encodeSegmentIndex(index: SegmentIndex): Buffer {
  const bytes = Buffer.alloc(INDEX_HEADER_BYTES + index.entryCount * INDEX_ENTRY_BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt16BE(SEGMENT_FORMAT_VERSION, 4);
  bytes.writeInt32BE(index.entryCount, 6);
  bytes.writeInt32BE(index.interval, 10);
  for (let i = 0, at = INDEX_HEADER_BYTES; i < index.entryCount; i++, at += INDEX_ENTRY_BYTES) {
    const { offset, position } = index.entryAt(i);
    bytes.writeBigInt64BE(BigInt(offset), at);
    bytes.writeInt32BE(position, at + POSITION_AT);
  }
  return bytes;
}

/**
 * How long an index is by what its header says, in bytes.
 *
 * @param head the object's first bytes, at least {@link INDEX_HEADER_BYTES} of them
 */
export function announcedIndexBytes(head: Buffer): number {
  return INDEX_HEADER_BYTES + Math.max(0, head.readInt32BE(6)) * INDEX_ENTRY_BYTES;
}

/**
 * Reads an index.
 *
 * @param objectName for the error
 * @throws SegmentFormatError when this is no index, a newer format, cut short, or not in order
 */
export function decodeSegmentIndex(bytes: Buffer, objectName: string): SegmentIndex {
  if (bytes.length < INDEX_HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC) {
    throw new SegmentFormatError(`${objectName} does not begin like an index`);
  }
  assertVersion(bytes.readUInt16BE(4), 'index', objectName);
  const count = bytes.readInt32BE(6);
  if (bytes.length !== INDEX_HEADER_BYTES + count * INDEX_ENTRY_BYTES) {
    throw new SegmentFormatError(
      `${objectName} announces ${count} entries, which do not fit its ${bytes.length} bytes`,
    );
  }
  const offsets = new Float64Array(count);
  const positions = new Uint32Array(count);
  let lastOffset = -1;
  let lastPosition = SEGMENT_HEADER_BYTES - 1;
  for (let i = 0, at = INDEX_HEADER_BYTES; i < count; i++, at += INDEX_ENTRY_BYTES) {
    const offset = Number(bytes.readBigInt64BE(at));
    const position = bytes.readInt32BE(at + POSITION_AT);
    if (offset <= lastOffset || position <= lastPosition || !Number.isSafeInteger(offset)) {
      throw new SegmentFormatError(`${objectName} is damaged: entry ${i} is out of order`);
    }
    offsets[i] = lastOffset = offset;
    positions[i] = lastPosition = position;
  }
  return new SegmentIndex(bytes.readInt32BE(10), offsets, positions);
}
