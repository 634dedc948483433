import type { Segment } from '../storage/manifest-format.js';
import { SEGMENT_FOOTER_BYTES, SEGMENT_HEADER_BYTES } from '../storage/segment-format.js';
import { indexFrom, latestOf } from './offset-order.js';

/** The segments of one partition that hold records at or above its log start. Immutable. */
export class SegmentList {
  /** Bytes of all batches. */
  readonly totalBytes: number;
  private readonly segments: readonly Segment[];

  /** @param segments in offset order, without overlap */
  constructor(segments: readonly Segment[], logStartOffset: number) {
    const first = indexFrom(segments, logStartOffset);
    this.segments = first === 0 ? segments : segments.slice(first);
    this.totalBytes = this.segments.reduce((sum, { sizeBytes }) => sum + bodyBytes(sizeBytes), 0);
  }

  /** The first segment that has records at or after `offset`. */
  from(offset: number): Segment | undefined {
    return this.segments[indexFrom(this.segments, offset)];
  }

  /** The earliest segment with the largest timestamp, of those with records at or after `offset`. */
  withMaxTimestamp(offset: number): Segment | undefined {
    return latestOf(this.segments, indexFrom(this.segments, offset));
  }

  startingAt(logStartOffset: number): SegmentList {
    return new SegmentList(this.segments, logStartOffset);
  }
}

function bodyBytes(sizeBytes: number): number {
  return sizeBytes - SEGMENT_HEADER_BYTES - SEGMENT_FOOTER_BYTES;
}
