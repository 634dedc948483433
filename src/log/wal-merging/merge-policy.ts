/** A WAL object, or one that took the place of several, as the policy sees it. */
export interface MergeCandidate {
  /** Sequences that it holds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Bytes that a merge would have to write again: of entries that are not below their partition's checkpoint. */
  readonly neededBytes: number;
}

export interface MergeLimits {
  /** How many objects of one level become one of the next, 2 or more. */
  readonly fanIn: number;
  /** Most bytes of batches in a merged object. */
  readonly targetBytes: number;
  /**
   * How many objects of one level may gather when {@link fanIn} of them are more than {@link targetBytes}: large objects
   * hold busy partitions, whose records are likely to be in segments soon, so that they need not be written twice.
   */
  readonly patience: number;
  /** How many objects are committed from one look for what could be merged to the next. Default: 16. */
  readonly lookEvery?: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_MERGE_LIMITS: MergeLimits = { fanIn: 64, targetBytes: 64 * MIB, patience: 256 };

/** Positions in the list that was given: `[start, end)`, two objects or more. */
export interface PlannedMerge {
  readonly start: number;
  readonly end: number;
}

/**
 * Which neighbours to merge next, so that few objects are left to read at a restart and each byte is written again about
 * once per level.
 *
 * An object that covers n sequences is of level log(n) to the base of the fan-in. One that is half as large as a merged
 * object may be is full, and left alone until compaction has shrunk it. Neighbours are merged when
 * - `fanIn` of one level follow each other, or `patience` of them when they are large: the oldest ones;
 * - one of a lower level precedes one of a higher or a full one. It can't become part of a run any more.
 *
 * When there is nothing left to merge, objects are at most two for each full one and, behind the last full one, fewer than
 * `fanIn` (`patience` where they are large) of each level.
 *
 * @param objects in the order of their sequences, without gaps
 */
export function nextMerge(objects: readonly MergeCandidate[], limits: MergeLimits): PlannedMerge | undefined {
  const first = objects.findIndex((object) => object.neededBytes > 0);
  // What nobody needs at the front is about to be removed.
  if (first < 0) return undefined;
  const ranks = objects.map((object) => rankOf(object, limits));
  return disorder(objects, ranks, first, limits) ?? longRun(objects, ranks, first, limits);
}

/** The level, or infinity for a full object. */
function rankOf({ from, to, neededBytes }: MergeCandidate, { fanIn, targetBytes }: MergeLimits): number {
  if (neededBytes * 2 >= targetBytes) return Infinity;
  let level = 0;
  for (let size = to - from + 1; size >= fanIn; size = Math.floor(size / fanIn)) level += 1;
  return level;
}

/** Objects that precede one of a higher rank, together with it unless it is full. */
function disorder(
  objects: readonly MergeCandidate[],
  ranks: readonly number[],
  first: number,
  limits: MergeLimits,
): PlannedMerge | undefined {
  for (let next = first + 1; next < ranks.length; next += 1) {
    const rank = ranks[next] as number;
    let start = next;
    while (start > first && (ranks[start - 1] as number) < rank) start -= 1;
    const end = rank === Infinity ? next : next + 1;
    if (start < next && end - start >= 2) return fitting(objects, start, end, limits);
  }
  return undefined;
}

/** The oldest objects of a run of one level that is long enough. */
function longRun(
  objects: readonly MergeCandidate[],
  ranks: readonly number[],
  first: number,
  limits: MergeLimits,
): PlannedMerge | undefined {
  for (let start = first; start < ranks.length;) {
    let end = start + 1;
    while (ranks[end] === ranks[start]) end += 1;
    if (ranks[start] !== Infinity && end - start >= limits.fanIn) {
      const merge = fitting(objects, start, start + limits.fanIn, limits);
      if (merge.end - merge.start === limits.fanIn || end - start >= limits.patience) return merge;
    }
    start = end;
  }
  return undefined;
}

/** As many of `[start, end)` as a merged object may hold. Two that are not full always fit. */
function fitting(
  objects: readonly MergeCandidate[],
  start: number,
  end: number,
  { targetBytes }: MergeLimits,
): PlannedMerge {
  let bytes = 0;
  let fit = start;
  for (; fit < end; fit += 1) {
    bytes += objects[fit]?.neededBytes ?? 0;
    if (bytes > targetBytes) break;
  }
  return { start, end: fit };
}
