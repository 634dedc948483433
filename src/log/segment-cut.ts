import type { Segment } from '../storage/manifest-format.js';
import { segmentKeys } from '../storage/object-keys.js';
import { SEGMENT_FOOTER_BYTES, SEGMENT_HEADER_BYTES, SegmentFormatError } from '../storage/segment-format.js';
import type { SegmentIndex } from '../storage/segment-index.js';
import type { Block } from './blocks.js';

/** A committed segment, as far as readers need to know it. */
export interface SegmentRef {
  readonly key: string;
  readonly indexKey: string;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Of the whole object. */
  readonly sizeBytes: number;
}

/** Where a segment of a partition is. */
export function segmentRef(
  namespace: string,
  { topicName, partition }: { readonly topicName: string; readonly partition: number },
  segment: Segment,
): SegmentRef {
  const [key, indexKey] = segmentKeys(namespace, topicName, partition, segment);
  const { baseOffset, lastOffset, sizeBytes } = segment;
  return { key, indexKey, baseOffset, lastOffset, sizeBytes };
}

/** A part of a segment. */
export interface SegmentBlock extends Block {
  /** Set when the block was cut by the segment's index, which carries no checksum and may be wrong. */
  readonly indexed?: SegmentRef;
}

/** About the size of a block, bytes: a segment of 64 MiB takes seven requests, and one for its index. */
export const BLOCK_BYTES = 10 * 1024 * 1024;

/** Position after the last batch. */
export function bodyEnd({ sizeBytes }: SegmentRef): number {
  return sizeBytes - SEGMENT_FOOTER_BYTES;
}

/** All of a segment as one block. */
export function wholeSegment(segment: SegmentRef): SegmentBlock {
  const { key, baseOffset, lastOffset } = segment;
  const position = SEGMENT_HEADER_BYTES;
  return { object: { key }, position, length: bodyEnd(segment) - position, baseOffset, lastOffset };
}

/**
 * Cuts a segment into blocks at those entries of its index that make blocks of nearly {@link BLOCK_BYTES}.
 *
 * @throws SegmentFormatError when the index belongs to something else
 */
export function cutAtEntries(segment: SegmentRef, index: SegmentIndex): readonly SegmentBlock[] {
  assertBelongs(segment, index);
  const blocks: SegmentBlock[] = [];
  const end = { offset: segment.lastOffset + 1, position: bodyEnd(segment) };
  const cutAt = (i: number) => (i < index.entryCount ? index.entryAt(i) : end);
  for (let from = 0; from < index.entryCount;) {
    const start = index.entryAt(from);
    let to = from + 1;
    const distance = (i: number) => Math.abs(cutAt(i).position - start.position - BLOCK_BYTES);
    while (to < index.entryCount && distance(to + 1) <= distance(to)) to += 1;
    const stop = cutAt(to);
    blocks.push({
      object: { key: segment.key },
      position: start.position,
      length: stop.position - start.position,
      baseOffset: start.offset,
      lastOffset: stop.offset - 1,
      indexed: segment,
    });
    from = to;
  }
  return blocks;
}

function assertBelongs({ indexKey, ...segment }: SegmentRef, index: SegmentIndex): void {
  if (index.entryCount === 0) throw new SegmentFormatError(`${indexKey} has no entries`);
  const first = index.entryAt(0);
  const last = index.entryAt(index.entryCount - 1);
  const isWithin = last.offset <= segment.lastOffset && last.position < bodyEnd({ indexKey, ...segment });
  if (first.offset !== segment.baseOffset || first.position !== SEGMENT_HEADER_BYTES || !isWithin) {
    throw new SegmentFormatError(`${indexKey} does not fit ${segment.key}`);
  }
}
