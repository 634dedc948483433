import { randomBytes } from 'node:crypto';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';

const RECORD_BYTES = 1024;
/** Attributes, deltas, lengths, and the offset in long batches. */
const RECORD_OVERHEAD_BYTES = 10;
const BATCH_OVERHEAD_BYTES = 61;

/** An uncompressed batch of about this size, with records of 1 KiB that no codec makes smaller. */
export function batchOfSize(bytes: number): Buffer {
  const count = Math.max(1, Math.floor((bytes - BATCH_OVERHEAD_BYTES) / (RECORD_BYTES + RECORD_OVERHEAD_BYTES)));
  const timestamp = Date.now();
  const records = Array.from({ length: count }, () => ({ timestamp, value: randomBytes(RECORD_BYTES) }));
  return buildRecordBatch({ records });
}

/** A batch of one small record. */
export function batchOfOne(value: string): Buffer {
  return buildRecordBatch({ records: [{ timestamp: Date.now(), value }] });
}
