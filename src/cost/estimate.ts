import { requestRates, type RequestRates } from './request-model.js';
import type { Prices, Workload } from './workload.js';

/** What a workload costs on the object store. Money in US dollars. */
export interface CostEstimate {
  readonly rates: RequestRates;
  readonly putsPerSec: number;
  readonly getsPerSec: number;
  /** In the bucket, once the retention time has gone by, bytes: segments, and the WAL until it is compacted. */
  readonly storedBytes: number;
  readonly perMonth: { readonly puts: number; readonly gets: number; readonly storage: number; readonly total: number };
  /** Requests alone; what storage costs depends on how long records are kept. */
  readonly requestsPerMillionRecords: number;
}

const SECONDS_PER_DAY = 86_400;
/** 730 hours, as in the price lists. */
export const SECONDS_PER_MONTH = 730 * 3600;
/** Replaced objects stay this long, seconds. */
const GRACE_SEC = 3600;
/** An index entry for at most every hundred records. */
const INDEX_BYTES_PER_RECORD = 12 / 100;

/** @throws RangeError when a number of the workload is not finite, not positive, or (cold share) not from 0 to 1 */
export function estimateCost(workload: Workload, prices: Prices): CostEstimate {
  assertWorkload(workload);
  const rates = requestRates(workload);
  const putsPerSec = sum(rates.puts);
  const getsPerSec = sum(rates.gets);
  const storedBytes = bytesStored(workload, rates);
  const puts = (putsPerSec * SECONDS_PER_MONTH * prices.putsPer1000) / 1000;
  const gets = (getsPerSec * SECONDS_PER_MONTH * prices.getsPer1000) / 1000;
  const storage = (storedBytes / 1e9) * prices.gbMonth;
  const recordsPerMonth = (workload.bytesPerSec / workload.recordBytes) * SECONDS_PER_MONTH;
  return {
    rates,
    putsPerSec,
    getsPerSec,
    storedBytes,
    perMonth: { puts, gets, storage, total: puts + gets + storage },
    requestsPerMillionRecords: ((puts + gets) / recordsPerMonth) * 1e6,
  };
}

function bytesStored(workload: Workload, { secondsInWal, puts }: RequestRates): number {
  const { bytesPerSec, recordBytes, retentionDays } = workload;
  const inSegments = bytesPerSec * (1 + INDEX_BYTES_PER_RECORD / recordBytes) * retentionDays * SECONDS_PER_DAY;
  // Merged objects are there twice while the grace period of what they replace lasts.
  const copies = 1 + (puts.walMerges > 0 ? 1 : 0) + (puts.segmentMerges > 0 ? 1 : 0);
  return inSegments + bytesPerSec * (secondsInWal + GRACE_SEC * copies);
}

function assertWorkload(workload: Workload): void {
  const { settings, coldShare, consumers, retentionDays, ...positive } = workload;
  for (const [name, value] of Object.entries({ ...positive, ...settings })) {
    if (name !== 'cacheBytes' && !(Number.isFinite(value) && value > 0)) {
      throw new RangeError(`${name} must be a number above 0, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries({ consumers, retentionDays, coldShare })) {
    if (!(Number.isFinite(value) && value >= 0)) throw new RangeError(`${name} must be a number from 0, got ${value}`);
  }
  if (coldShare > 1) throw new RangeError(`coldShare must be at most 1, got ${coldShare}`);
  if (workload.partitions < workload.brokers) throw new RangeError('there must be a partition for each broker');
}

function sum(rates: Readonly<Record<string, number>>): number {
  return Object.values(rates).reduce((total, rate) => total + rate, 0);
}
