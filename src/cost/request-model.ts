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
  /** Transactions in the metadata store per second: commits of WAL objects, merges and manifests. Groups come on top. */
  readonly metadataTransactions: number;
  /** How long records wait in the WAL for their segment, seconds. */
  readonly secondsInWal: number;
}

/** `.kfs`, `.index`, manifest. */
export const PUTS_PER_SEGMENT = 3;
/** Bytes that a reader of old data gets with one request (readahead). */
export const READ_BYTES = 8 * 1024 * 1024;
/** Segments that are merged into one, at least. */
const SEGMENTS_PER_MERGE = 8;
/** WAL objects that become one, and the size at which a merged one is left alone. */
const WAL_FAN_IN = 64;
const WAL_MERGED_BYTES = 64 * 1024 * 1024;
/** WAL objects that gather before they are merged when 64 of them are too large for one. */
const WAL_PATIENCE = 256;

export function requestRates(workload: Workload): RequestRates {
  const { brokers, settings } = workload;
  const bytes = workload.bytesPerSec / brokers;
  const partitions = workload.partitions / brokers;
  const wal = walPuts(workload, bytes);
  const secondsInWal = timeInWal(workload, bytes, partitions);
  const segments = partitions / secondsInWal;
  const merging = segmentMerges(segments, bytes / segments, settings.segmentBytes);
  const walMerging = walMerges(wal, bytes, secondsInWal);
  const recordsPerSegment = bytes / segments / workload.recordBytes;
  const readsPerSegment = Math.max(
    Math.min(walMerging.objectsLeft, recordsPerSegment),
    Math.ceil(bytes / segments / READ_BYTES),
  );
  const inMemory = bytes * secondsInWal <= settings.cacheBytes;
  return {
    puts: {
      wal: wal * brokers,
      walMerges: walMerging.puts * brokers,
      segments: segments * PUTS_PER_SEGMENT * brokers,
      segmentMerges: merging.merges * PUTS_PER_SEGMENT * brokers,
      retention: merging.segmentsLeft * brokers,
    },
    gets: {
      consumers: (workload.bytesPerSec * workload.consumers * workload.coldShare) / READ_BYTES,
      walMerges: walMerging.gets * brokers,
      segments: inMemory ? 0 : segments * readsPerSegment * brokers,
      segmentMerges: merging.gets * brokers,
    },
    metadataTransactions: (wal + walMerging.puts + segments + merging.merges + merging.segmentsLeft) * brokers,
    secondsInWal,
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

/**
 * Merges of WAL objects, level by level, while they are small and stay long enough for so many to gather.
 *
 * @returns `objectsLeft`: how many hold what is in the WAL, as a segment's reader finds them
 */
function walMerges(
  objectsPerSec: number,
  bytes: number,
  secondsInWal: number,
): { puts: number; gets: number; objectsLeft: number } {
  let [rate, puts, gets, waiting] = [objectsPerSec, 0, 0, 0];
  for (let level = 0; ; level += 1) {
    const size = bytes / rate;
    const fanIn = Math.min(WAL_FAN_IN, Math.floor(WAL_MERGED_BYTES / size));
    const gathered = fanIn < WAL_FAN_IN ? WAL_PATIENCE : WAL_FAN_IN;
    if (fanIn < 2 || rate * secondsInWal < gathered) break;
    // What was written just now is still in memory.
    if (level > 0) gets += rate;
    waiting += gathered / 2;
    rate /= fanIn;
    puts += rate;
  }
  return { puts, gets, objectsLeft: waiting + rate * secondsInWal };
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
