/** What a cluster is asked to do, and how its brokers are set up. One MB is 10^6 bytes, one MiB 2^20. */
export interface Workload {
  /** Record batches as they are produced (compressed, if producers compress), all brokers together, bytes per second. */
  readonly bytesPerSec: number;
  /** Average of a record as it is produced, bytes. */
  readonly recordBytes: number;
  /** Partitions that are written to, all alike. */
  readonly partitions: number;
  readonly brokers: number;
  readonly retentionDays: number;
  /** How many times everything is read: consumer groups, usually. */
  readonly consumers: number;
  /** Of what consumers read, the part that is no longer in the memory of a broker, 0 to 1. */
  readonly coldShare: number;
  readonly settings: CostSettings;
}

/** The broker's settings of the same names. */
export interface CostSettings {
  readonly writeBudgetPutsPerSec: number;
  readonly walObjectBytes: number;
  readonly segmentBytes: number;
  readonly compactAfterSec: number;
  readonly compactionPutsPerSec: number;
  readonly cacheBytes: number;
}

const MIB = 1024 * 1024;

export const defaultCostSettings: CostSettings = {
  writeBudgetPutsPerSec: 8,
  walObjectBytes: 8 * MIB,
  segmentBytes: 64 * MIB,
  compactAfterSec: 600,
  compactionPutsPerSec: 4,
  cacheBytes: 256 * MIB,
};

/** US dollars. */
export interface Prices {
  /** For each thousand PUT requests. */
  readonly putsPer1000: number;
  /** For each thousand GET requests. */
  readonly getsPer1000: number;
  /** For a GB (10^9 bytes) over a month. */
  readonly gbMonth: number;
}

/** S3 Standard in us-east-1, the first 50 TB. DELETE requests, and traffic within the region, cost nothing. */
export const defaultPrices: Prices = { putsPer1000: 0.005, getsPer1000: 0.0004, gbMonth: 0.023 };
