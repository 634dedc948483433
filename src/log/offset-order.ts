/** Something that holds records up to an offset. */
export interface OffsetRange {
  /** Inclusive. */
  readonly lastOffset: number;
}

/** Position of the first of `ranges` that ends at or after `offset`; their number when there is none. */
export function indexFrom(ranges: readonly OffsetRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as OffsetRange).lastOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What has a largest timestamp, ms since the Unix epoch. */
export interface Timestamped {
  readonly maxTimestamp: number;
}

/** The first of `items`, from position `from` on, with the largest timestamp. */
export function latestOf<T extends Timestamped>(items: readonly T[], from: number): T | undefined {
  let best = items[from];
  for (let index = from + 1; index < items.length; index += 1) {
    const item = items[index] as T;
    if (item.maxTimestamp > (best as T).maxTimestamp) best = item;
  }
  return best;
}
