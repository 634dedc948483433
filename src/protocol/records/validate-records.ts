import { ErrorCode, KafkaError } from '../errors.js';
import { CodecUnavailableError, decompress, DecompressedSizeError } from './compression.js';
import { CorruptRecordsError } from './corrupt-records.js';
import { InvalidRecordsError, type ProduceRules, type RecordError } from './produce-rules.js';
import type { RecordBatch } from './record-batch.js';
import { RecordCursor } from './records.js';

const MAX_REPORTED = 100;

/** A record without a timestamp. */
const NO_TIMESTAMP = -1;

/**
 * Looks at every record of a batch whose header is valid: structure, offset deltas 0 to n − 1, keys on compacted
 * topics, timestamp bounds. Corrects the header's largest timestamp if the records don't bear it out.
 *
 * @throws KafkaError INVALID_RECORD, INVALID_TIMESTAMP, MESSAGE_TOO_LARGE (the records decompress to more than the
 *   broker is willing to hold) or UNSUPPORTED_COMPRESSION_TYPE (no codec on this platform)
 */
export function validateRecords(batch: RecordBatch, rules: ProduceRules): void {
  try {
    walk(batch, rules);
  } catch (cause) {
    throw asKafkaError(cause);
  }
}

function walk(batch: RecordBatch, rules: ProduceRules): void {
  const cursor = new RecordCursor(decompress(batch.recordBytes, batch.compression), batch.recordCount);
  const { baseTimestamp } = batch;
  const checkTimestamps = !rules.logAppendTime;
  const earliest = rules.now - rules.timestampBeforeMaxMs;
  const latest = rules.now + rules.timestampAfterMaxMs;
  let maxTimestamp = NO_TIMESTAMP;
  const unkeyed: RecordError[] = [];
  const untimely: RecordError[] = [];
  for (let index = 0; cursor.next(); index++) {
    if (cursor.offsetDelta !== index) {
      throw new CorruptRecordsError(`record ${index} has offset delta ${cursor.offsetDelta}`);
    }
    if (rules.compacted && cursor.keyLength < 0) {
      report(unkeyed, index, 'records of a compacted topic need a key');
    }
    const timestamp = baseTimestamp + cursor.timestampDelta;
    if (checkTimestamps && timestamp !== NO_TIMESTAMP && !(timestamp >= earliest && timestamp <= latest)) {
      report(untimely, index, `timestamp ${timestamp} is not between ${earliest} and ${latest}`);
    }
    maxTimestamp = Math.max(maxTimestamp, timestamp);
  }
  if (unkeyed.length > 0) throw new InvalidRecordsError(ErrorCode.INVALID_RECORD, unkeyed);
  if (untimely.length > 0) throw new InvalidRecordsError(ErrorCode.INVALID_TIMESTAMP, untimely);
  if (checkTimestamps && maxTimestamp !== batch.maxTimestamp) batch.rewriteMaxTimestamp(maxTimestamp);
}

function report(errors: RecordError[], batchIndex: number, message: string): void {
  if (errors.length < MAX_REPORTED) errors.push({ batchIndex, message });
}

function asKafkaError(cause: unknown): unknown {
  if (cause instanceof CorruptRecordsError) {
    return new KafkaError(ErrorCode.INVALID_RECORD, cause.message, { cause });
  }
  if (cause instanceof DecompressedSizeError) {
    return new KafkaError(ErrorCode.MESSAGE_TOO_LARGE, cause.message, { cause });
  }
  if (cause instanceof CodecUnavailableError) {
    return new KafkaError(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, cause.message, { cause });
  }
  return cause;
}
