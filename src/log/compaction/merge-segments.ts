import type { Segment } from '../../storage/manifest-format.js';
import { segmentKey } from '../../storage/object-keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { decodeSegment, SegmentFormatError } from '../../storage/segment-format.js';
import { SegmentLayoutBuilder, type SegmentLayout } from './segment-layout.js';
import type { SegmentOwner } from './write-segment.js';

/**
 * Reads neighbouring segments whole, one after the other, and lays them out as one.
 *
 * @param createdAt ms since the Unix epoch
 * @throws ObjectStoreError when one can't be read now, ObjectNotFoundError when it is gone
 * @throws SegmentFormatError when one is damaged, or is not the one that the manifest means
 * @throws the signal's reason when it is aborted
 */
export async function layOutMerged(
  store: ObjectStore,
  namespace: string,
  { topicName, partition }: SegmentOwner,
  segments: readonly Segment[],
  createdAt: number,
  signal: AbortSignal,
): Promise<SegmentLayout> {
  const builder = new SegmentLayoutBuilder();
  for (const segment of segments) {
    const key = segmentKey(namespace, topicName, partition, segment);
    const bytes = await store.read(key, { start: 0, length: segment.sizeBytes }, { signal });
    const { body, bodyCrc32c, baseOffset, lastOffset } = decodeSegment(bytes, key);
    if (baseOffset !== segment.baseOffset || lastOffset !== segment.lastOffset) {
      throw new SegmentFormatError(
        `${key} holds offsets ${baseOffset} to ${lastOffset}, the manifest says ${segment.baseOffset} to ${segment.lastOffset}`,
      );
    }
    builder.addBatches(body, bodyCrc32c);
  }
  return builder.build(createdAt);
}
