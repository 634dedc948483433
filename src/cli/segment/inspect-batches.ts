import { CodecUnavailableError, Compression, DecompressedSizeError } from '../../protocol/records/compression.js';
import { CorruptRecordsError } from '../../protocol/records/corrupt-records.js';
import { batchSizeAt, RecordBatch } from '../../protocol/records/record-batch.js';
import { recordsOf, type DecodedRecord } from '../../protocol/records/records.js';
import { damage, type FieldValue, type Item } from './item.js';

/** What the batches were found to be, to be compared with what headers and footers say of them. */
export interface BatchTotals {
  batchCount: number;
  recordCount: number;
  baseOffset: number | undefined;
  lastOffset: number | undefined;
}

/** What holds of the batches besides what holds of all. */
export interface BatchRules {
  readonly withRecords: boolean;
  /** Each batch begins where the one before ends. */
  readonly contiguous?: boolean;
  readonly leaderEpoch?: number;
}

/** Larger than any batch that is worth printing; a bound on what a damaged one may take. */
const MAX_CONTENT_BYTES = 1024 * 1024 * 1024;

const CODEC_NAMES = new Map<number, string>(Object.entries(Compression).map(([name, id]) => [id, name.toLowerCase()]));

/**
 * The batches in a range of an object, checked one by one: structure, CRC-32C, ascending offsets; their records too when
 * asked for. Behind a batch whose length is impossible nothing can be found any more.
 *
 * @param start @param end the range, in bytes
 * @param totals is counted up
 */
export function* inspectBatches(
  object: Buffer,
  start: number,
  end: number,
  rules: BatchRules,
  totals: BatchTotals,
): Generator<Item, void, undefined> {
  const range = object.subarray(0, end);
  for (let position = start; position < end;) {
    const batch = batchAt(range, position);
    if (typeof batch === 'string') {
      yield damage(position, `${batch}; nothing behind it can be read`);
      return;
    }
    yield describeBatch(batch, position);
    if (batch.crc !== batch.computeCrc()) {
      yield damage(position, `batch ${batch.baseOffset} has a CRC-32C other than its bytes`);
    } else if (rules.withRecords) {
      yield* describeRecords(batch, position);
    }
    const misplaced = misplacement(batch, rules, totals.lastOffset);
    if (misplaced !== undefined) yield damage(position, `batch ${batch.baseOffset} ${misplaced}`);
    totals.batchCount += 1;
    totals.recordCount += batch.recordCount;
    totals.baseOffset ??= batch.baseOffset;
    totals.lastOffset = batch.lastOffset;
    position += batch.sizeInBytes;
  }
}

export function noTotals(): BatchTotals {
  return { batchCount: 0, recordCount: 0, baseOffset: undefined, lastOffset: undefined };
}

function misplacement(batch: RecordBatch, rules: BatchRules, previous: number | undefined): string | undefined {
  const { leaderEpoch = batch.partitionLeaderEpoch } = rules;
  if (batch.partitionLeaderEpoch !== leaderEpoch) {
    return `has leader epoch ${batch.partitionLeaderEpoch} instead of ${leaderEpoch}`;
  }
  if (previous !== undefined && batch.baseOffset <= previous)
    return `overlaps the one before, which ends at ${previous}`;
  if (previous !== undefined && rules.contiguous === true && batch.baseOffset !== previous + 1) {
    return `leaves a gap behind the one before, which ends at ${previous}`;
  }
  return undefined;
}

/** What is wrong with the framing, where there is no batch. */
function batchAt(bytes: Buffer, position: number): RecordBatch | string {
  try {
    return new RecordBatch(bytes.subarray(position, position + batchSizeAt(bytes, position)));
  } catch (error) {
    if (error instanceof CorruptRecordsError) return error.message;
    throw error;
  }
}

function describeBatch(batch: RecordBatch, position: number): Item {
  return {
    type: 'batch',
    position,
    fields: {
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      recordCount: batch.recordCount,
      sizeBytes: batch.sizeInBytes,
      leaderEpoch: batch.partitionLeaderEpoch,
      compression: CODEC_NAMES.get(batch.compression) ?? batch.compression,
      maxTimestamp: batch.maxTimestamp,
      timestampType: batch.timestampType,
      ...(batch.producerId >= 0 && {
        producerId: batch.producerId,
        producerEpoch: batch.producerEpoch,
        firstSequence: batch.baseSequence,
        lastSequence: batch.lastSequence,
      }),
      ...(batch.isTransactional && { transactional: true }),
      ...(batch.isControl && { control: true }),
      crc32c: batch.crc.toString(16).padStart(8, '0'),
    },
  };
}

function* describeRecords(batch: RecordBatch, position: number): Generator<Item, void, undefined> {
  try {
    for (const record of recordsOf(batch, MAX_CONTENT_BYTES)) yield { type: 'record', fields: describeRecord(record) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    yield damage(position, `the records of batch ${batch.baseOffset} cannot be read: ${error.message}`);
  }
}

function describeRecord(record: DecodedRecord): Item['fields'] {
  const headers = record.headers.map(({ key, value }, index) => [`${index}`, { key, ...content('value', value) }]);
  return {
    offset: record.offset,
    timestamp: record.timestamp,
    ...content('key', record.key),
    ...content('value', record.value),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) as Record<string, FieldValue> }),
  };
}

/** Text where it is UTF-8, else base64 under a name that says so. */
function content(name: string, bytes: Buffer | null): Record<string, FieldValue> {
  if (bytes === null) return { [name]: null };
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { [name]: text } : { [`${name}Base64`]: bytes.toString('base64') };
}

function isUnreadable(error: unknown): error is Error {
  return (
    error instanceof CorruptRecordsError ||
    error instanceof DecompressedSizeError ||
    error instanceof CodecUnavailableError
  );
}
