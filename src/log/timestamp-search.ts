import type { RecordBatch } from '../protocol/records/record-batch.js';
import { recordsOf } from '../protocol/records/records.js';
import type { LogPart, PartitionLog } from './partition-log.js';

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
 * @throws ObjectStoreError, CorruptBlockError, SegmentFormatError when the log can't be read
 */
export async function firstRecordAtOrAfter(
  log: PartitionLog,
  timestamp: number,
): Promise<TimestampedOffset | undefined> {
  // By offset and not by position: parts are dropped at the beginning, and replaced, meanwhile.
  for (let part = log.partFrom(log.logStartOffset); part !== undefined; part = log.partFrom(part.lastOffset + 1)) {
    if (part.maxTimestamp < timestamp) continue;
    for (const block of await log.blocksOf(part)) {
      for (const batch of await log.batchesOf(block)) {
        const found = firstInBatch(batch, timestamp, log.logStartOffset);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

/**
 * The first committed record with the largest timestamp (KIP-734), or undefined when the log is empty.
 *
 * @throws ObjectStoreError, CorruptBlockError, SegmentFormatError when the log can't be read
 */
export async function recordWithMaxTimestamp(log: PartitionLog): Promise<TimestampedOffset | undefined> {
  const part = log.partWithMaxTimestamp(log.logStartOffset);
  if (part === undefined) return undefined;
  const best = await latestInPart(log, part);
  if (part.baseOffset >= log.logStartOffset) return best;
  // Some of this part's records are deleted, perhaps those that made it the latest.
  const other = log.partWithMaxTimestamp(part.lastOffset + 1);
  if (other === undefined || (best !== undefined && best.timestamp >= other.maxTimestamp)) return best;
  return latestInPart(log, other);
}

async function latestInPart(log: PartitionLog, part: LogPart): Promise<TimestampedOffset | undefined> {
  let latest: { readonly batch: RecordBatch; readonly timestamp: number } | undefined;
  const start = log.logStartOffset;
  for (const block of await log.blocksOf(part)) {
    for (const batch of await log.batchesOf(block)) {
      const timestamp = batch.baseOffset >= start ? batch.maxTimestamp : latestFrom(batch, start);
      if (latest === undefined || timestamp > latest.timestamp) latest = { batch, timestamp };
    }
  }
  return latest && firstInBatch(latest.batch, latest.timestamp, start);
}

/** The largest timestamp in a batch of the records from an offset on; −∞ when there are none. */
function latestFrom(batch: RecordBatch, start: number): number {
  if (batch.lastOffset < start) return -Infinity;
  if (batch.timestampType === 'LogAppendTime') return batch.maxTimestamp;
  let latest = -Infinity;
  for (const { offset, timestamp } of recordsOf(batch)) if (offset >= start) latest = Math.max(latest, timestamp);
  return latest;
}

/** @param start records below it don't count */
function firstInBatch(batch: RecordBatch, timestamp: number, start: number): TimestampedOffset | undefined {
  if (batch.maxTimestamp < timestamp || batch.lastOffset < start) return undefined;
  const leaderEpoch = batch.partitionLeaderEpoch;
  if (batch.timestampType === 'LogAppendTime') {
    return { offset: Math.max(batch.baseOffset, start), timestamp: batch.maxTimestamp, leaderEpoch };
  }
  for (const { offset, timestamp: time } of recordsOf(batch)) {
    if (offset >= start && time >= timestamp) return { offset, timestamp: time, leaderEpoch };
  }
  // The header promised more than the records hold: the search goes on behind this batch.
  return undefined;
}
