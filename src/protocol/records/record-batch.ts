import { combineCrc32c, crc32c } from '../../checksum/crc32c.js';
import { CorruptRecordsError } from './corrupt-records.js';
import { readInt64, writeInt64 } from './int64.js';

/** Layout of a record batch of magic 2, all big-endian (Kafka protocol guide, "Record Batch"). */
export const BatchLayout = {
  BASE_OFFSET: 0,
  BATCH_LENGTH: 8,
  PARTITION_LEADER_EPOCH: 12,
  MAGIC: 16,
  CRC: 17,
  ATTRIBUTES: 21,
  LAST_OFFSET_DELTA: 23,
  BASE_TIMESTAMP: 27,
  MAX_TIMESTAMP: 35,
  PRODUCER_ID: 43,
  PRODUCER_EPOCH: 51,
  BASE_SEQUENCE: 53,
  RECORD_COUNT: 57,
  RECORDS: 61,
  /** What the length field counts from; a batch is this many bytes longer than its length says. */
  LENGTH_PREFIX: 12,
} as const;

/** Attribute bits (int16 at {@link BatchLayout.ATTRIBUTES}). */
export const BatchAttributes = {
  COMPRESSION_MASK: 0x07,
  LOG_APPEND_TIME: 0x08,
  TRANSACTIONAL: 0x10,
  CONTROL: 0x20,
} as const;

export const CURRENT_MAGIC = 2;

/** No producer id, epoch or sequence: a batch of a producer that isn't idempotent. */
export const NO_PRODUCER_ID = -1;

export type TimestampType = 'CreateTime' | 'LogAppendTime';

/**
 * A view of one record batch (magic 2): reads and patches its header in place and never copies.
 *
 * The bytes are taken as they are. They must hold at least the header; whoever took them from outside has validated
 * them (`parseProducedBatch`) or split them (`batchesIn`) before.
 */
export class RecordBatch {
  /** @param bytes exactly one batch */
  constructor(readonly bytes: Buffer) {}

  /** Offset of the first record; what clients send is replaced by {@link assignOffset}. */
  get baseOffset(): number {
    return readInt64(this.bytes, BatchLayout.BASE_OFFSET);
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }

  get lastOffsetDelta(): number {
    return this.bytes.readInt32BE(BatchLayout.LAST_OFFSET_DELTA);
  }

  get partitionLeaderEpoch(): number {
    return this.bytes.readInt32BE(BatchLayout.PARTITION_LEADER_EPOCH);
  }

  get magic(): number {
    return this.bytes.readInt8(BatchLayout.MAGIC);
  }

  /** CRC-32C that the batch claims for its bytes from the attributes to the end. */
  get crc(): number {
    return this.bytes.readUInt32BE(BatchLayout.CRC);
  }

  get attributes(): number {
    return this.bytes.readInt16BE(BatchLayout.ATTRIBUTES);
  }

  /** Codec id, 0 to 7: see `Compression`; 5 to 7 are undefined and never stored. */
  get compression(): number {
    return this.attributes & BatchAttributes.COMPRESSION_MASK;
  }

  get timestampType(): TimestampType {
    return this.attributes & BatchAttributes.LOG_APPEND_TIME ? 'LogAppendTime' : 'CreateTime';
  }

  get isTransactional(): boolean {
    return (this.attributes & BatchAttributes.TRANSACTIONAL) !== 0;
  }

  /** Holds transaction markers instead of records. */
  get isControl(): boolean {
    return (this.attributes & BatchAttributes.CONTROL) !== 0;
  }

  /** Wall-clock ms that the records' timestamps are relative to; -1 if they have none. */
  get baseTimestamp(): number {
    return readInt64(this.bytes, BatchLayout.BASE_TIMESTAMP);
  }

  /** Largest record timestamp in ms (CreateTime), or when the broker appended the batch (LogAppendTime). */
  get maxTimestamp(): number {
    return readInt64(this.bytes, BatchLayout.MAX_TIMESTAMP);
  }

  /** -1 unless the producer is idempotent or transactional. */
  get producerId(): number {
    return readInt64(this.bytes, BatchLayout.PRODUCER_ID);
  }

  get producerEpoch(): number {
    return this.bytes.readInt16BE(BatchLayout.PRODUCER_EPOCH);
  }

  /** Sequence number of the first record, -1 if the batch has none. */
  get baseSequence(): number {
    return this.bytes.readInt32BE(BatchLayout.BASE_SEQUENCE);
  }

  /** Sequence number of the last record; 0 follows 2^31 − 1. -1 if the batch has none. */
  get lastSequence(): number {
    const first = this.baseSequence;
    return first < 0 ? first : (first + this.lastOffsetDelta) % 0x8000_0000;
  }

  get recordCount(): number {
    return this.bytes.readInt32BE(BatchLayout.RECORD_COUNT);
  }

  get sizeInBytes(): number {
    return this.bytes.length;
  }

  /** The records, still compressed if the batch is. */
  get recordBytes(): Buffer {
    return this.bytes.subarray(BatchLayout.RECORDS);
  }

  /** Places the batch in a log. Both fields are outside the batch's CRC, which stays valid. */
  assignOffset(baseOffset: number, leaderEpoch: number): void {
    writeInt64(this.bytes, baseOffset, BatchLayout.BASE_OFFSET);
    this.bytes.writeInt32BE(leaderEpoch, BatchLayout.PARTITION_LEADER_EPOCH);
  }

  /**
   * Makes `nowMs` the timestamp of all records, as topics with `message.timestamp.type=LogAppendTime` ask for: readers
   * then ignore the records' own timestamps. Costs one CRC over the batch.
   */
  stampLogAppendTime(nowMs: number): void {
    this.bytes.writeInt16BE(this.attributes | BatchAttributes.LOG_APPEND_TIME, BatchLayout.ATTRIBUTES);
    this.rewriteMaxTimestamp(nowMs);
  }

  /** Replaces the header's largest timestamp. Costs one CRC over the batch. */
  rewriteMaxTimestamp(timestampMs: number): void {
    writeInt64(this.bytes, timestampMs, BatchLayout.MAX_TIMESTAMP);
    this.bytes.writeUInt32BE(this.computeCrc(), BatchLayout.CRC);
  }

  /** What {@link crc} must be. One pass over the batch. */
  computeCrc(): number {
    return crc32c(this.bytes.subarray(BatchLayout.ATTRIBUTES));
  }

  /**
   * CRC-32C of all bytes of the batch, header included, without a second pass over them: combined from the batch's
   * own CRC, which must have been verified, and its 21 leading bytes.
   */
  crc32cOfWholeBatch(): number {
    const head = crc32c(this.bytes.subarray(0, BatchLayout.ATTRIBUTES));
    return combineCrc32c(head, this.crc, this.bytes.length - BatchLayout.ATTRIBUTES);
  }
}

/**
 * Splits bytes that hold whole batches, back to back, as logs store them.
 *
 * @throws CorruptRecordsError if a batch is cut off, has an impossible length or isn't of magic 2. CRCs are not checked.
 */
export function* batchesIn(bytes: Buffer): Generator<RecordBatch, void, undefined> {
  let at = 0;
  while (at < bytes.length) {
    const size = batchSizeAt(bytes, at);
    yield new RecordBatch(bytes.subarray(at, at + size));
    at += size;
  }
}

/**
 * Size in bytes of the batch that starts at `at`.
 *
 * @throws CorruptRecordsError as {@link batchesIn}
 */
export function batchSizeAt(bytes: Buffer, at: number): number {
  const rest = bytes.length - at;
  if (rest < BatchLayout.RECORDS) {
    throw new CorruptRecordsError(`batch header at byte ${at} is cut off: ${rest} bytes left`);
  }
  const size = BatchLayout.LENGTH_PREFIX + bytes.readInt32BE(at + BatchLayout.BATCH_LENGTH);
  if (size < BatchLayout.RECORDS || size > rest) {
    throw new CorruptRecordsError(`batch at byte ${at} claims ${size} bytes, ${rest} are left`);
  }
  const magic = bytes.readInt8(at + BatchLayout.MAGIC);
  if (magic !== CURRENT_MAGIC) throw new CorruptRecordsError(`batch at byte ${at} has magic ${magic}`);
  return size;
}
