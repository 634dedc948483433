import type { RecordBatch } from '../protocol/records/record-batch.js';
import { recordsOf } from '../protocol/records/records.js';
import type { PartitionLog } from './partition-log.js';

/** A record found by its timestamp. */
export interface TimestampedOffset {
  readonly offset: number;
  /** ms since the Unix epoch. */
  readonly timestamp: number;
  /** Leader epoch under which the record was appended. */
  readonly leaderEpoch: number;
}

/**
 * The first committed record whose timestamp is at or after `timestamp` (KIP-79), or undefined when there is none.
 *
 * @throws ObjectStoreError, CorruptExtentError when the log can't be read
 */
export async function firstRecordAtOrAfter(
  log: PartitionLog,
  timestamp: number,
): Promise<TimestampedOffset | undefined> {
  for (let index = 0; index < log.index.length; index += 1) {
    const extent = log.index.at(index);
    if (extent === undefined || extent.maxTimestamp < timestamp) continue;
    for (const batch of await log.batchesOf(extent)) {
      const found = firstInBatch(batch, timestamp);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The first committed record with the largest timestamp (KIP-734), or undefined when the log is empty.
 *
 * @throws ObjectStoreError, CorruptExtentError when the log can't be read
 */
export async function recordWithMaxTimestamp(log: PartitionLog): Promise<TimestampedOffset | undefined> {
  const extent = log.index.withMaxTimestamp();
  if (extent === undefined) return undefined;
  let best: RecordBatch | undefined;
  for (const batch of await log.batchesOf(extent)) {
    if (best === undefined || batch.maxTimestamp > best.maxTimestamp) best = batch;
  }
  return best === undefined ? undefined : firstInBatch(best, best.maxTimestamp);
}

function firstInBatch(batch: RecordBatch, timestamp: number): TimestampedOffset | undefined {
  if (batch.maxTimestamp < timestamp) return undefined;
  const leaderEpoch = batch.partitionLeaderEpoch;
  if (batch.timestampType === 'LogAppendTime') {
    return { offset: batch.baseOffset, timestamp: batch.maxTimestamp, leaderEpoch };
  }
  for (const record of recordsOf(batch)) {
    if (record.timestamp >= timestamp) return { offset: record.offset, timestamp: record.timestamp, leaderEpoch };
  }
  // The header promised more than the records hold: the search goes on behind this batch.
  return undefined;
}
