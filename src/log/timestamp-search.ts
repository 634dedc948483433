import type { RecordBatch } from '../protocol/records/record-batch.js';
import { recordsOf } from '../protocol/records/records.js';
import type { Extent } from './extents.js';
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
 * @throws ObjectStoreError, CorruptBlockError when the log can't be read
 */
export async function firstRecordAtOrAfter(
  log: PartitionLog,
  timestamp: number,
): Promise<TimestampedOffset | undefined> {
  // By offset and not by position: extents at the beginning may be dropped meanwhile.
  for (let extent = log.index.at(0); extent !== undefined; extent = extentAfter(log, extent)) {
    if (extent.maxTimestamp < timestamp) continue;
    for (const batch of await log.batchesOf(extent)) {
      const found = firstInBatch(batch, timestamp, log.logStartOffset);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The first committed record with the largest timestamp (KIP-734), or undefined when the log is empty.
 *
 * @throws ObjectStoreError, CorruptBlockError when the log can't be read
 */
export async function recordWithMaxTimestamp(log: PartitionLog): Promise<TimestampedOffset | undefined> {
  const extent = log.index.withMaxTimestamp();
  if (extent === undefined) return undefined;
  const best = await latestInExtent(log, extent);
  if (extent.baseOffset >= log.logStartOffset) return best;
  // Some of this extent's records are deleted, perhaps those that made it the latest.
  const other = log.index.withMaxTimestamp(log.index.indexOf(extent.lastOffset + 1));
  if (other === undefined || (best !== undefined && best.timestamp >= other.maxTimestamp)) return best;
  return latestInExtent(log, other);
}

function extentAfter(log: PartitionLog, { lastOffset }: Extent): Extent | undefined {
  return log.index.at(log.index.indexOf(lastOffset + 1));
}

async function latestInExtent(log: PartitionLog, extent: Extent): Promise<TimestampedOffset | undefined> {
  const batches = await log.batchesOf(extent);
  const start = log.logStartOffset;
  const times = batches.map((batch) => (batch.baseOffset >= start ? batch.maxTimestamp : latestFrom(batch, start)));
  const latest = times.reduce((best, time, index) => (time > (times[best] as number) ? index : best), 0);
  const batch = batches[latest];
  return batch === undefined ? undefined : firstInBatch(batch, times[latest] as number, start);
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
