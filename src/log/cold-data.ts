import { blockKey } from './blocks.js';
import type { SegmentBlock, SegmentRef } from './segment-cut.js';

/** What a read needs and is not in memory: how a segment is cut into blocks, or the batches of a block. */
export type ColdData = { readonly segment: SegmentRef } | { readonly block: SegmentBlock };

/** What tells it from all other data. */
export function coldKey(cold: ColdData): string {
  return 'segment' in cold ? cold.segment.key : blockKey(cold.block);
}

/**
 * What one reader has had loaded, whatever caches have dropped since, or never had room for: so that each of its reads
 * gets further than the last.
 */
export class LoadedData {
  /** By the keys of segments. */
  readonly blocks = new Map<string, readonly SegmentBlock[]>();
  /** By {@link blockKey}. */
  readonly batches = new Map<string, readonly Buffer[]>();
}
