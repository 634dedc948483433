import type { Workload } from './workload.js';

/**
 * How many requests a steady load takes: the whole model of what is written and read, as docs/cost.md explains it.
 *
 * It assumes that the load is the same at all times and in all partitions, that brokers lead equally many, and that
 * nothing fails. Where the truth depends on what happens to coincide, it takes the larger number.
 */
export interface RequestRates {
  /** PUT requests per second of all brokers, by what they are for. */
  readonly puts: {
    readonly wal: number;
    readonly walMerges: number;
    /** `.kfs`, `.index` and manifest of segments from the WAL. */
    readonly segments: number;
    /** The same of segments that are merged from smaller ones. */
    readonly segmentMerges: number;
    /** Manifests that drop what retention has removed. */
    readonly retention: number;
  };
  /** GET requests per second of all brokers, by who reads. */
  readonly gets: {
    readonly consumers: number;
    readonly walMerges: number;
    readonly segments: number;
    readonly segmentMerges: number;
  };
  /** Writing transactions in the metadata store per second: of WAL objects, merges and manifests. Groups come on top. */
  readonly metadataTransactions: number;
  /** How long records wait in the WAL for their segment, seconds. */
  readonly secondsInWal: number;
  /** Whether partitions would have too many runs of records in the WAL, and are compacted beyond the budget instead (I6). */
  readonly compactsBeyondBudget: boolean;
}

/** `.kfs`, `.index`, manifest. */
export const PUTS_PER_SEGMENT = 3;
/** Bytes that a reader of old data gets with one request (readahead). */
export const READ_BYTES = 8 * 1024 * 1024;
/** Segments that are merged into one, at least. */
const SEGMENTS_PER_MERGE = 8;
/** How WAL objects are merged, see docs/design/009-merging-the-wal.md. */
export interface WalMergeModel {
  /** Objects that become one. */
  readonly fanIn: number;
  /** Most bytes of a merged object; no more than a quarter of `CACHE_BYTES`, or 1 MiB. */
  readonly targetBytes: number;
  /** Objects that gather before they are merged when `fanIn` of them are too large for one. */
  readonly patience: number;
}

/**
 * Merged objects shrink as their partitions are compacted, and two that are half empty become one. Over the time that records
 * stay, that makes one more write for each, and of the older half there are a quarter as many, and so on.
 */
const SHRINKING = 2 / 3;

const WAL_MERGING: WalMergeModel = { fanIn: 64, targetBytes: 64 * 1024 * 1024, patience: 256 };
/** Runs of records that all partitions of a broker together may have in the WAL before more is compacted than the budget. */
const MAX_EXTENTS = 1_000_000;

/** @param merging another than production's, for tests */
export function requestRates(workload: Workload, merging = WAL_MERGING): RequestRates {
  const { brokers, settings } = workload;
  const bytes = workload.bytesPerSec / brokers;
  const partitions = workload.partitions / brokers;
  const records = workload.bytesPerSec / workload.recordBytes / workload.partitions;
  const wal = walPuts(workload, bytes);
  const uncapped = timeInWal(workload, bytes, partitions);
  const limits = {
    ...merging,
    targetBytes: Math.min(merging.targetBytes, Math.max(1024 * 1024, settings.cacheBytes / 4)),
  };
  const walMerging = walMerges(wal, bytes, uncapped, limits, settings.cacheBytes / 2);
  const secondsInWal = Math.min(uncapped, timeOfExtents(walMerging, records, partitions));
  const segments = partitions / secondsInWal;
  const segmentMerging = segmentMerges(segments, bytes / segments, settings.segmentBytes);
  const inMemory = bytes * secondsInWal <= settings.cacheBytes / 2;
  const readsPerSegment = Math.max(
    readsIn(walMerging, secondsInWal, records) - readsIn(walMerging, walMerging.secondsInMemory, records),
    Math.ceil(bytes / segments / READ_BYTES),
  );
  return {
    puts: {
      wal: wal * brokers,
      walMerges: walMerging.puts * brokers,
      segments: segments * PUTS_PER_SEGMENT * brokers,
      segmentMerges: segmentMerging.merges * PUTS_PER_SEGMENT * brokers,
      retention: segmentMerging.segmentsLeft * brokers,
    },
    gets: {
      consumers: (workload.bytesPerSec * workload.consumers * workload.coldShare) / READ_BYTES,
      walMerges: walMerging.gets * brokers,
      segments: inMemory ? 0 : segments * readsPerSegment * brokers,
      segmentMerges: segmentMerging.gets * brokers,
    },
    metadataTransactions:
      (wal + walMerging.puts + segments + segmentMerging.merges + segmentMerging.segmentsLeft) * brokers,
    secondsInWal,
    compactsBeyondBudget: secondsInWal < uncapped,
  };
}

/** Objects of one broker per second: as many as records or the write budget allow, or else full ones. */
function walPuts({ recordBytes, settings }: Workload, bytes: number): number {
  return Math.max(Math.min(settings.writeBudgetPutsPerSec, bytes / recordBytes), bytes / settings.walObjectBytes);
}

/** Until a segment is full; or until its records are old enough and the budget of writes gets round to it. */
function timeInWal({ settings }: Workload, bytes: number, partitions: number): number {
  const full = (settings.segmentBytes * partitions) / bytes;
  const putsPerSegment = PUTS_PER_SEGMENT * (1 + 1 / (SEGMENTS_PER_MERGE - 1));
  const turn = (partitions * putsPerSegment) / settings.compactionPutsPerSec;
  return Math.min(full, Math.max(settings.compactAfterSec, turn));
}

/** Objects that follow each other in the WAL, and how long they took to write, seconds. */
interface WalStretch {
  readonly objects: number;
  readonly seconds: number;
}

interface WalMerging {
  readonly puts: number;
  readonly gets: number;
  /** Objects that wait to be merged, the newest first. */
  readonly waiting: readonly WalStretch[];
  /** Objects per second that are merged no further. */
  readonly fullPerSec: number;
  /** What was written in so many seconds is still in memory when a partition is compacted. */
  readonly secondsInMemory: number;
}

/** Merges of WAL objects, level by level, while they are small and stay long enough for so many to gather. */
function walMerges(
  objectsPerSec: number,
  bytes: number,
  secondsInWal: number,
  { fanIn: most, targetBytes, patience }: WalMergeModel,
  tailCacheBytes: number,
): WalMerging {
  let [rate, puts, gets] = [objectsPerSec, 0, 0];
  const waiting: WalStretch[] = [];
  const secondsCached = tailCacheBytes / bytes;
  for (;;) {
    const fanIn = Math.min(most, Math.floor((targetBytes * rate) / bytes));
    const gathered = fanIn < most ? patience : most;
    if (fanIn < 2 || rate * secondsInWal < gathered) break;
    // The oldest are merged: what was written just now is still in memory.
    if (gathered > rate * secondsCached) gets += rate;
    const objects = gathered - fanIn / 2;
    waiting.push({ objects, seconds: objects / rate });
    rate /= fanIn;
    puts += rate;
  }
  const [newest] = waiting;
  if (newest === undefined) return { puts, gets, waiting, fullPerSec: rate, secondsInMemory: 0 };
  return {
    puts: puts + rate,
    gets: gets + 2 * rate * Math.ceil(bytes / rate / READ_BYTES),
    waiting,
    fullPerSec: rate * SHRINKING,
    secondsInMemory: Math.min(secondsCached, newest.seconds),
  };
}

/** In how many of the objects of so many seconds a partition has records, when each gets as many different ones as it can. */
function readsIn({ waiting, fullPerSec }: WalMerging, seconds: number, recordsPerSec: number): number {
  let [reads, left] = [0, seconds];
  for (const stretch of waiting) {
    const taken = Math.min(left, stretch.seconds);
    reads += Math.min((stretch.objects * taken) / stretch.seconds, taken * recordsPerSec);
    left -= taken;
  }
  return reads + left * Math.min(fullPerSec, recordsPerSec);
}

/** How long records may stay in the WAL so that partitions, on average half way to their next segment, have few extents. */
function timeOfExtents(merging: WalMerging, recordsPerSec: number, partitions: number): number {
  let [low, high] = [1, 1e9];
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high);
    if ((partitions / 2) * readsIn(merging, middle, recordsPerSec) > MAX_EXTENTS) high = middle;
    else low = middle;
  }
  return high;
}

/** Merges of segments, eight by eight, until they are larger than an eighth of a full one. */
function segmentMerges(
  segmentsPerSec: number,
  sizeBytes: number,
  fullBytes: number,
): { merges: number; gets: number; segmentsLeft: number } {
  let [rate, size, merges, gets] = [segmentsPerSec, sizeBytes, 0, 0];
  for (; size * SEGMENTS_PER_MERGE <= fullBytes; size *= SEGMENTS_PER_MERGE) {
    gets += rate * Math.ceil(size / READ_BYTES);
    rate /= SEGMENTS_PER_MERGE;
    merges += rate;
  }
  return { merges, gets, segmentsLeft: rate };
}
