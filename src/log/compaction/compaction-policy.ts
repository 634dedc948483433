/** How a partition is compacted. */
export interface CompactionLimits {
  /** Bytes of record batches that a segment holds at most; only a single extent that is larger makes a larger one. */
  readonly segmentBytes: number;
  /** Age at which records are compacted although they don't fill a segment, ms. */
  readonly maxAgeMs: number;
}

/** A run of committed batches that is in no segment yet. */
export interface UncompactedExtent {
  readonly baseOffset: number;
  /** Inclusive. */
  readonly lastOffset: number;
  /** Bytes. */
  readonly length: number;
}

/** What a partition has beyond its checkpoint. */
export interface Uncompacted {
  readonly checkpointOffset: number;
  readonly highWatermark: number;
  /** Bytes of the batches that are neither in a segment nor below the log start. */
  readonly bytes: number;
  /** When the oldest of them were written, ms since the Unix epoch; undefined when there are none. */
  readonly oldestAt: number | undefined;
}

/**
 * Why a partition is compacted: more than a segment has gathered (`size`), its records are old (`age`), or all that there
 * was beyond the checkpoint is below the log start (`skip`), so that the checkpoint moves and nothing is written.
 */
export type CompactionReason = 'size' | 'age' | 'skip';

/** What has gathered beyond a full segment when that is written: readers at the end find it in memory. */
const KEPT_SHARE = 1 / 8;

/** @param now ms since the Unix epoch */
export function compactionDue(
  backlog: Uncompacted,
  limits: CompactionLimits,
  now: number,
): CompactionReason | undefined {
  if (backlog.highWatermark <= backlog.checkpointOffset) return undefined;
  if (backlog.oldestAt === undefined) return 'skip';
  if (backlog.bytes >= limits.segmentBytes * (1 + KEPT_SHARE)) return 'size';
  return now - backlog.oldestAt >= limits.maxAgeMs ? 'age' : undefined;
}

/** How many of the extents, which follow each other, go into the next segment: at least one, if there is one. */
export function extentsForSegment(extents: Iterable<UncompactedExtent>, segmentBytes: number): number {
  let count = 0;
  let bytes = 0;
  for (const { length } of extents) {
    bytes += length;
    if (count > 0 && bytes > segmentBytes) break;
    count += 1;
  }
  return count;
}

/** A segment, as far as it matters for merging it. */
export interface MergeableSegment {
  readonly baseOffset: number;
  /** Inclusive. */
  readonly lastOffset: number;
  readonly sizeBytes: number;
}

/** Positions of neighbouring segments that become one: `[from, to)`. */
export interface MergeRange {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** Fewest segments that are merged: below, the requests would cost more than the segments do. */
export const MERGE_FACTOR = 8;

/**
 * The next segments to merge, or undefined when there is nothing that pays.
 *
 * Sizes fall into tiers, each {@link MERGE_FACTOR} times the one below, the highest ending at the full size. A merge takes
 * neighbours up to the end of some tier, at least {@link MERGE_FACTOR} of them and so many that they make a segment of a
 * higher tier. So a record is rewritten at most once per tier on its way to a full segment, and the result is never
 * larger than one.
 *
 * @param segments in offset order; segments between which offsets are missing are no neighbours
 * @param logStartOffset segments that end below it are about to be removed
 */
export function segmentsToMerge(
  segments: readonly MergeableSegment[],
  segmentBytes: number,
  logStartOffset: number,
): MergeRange | undefined {
  const first = firstEndingAtOrAfter(segments, logStartOffset);
  // The smallest first: they are the most, and what they make may be merged again.
  for (const tierEnd of tierEnds(segmentBytes)) {
    const range = rangeWithin(segments, first, tierEnd);
    if (range !== undefined) return range;
  }
  return undefined;
}

/** The first run of neighbours, none larger than `tierEnd`, that together are larger; as long as the next tier allows. */
function rangeWithin(segments: readonly MergeableSegment[], first: number, tierEnd: number): MergeRange | undefined {
  let found: MergeRange | undefined;
  let from = first;
  let bytes = 0;
  for (let at = first; at < segments.length; at += 1) {
    const { sizeBytes, baseOffset } = segments[at] as MergeableSegment;
    const follows = at === from || (segments[at - 1] as MergeableSegment).lastOffset + 1 === baseOffset;
    const fits = sizeBytes <= tierEnd && bytes + sizeBytes <= tierEnd * MERGE_FACTOR;
    if (found !== undefined && !(follows && fits)) return found;
    if (!follows || sizeBytes > tierEnd) {
      from = sizeBytes > tierEnd ? at + 1 : at;
      bytes = 0;
    }
    if (sizeBytes > tierEnd) continue;
    bytes += sizeBytes;
    if (bytes > tierEnd && at + 1 - from >= MERGE_FACTOR) found = { from, to: at + 1, bytes };
  }
  return found;
}

/** Smallest tier that is told apart from those below, bytes: what is smaller costs a request, whatever its size. */
const SMALLEST_TIER_BYTES = 1024;

/** Largest sizes of the tiers below the highest, ascending. */
function tierEnds(segmentBytes: number): number[] {
  const ends: number[] = [];
  for (let end = segmentBytes / MERGE_FACTOR; end >= SMALLEST_TIER_BYTES || ends.length === 0; end /= MERGE_FACTOR) {
    ends.unshift(end);
  }
  return ends;
}

function firstEndingAtOrAfter(segments: readonly MergeableSegment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle] as MergeableSegment).lastOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
