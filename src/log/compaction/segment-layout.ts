import { batchesIn, type RecordBatch } from '../../protocol/records/record-batch.js';
import type { Segment } from '../../storage/manifest-format.js';
import {
  SEGMENT_FOOTER_BYTES,
  SEGMENT_HEADER_BYTES,
  segmentChecksum,
  segmentFooter,
  segmentHeader,
} from '../../storage/segment-format.js';
import { encodeSegmentIndex, SegmentIndexBuilder } from '../../storage/segment-index.js';
import { combineChecksums } from '../../storage/wal-format.js';

const MAX_INT32 = 0x7fffffff;

/** A segment and its index as they are uploaded, and what the manifest will say of them but for the name. */
export interface SegmentLayout {
  readonly segment: Omit<Segment, 'suffix'>;
  /** Header, batches and footer of the `.kfs` object. */
  readonly body: readonly Buffer[];
  /** Of the whole `.kfs` object. */
  readonly crc32c: number;
  /** The `.index` object. */
  readonly index: Buffer;
}

/** Lays out a segment around record batches, which are neither copied nor read a second time. */
export class SegmentLayoutBuilder {
  private readonly index = new SegmentIndexBuilder();
  private readonly pieces: Buffer[] = [];
  private readonly checksums: { crc32c: number; length: number }[] = [];
  private position = SEGMENT_HEADER_BYTES;
  private baseOffset: number | undefined;
  private lastOffset = -1;
  private recordCount = 0;
  private maxTimestamp = -1;

  /**
   * Adds the next batch, whose CRC has been verified.
   *
   * @throws Error when its offsets don't come after those before (I3)
   */
  addBatch(batch: RecordBatch): void {
    this.take(batch, this.position);
    this.addPiece(batch.bytes, batch.crc32cOfWholeBatch());
  }

  /**
   * Adds the next batches, back to back.
   *
   * @param checksum CRC-32C of all these bytes, which has been verified
   * @throws CorruptRecordsError when the bytes are no batches
   * @throws Error when their offsets don't come after those before (I3)
   */
  addBatches(bytes: Buffer, checksum: number): void {
    let position = this.position;
    for (const batch of batchesIn(bytes)) {
      this.take(batch, position);
      position += batch.sizeInBytes;
    }
    this.addPiece(bytes, checksum);
  }

  /**
   * @param createdAt ms since the Unix epoch
   * @throws RangeError without a batch
   */
  build(createdAt: number): SegmentLayout {
    const { baseOffset, lastOffset, recordCount, maxTimestamp } = this;
    if (baseOffset === undefined) throw new RangeError('a segment holds at least one batch');
    const bodyCrc32c = combineChecksums(this.checksums);
    // Compressed batches may claim more records than the field can tell; nothing relies on it.
    const header = segmentHeader({ baseOffset, recordCount: Math.min(recordCount, MAX_INT32), createdAt });
    const footer = segmentFooter({ bodyCrc32c, lastOffset });
    const body = { crc32c: bodyCrc32c, length: this.position - SEGMENT_HEADER_BYTES };
    const sizeBytes = this.position + SEGMENT_FOOTER_BYTES;
    return {
      segment: { baseOffset, lastOffset, sizeBytes, recordCount, maxTimestamp, createdAt },
      body: [header, ...this.pieces, footer],
      crc32c: segmentChecksum(header, body, footer),
      index: encodeSegmentIndex(this.index.build()),
    };
  }

  private take(batch: RecordBatch, position: number): void {
    const { baseOffset, lastOffset, recordCount } = batch;
    if (baseOffset <= this.lastOffset || lastOffset < baseOffset) {
      throw new Error(`I3 violated: a batch with offsets ${baseOffset} to ${lastOffset} follows ${this.lastOffset}`);
    }
    this.baseOffset ??= baseOffset;
    this.lastOffset = lastOffset;
    this.recordCount += recordCount;
    this.maxTimestamp = Math.max(this.maxTimestamp, batch.maxTimestamp);
    this.index.add(baseOffset, recordCount, position);
  }

  private addPiece(bytes: Buffer, checksum: number): void {
    this.pieces.push(bytes);
    this.checksums.push({ crc32c: checksum, length: bytes.length });
    this.position += bytes.length;
  }
}
