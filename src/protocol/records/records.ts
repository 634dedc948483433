import { decompress } from './compression.js';
import { CorruptRecordsError } from './corrupt-records.js';
import type { RecordBatch } from './record-batch.js';
import { VarintReader } from './varint.js';

/** A header of a record; keys may repeat. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** One record, its key, value and header values being slices of the batch (or of its decompressed content). */
export interface DecodedRecord {
  readonly offset: number;
  /** Wall-clock ms; -1 if the record has none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** A length that stands for null. */
const NULL = -1;
/** Length, attributes, timestamp and offset delta, key and value length, header count: one byte each. */
const MIN_RECORD_BYTES = 7;

/**
 * Walks the records of a batch without making an object of each, and checks their structure on the way: each body
 * takes exactly its length, the batch holds exactly the records it counts.
 */
export class RecordCursor {
  /** Of the record that {@link next} moved to. */
  offsetDelta = 0;
  /** In ms, relative to the batch's base timestamp. */
  timestampDelta = 0;
  /** Length of the key in bytes, -1 for null. */
  keyLength = NULL;
  valueLength = NULL;
  private keyStart = 0;
  private valueStart = 0;
  private headersStart = 0;

  private readonly reader: VarintReader;
  private remaining: number;

  /**
   * @param content the records of a batch, decompressed
   * @param count how many there must be
   * @throws CorruptRecordsError if the content can't hold so many
   */
  constructor(
    private readonly content: Buffer,
    count: number,
  ) {
    if (count < 0 || count * MIN_RECORD_BYTES > content.length) {
      throw new CorruptRecordsError(`${content.length} bytes can't hold ${count} records`);
    }
    this.reader = new VarintReader(content);
    this.remaining = count;
  }

  /**
   * Moves to the next record.
   *
   * @returns false after the last
   * @throws CorruptRecordsError if the record is malformed, or bytes are left after the last
   */
  next(): boolean {
    const reader = this.reader;
    if (this.remaining === 0) {
      if (reader.position !== this.content.length) {
        throw new CorruptRecordsError(`${this.content.length - reader.position} bytes follow the last record`);
      }
      return false;
    }
    this.remaining--;
    const bodyLength = reader.varint();
    const end = reader.position + bodyLength;
    if (bodyLength < 0 || end > this.content.length) {
      throw new CorruptRecordsError(`record at byte ${reader.position} claims ${bodyLength} bytes`);
    }
    reader.byte(); // attributes, unused
    this.timestampDelta = reader.varlong();
    this.offsetDelta = reader.varint();
    this.keyLength = this.lengthOrNull(end);
    this.keyStart = reader.position;
    this.skip(this.keyLength);
    this.valueLength = this.lengthOrNull(end);
    this.valueStart = reader.position;
    this.skip(this.valueLength);
    this.headersStart = reader.position;
    this.skipHeaders(end);
    if (reader.position !== end) {
      throw new CorruptRecordsError(`record of ${bodyLength} bytes ends ${reader.position - end} bytes off`);
    }
    return true;
  }

  get key(): Buffer | null {
    return this.slice(this.keyStart, this.keyLength);
  }

  get value(): Buffer | null {
    return this.slice(this.valueStart, this.valueLength);
  }

  get headers(): RecordHeader[] {
    const reader = new VarintReader(this.content, this.headersStart);
    return Array.from({ length: reader.varint() }, () => {
      const keyLength = reader.varint();
      const key = this.content.toString('utf8', reader.position, reader.position + keyLength);
      reader.position += keyLength;
      const valueLength = reader.varint();
      const value = this.slice(reader.position, valueLength);
      reader.position += Math.max(valueLength, 0);
      return { key, value };
    });
  }

  private slice(start: number, length: number): Buffer | null {
    return length === NULL ? null : this.content.subarray(start, start + length);
  }

  private skipHeaders(end: number): void {
    const count = this.reader.varint();
    if (count < 0 || count > end - this.reader.position) throw new CorruptRecordsError(`record has ${count} headers`);
    for (let header = 0; header < count; header++) {
      const keyLength = this.lengthOrNull(end);
      if (keyLength === NULL) throw new CorruptRecordsError('record header has no key');
      this.skip(keyLength);
      this.skip(this.lengthOrNull(end));
    }
  }

  private lengthOrNull(end: number): number {
    const length = this.reader.varint();
    if (length < NULL || length > end - this.reader.position) {
      throw new CorruptRecordsError(`field at byte ${this.reader.position} claims ${length} bytes`);
    }
    return length;
  }

  private skip(length: number): void {
    if (length > 0) this.reader.position += length;
  }
}

/**
 * The records of a batch, in order. Nothing is copied from an uncompressed batch.
 *
 * @param maxContentBytes bound on the decompressed records
 * @throws CorruptRecordsError, DecompressedSizeError, CodecUnavailableError as {@link decompress} and
 *   {@link RecordCursor} do
 */
export function* recordsOf(batch: RecordBatch, maxContentBytes?: number): Generator<DecodedRecord, void, undefined> {
  const cursor = new RecordCursor(decompress(batch.recordBytes, batch.compression, maxContentBytes), batch.recordCount);
  const { baseOffset, baseTimestamp, maxTimestamp } = batch;
  const logAppendTime = batch.timestampType === 'LogAppendTime';
  while (cursor.next()) {
    yield {
      offset: baseOffset + cursor.offsetDelta,
      timestamp: logAppendTime ? maxTimestamp : baseTimestamp + cursor.timestampDelta,
      key: cursor.key,
      value: cursor.value,
      headers: cursor.headers,
    };
  }
}
