import { ErrorCode, KafkaError } from '../errors.js';
import { Compression, isCompression } from './compression.js';
import type { ProduceRules } from './produce-rules.js';
import { BatchLayout, CURRENT_MAGIC, RecordBatch } from './record-batch.js';
import { validateRecords } from './validate-records.js';

/** zstd came with Produce 7 (KIP-110). */
const FIRST_PRODUCE_VERSION_WITH_ZSTD = 7;

/**
 * Checks the records of one partition of a Produce request as Apache Kafka's LogValidator does, so that what is
 * stored is one well-formed batch of magic 2.
 *
 * Deep validation corrects the header's largest timestamp where the records say otherwise, as Kafka does.
 *
 * @returns a view over `records`, which is not copied
 * @throws KafkaError CORRUPT_MESSAGE, INVALID_RECORD, MESSAGE_TOO_LARGE, UNSUPPORTED_COMPRESSION_TYPE or
 *   INVALID_TIMESTAMP; as InvalidRecordsError where single records are to blame
 */
export function parseProducedBatch(records: Buffer | null, rules: ProduceRules): RecordBatch {
  const bytes = requireOneBatch(records);
  if (bytes.length > rules.maxMessageBytes) {
    throw new KafkaError(
      ErrorCode.MESSAGE_TOO_LARGE,
      `batch of ${bytes.length} bytes is larger than max.message.bytes, ${rules.maxMessageBytes}`,
    );
  }
  const batch = new RecordBatch(bytes);
  if (batch.crc !== batch.computeCrc()) {
    throw new KafkaError(ErrorCode.CORRUPT_MESSAGE, 'the CRC-32C of the batch does not match its bytes');
  }
  validateHeader(batch, rules);
  if (rules.deep) validateRecords(batch, rules);
  else validateLatestTimestamp(batch, rules);
  return batch;
}

/** The framing: exactly one batch, of magic 2, that takes exactly the bytes given. */
function requireOneBatch(records: Buffer | null): Buffer {
  if (records === null || records.length === 0) throw invalid('the partition has no batch');
  // Old message sets can be shorter than a batch's header, but have their magic in the same place.
  if (records.length > BatchLayout.MAGIC) {
    const magic = records.readInt8(BatchLayout.MAGIC);
    if (magic !== CURRENT_MAGIC) throw invalid(`batch has magic ${magic}, only ${CURRENT_MAGIC} is supported`);
  }
  if (records.length < BatchLayout.RECORDS) throw corrupt(`batch of ${records.length} bytes has no whole header`);
  const size = BatchLayout.LENGTH_PREFIX + records.readInt32BE(BatchLayout.BATCH_LENGTH);
  if (size < BatchLayout.RECORDS) throw corrupt(`batch claims a size of ${size} bytes`);
  if (size > records.length) throw corrupt(`batch claims ${size} bytes, the request has ${records.length}`);
  if (size < records.length) throw invalid('the partition has more than one batch');
  return records;
}

function validateHeader(batch: RecordBatch, rules: ProduceRules): void {
  if (batch.baseOffset !== 0) throw invalid(`base offset of a produced batch must be 0, not ${batch.baseOffset}`);
  if (!isCompression(batch.compression)) throw invalid(`undefined compression codec ${batch.compression}`);
  if (batch.compression === Compression.ZSTD && rules.produceVersion < FIRST_PRODUCE_VERSION_WITH_ZSTD) {
    throw new KafkaError(
      ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
      `zstd needs Produce version ${FIRST_PRODUCE_VERSION_WITH_ZSTD} or later, not ${rules.produceVersion}`,
    );
  }
  const { lastOffsetDelta, recordCount } = batch;
  if (recordCount <= 0 || lastOffsetDelta !== recordCount - 1) {
    throw invalid(`batch counts ${recordCount} records and ends at offset delta ${lastOffsetDelta}`);
  }
  if (batch.isControl) throw invalid('clients may not write control batches');
  if (batch.producerId >= 0 && batch.baseSequence < 0) {
    throw invalid(`producer ${batch.producerId} sent base sequence ${batch.baseSequence}`);
  }
  if (batch.timestampType === 'LogAppendTime' && !rules.logAppendTime) {
    throw new KafkaError(ErrorCode.INVALID_TIMESTAMP, 'the topic takes CreateTime, the batch says LogAppendTime');
  }
}

/** What the header tells of the records' timestamps. It doesn't tell which record is to blame. */
function validateLatestTimestamp(batch: RecordBatch, rules: ProduceRules): void {
  const latest = rules.now + rules.timestampAfterMaxMs;
  if (rules.logAppendTime || batch.maxTimestamp <= latest) return;
  throw new KafkaError(ErrorCode.INVALID_TIMESTAMP, `timestamp ${batch.maxTimestamp} is later than ${latest}`);
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_RECORD, message);
}

function corrupt(message: string): KafkaError {
  return new KafkaError(ErrorCode.CORRUPT_MESSAGE, message);
}
