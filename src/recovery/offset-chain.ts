import type { WalEntry } from '../storage/wal-format.js';

/** Offsets that should be there and are in no object. */
export interface OffsetGap {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface OffsetChain<Extent> {
  /** Extents in offset order that cover everything from the start on, but for the gaps. Neighbours may overlap. */
  readonly extents: readonly Extent[];
  readonly endOffset: number;
  readonly gaps: readonly OffsetGap[];
}

type Position = Pick<WalEntry, 'leaderEpoch' | 'baseOffset' | 'lastOffset'>;

/**
 * Puts the extents of a partition in the order in which they are its log: committed ones, merged copies of them, and
 * what leaders wrote who had been replaced already.
 *
 * A new leader begins where the last one's commits end, so what an older epoch wrote from there on never counted (I4).
 * What counted and what merely was uploaded by the last leader can't be told apart, and both are kept: an
 * acknowledged record is surely among them (I1).
 *
 * @param start what is below is known already
 * @param startEpoch the leader epoch of what is known already
 * @param mayBeUncommitted whether an extent may have been uploaded without the ones before it; then offsets that are
 *   missing before it were never acknowledged, and neither was it
 */
export function chainExtents<Extent extends Position>(
  extents: readonly Extent[],
  start: number,
  startEpoch: number,
  mayBeUncommitted: (extent: Extent) => boolean,
): OffsetChain<Extent> {
  const valid = withoutDeposed(extents.filter(({ leaderEpoch }) => leaderEpoch >= startEpoch));
  valid.sort((a, b) => a.baseOffset - b.baseOffset || b.lastOffset - a.lastOffset);
  const chain: Extent[] = [];
  const gaps: OffsetGap[] = [];
  let next = start;
  let at = 0;
  while (at < valid.length) {
    let best: Extent | undefined;
    for (let extent = valid[at]; extent !== undefined && extent.baseOffset <= next; extent = valid[(at += 1)]) {
      if (extent.lastOffset >= next && extent.lastOffset > (best?.lastOffset ?? -1)) best = extent;
    }
    if (best !== undefined) {
      chain.push(best);
      next = best.lastOffset + 1;
      continue;
    }
    const beyond = valid[at];
    if (beyond === undefined) break;
    if (mayBeUncommitted(beyond)) {
      at += 1;
    } else {
      gaps.push({ from: next, to: beyond.baseOffset });
      next = beyond.baseOffset;
    }
  }
  return { extents: chain, endOffset: next, gaps };
}

/** Without what an epoch wrote at or after the place where a later one begins. */
function withoutDeposed<Extent extends Position>(extents: readonly Extent[]): Extent[] {
  const newestFirst = [...extents].sort((a, b) => b.leaderEpoch - a.leaderEpoch);
  const kept: Extent[] = [];
  let laterEpochsBegin = Infinity;
  let begin = Infinity;
  let epoch: number | undefined;
  for (const extent of newestFirst) {
    if (extent.leaderEpoch !== epoch) {
      laterEpochsBegin = Math.min(laterEpochsBegin, begin);
      epoch = extent.leaderEpoch;
    }
    if (extent.baseOffset >= laterEpochsBegin) continue;
    kept.push(extent);
    begin = Math.min(begin, extent.baseOffset);
  }
  return kept;
}
