import type { Logger } from '../logging/logger.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Clock } from '../time/clock.js';
import type { ReadObserver } from './block-reader.js';
import type { OpenerObserver } from './partition-opener.js';
import type { MergeLimits } from './wal-merging/merge-policy.js';
import type { MergeObserver } from './wal-merging/wal-merger.js';
import type { WalObserver } from './wal-writer.js';

export interface LogOptions {
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** Size at which a WAL object is sealed, bytes. */
  readonly walObjectBytes: number;
  /** Linger time of the group commit, ms. */
  readonly flushIntervalMs: number;
  /** Objects written per second at most, but for full ones. */
  readonly writeBudgetPerSecond: number;
  /** Bound of tail cache and block cache together, bytes. */
  readonly cacheBytes: number;
  readonly maxConcurrentUploads: number;
  readonly maxConcurrentReads: number;
  /** Most bytes read ahead of a reader who reads block after block; a quarter of the block cache in any case. */
  readonly readaheadBytes: number;
  /** Most partitions that are opened at once. */
  readonly maxConcurrentOpenings: number;
  /** Which WAL objects are merged; the default is for production. */
  readonly mergeLimits?: MergeLimits;
}

/** The part of an incarnation that the log needs. */
export interface LogIncarnation {
  readonly id: string;
  readonly brokerId: number;
  /** The bytes of its commit record, as registered. */
  readonly commitRecord: Buffer;
  /** Whether the lease surely lives, by our own clock. */
  isLive(): boolean;
}

export interface LogDependencies {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** How far this broker has brought the metadata store: WAL objects say so, for those that find them later. */
  readonly writtenRevision?: () => number;
  readonly observer?: WalObserver & OpenerObserver;
  readonly mergeObserver?: MergeObserver;
  readonly readObserver?: ReadObserver;
}
