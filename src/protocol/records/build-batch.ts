import { compress, Compression } from './compression.js';
import { writeInt64 } from './int64.js';
import { BatchAttributes, BatchLayout, CURRENT_MAGIC, NO_PRODUCER_ID, RecordBatch } from './record-batch.js';
import { sizeOfVarint, writeVarint } from './varint.js';

export interface NewRecord {
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  /** Wall-clock ms; default -1, none. */
  readonly timestamp?: number;
  readonly headers?: readonly { readonly key: string; readonly value: Buffer | string | null }[];
}

export interface NewBatch {
  readonly records: readonly NewRecord[];
  readonly compression?: Compression;
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
  readonly logAppendTime?: boolean;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
}

/** Encodes records as a client does: for tests and tools, not on the broker's hot path. */
export function buildRecordBatch(batch: NewBatch): Buffer {
  const { records, compression = Compression.NONE } = batch;
  const timestamps = records.map(({ timestamp }) => timestamp ?? -1);
  const baseTimestamp = timestamps[0] ?? -1;
  const content = compress(
    Buffer.concat(
      records.map((record, index) => encodeRecord(record, index, (timestamps[index] ?? -1) - baseTimestamp)),
    ),
    compression,
  );
  const bytes = Buffer.concat([Buffer.alloc(BatchLayout.RECORDS), content]);
  bytes.writeInt32BE(bytes.length - BatchLayout.LENGTH_PREFIX, BatchLayout.BATCH_LENGTH);
  bytes.writeInt8(CURRENT_MAGIC, BatchLayout.MAGIC);
  bytes.writeInt16BE(attributesOf(batch, compression), BatchLayout.ATTRIBUTES);
  bytes.writeInt32BE(records.length - 1, BatchLayout.LAST_OFFSET_DELTA);
  writeInt64(bytes, baseTimestamp, BatchLayout.BASE_TIMESTAMP);
  writeInt64(
    bytes,
    timestamps.reduce((max, timestamp) => Math.max(max, timestamp), -1),
    BatchLayout.MAX_TIMESTAMP,
  );
  writeInt64(bytes, batch.producerId ?? NO_PRODUCER_ID, BatchLayout.PRODUCER_ID);
  bytes.writeInt16BE(batch.producerEpoch ?? -1, BatchLayout.PRODUCER_EPOCH);
  bytes.writeInt32BE(batch.baseSequence ?? -1, BatchLayout.BASE_SEQUENCE);
  bytes.writeInt32BE(records.length, BatchLayout.RECORD_COUNT);
  const view = new RecordBatch(bytes);
  view.assignOffset(batch.baseOffset ?? 0, batch.partitionLeaderEpoch ?? -1);
  bytes.writeUInt32BE(view.computeCrc(), BatchLayout.CRC);
  return bytes;
}

function attributesOf(batch: NewBatch, compression: Compression): number {
  return (
    compression |
    (batch.logAppendTime ? BatchAttributes.LOG_APPEND_TIME : 0) |
    (batch.isTransactional ? BatchAttributes.TRANSACTIONAL : 0) |
    (batch.isControl ? BatchAttributes.CONTROL : 0)
  );
}

function encodeRecord(record: NewRecord, offsetDelta: number, timestampDelta: number): Buffer {
  const headers = record.headers ?? [];
  const body = Buffer.concat([
    Buffer.from([0]), // attributes, unused
    varint(timestampDelta),
    varint(offsetDelta),
    ...lengthAndBytes(record.key),
    ...lengthAndBytes(record.value),
    varint(headers.length),
    ...headers.flatMap(({ key, value }) => [...lengthAndBytes(key), ...lengthAndBytes(value)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

function lengthAndBytes(data: Buffer | string | null | undefined): Buffer[] {
  if (data === null || data === undefined) return [varint(-1)];
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  return [varint(bytes.length), bytes];
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(sizeOfVarint(value));
  writeVarint(bytes, value, 0);
  return bytes;
}
