import type { Manifest, Segment } from '../../storage/manifest-format.js';
import { segmentKeys } from '../../storage/object-keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Clock } from '../../time/clock.js';
import type { Backlog } from '../committed-log.js';
import type { Extent } from '../extents.js';
import type { ManifestChange } from '../manifest-change.js';
import { extentsForSegment, type MergeRange } from './compaction-policy.js';
import { gatherBatches, type LoadExtent, type OffsetRange } from './gather-batches.js';
import { layOutMerged } from './merge-segments.js';
import { SegmentLayoutBuilder } from './segment-layout.js';
import type { SegmentOwner, SegmentWriter } from './write-segment.js';

/** What compaction asks of a partition's log. */
export interface CompactablePartition extends SegmentOwner {
  readonly topicId: string;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly manifest: Manifest;
  readonly backlog: Backlog;
  /** Whether this broker still leads it: what somebody else leads may be gone before it is read here. */
  readonly isLeading: boolean;
  /** The committed extents that have records at or above the checkpoint, in offset order, also below the log start. */
  uncompacted(): readonly Extent[];
}

export interface CompactionStores<P extends CompactablePartition> {
  readonly objects: ObjectStore;
  readonly namespace: string;
  readonly writer: SegmentWriter;
  readonly clock: Clock;
  readonly load: LoadExtent;
  /**
   * Whether objects of a deleted topic with this name are still being deleted: a segment with a name that one of them may
   * have had would be deleted with them.
   */
  readonly hasDeletedNamesake: (topicName: string) => Promise<boolean>;
  /** Changes the manifest of a partition, see {@link PartitionManifest.commit}. */
  commit(partition: P, change: (current: Manifest) => ManifestChange | undefined): Promise<unknown>;
}

/** What a job has done. */
export interface CompactionResult {
  /** Undefined when none was needed. */
  readonly segment: Segment | undefined;
  /** Segments that it stands for. */
  readonly merged: number;
}

/**
 * Turns what is beyond the checkpoint into one segment, or as much as it holds. What is below the log start is passed
 * over: when all is, the checkpoint moves and no segment is written.
 *
 * The segment is stored, then the manifest names it, then readers are told: a crash between any two steps leaves an
 * orphan at most (I1, I2).
 *
 * @returns undefined when there was nothing to do, or something else has changed the partition meanwhile
 * @throws ObjectStoreError when a store fails; nothing has changed then
 * @throws Error when the batches are not those that were written (I3)
 */
export async function compactExtents<P extends CompactablePartition>(
  stores: CompactionStores<P>,
  partition: P,
  segmentBytes: number,
  signal: AbortSignal,
): Promise<CompactionResult | undefined> {
  const { checkpointOffset } = partition.manifest;
  const { logStartOffset } = partition;
  const all = partition.uncompacted();
  const kept = all.filter(({ lastOffset }) => lastOffset >= logStartOffset);
  const chosen = kept.slice(0, extentsForSegment(kept, segmentBytes));
  const end = ((chosen.length > 0 ? chosen : all).at(-1)?.lastOffset ?? -1) + 1;
  if (end <= checkpointOffset) return undefined;
  const from = Math.max(checkpointOffset, chosen[0]?.baseOffset ?? 0);
  const segment = chosen.length === 0 ? undefined : await writeExtents(stores, partition, { from, to: end }, signal);
  const committed = await commit(stores, partition, (current) => {
    if (current.checkpointOffset !== checkpointOffset) return undefined;
    const segments = segment === undefined ? current.segments : [...current.segments, segment];
    return { segments, checkpointOffset: end };
  });
  return committed ? { segment, merged: 0 } : undefined;
}

async function writeExtents<P extends CompactablePartition>(
  { writer, clock, load, hasDeletedNamesake }: CompactionStores<P>,
  partition: P,
  range: OffsetRange,
  signal: AbortSignal,
): Promise<Segment> {
  const builder = new SegmentLayoutBuilder();
  const extents = () => partition.uncompacted();
  for await (const batch of gatherBatches(extents, range, load, signal)) builder.addBatch(batch);
  const naming = (await hasDeletedNamesake(partition.topicName)) ? 'suffixed' : 'plain';
  return writer.write(partition, builder.build(clock.now()), naming, signal);
}

/**
 * Makes one segment of several that follow each other, and has the old ones retired.
 *
 * @param range within the segments of the partition's manifest
 * @returns undefined when something else has changed those segments meanwhile
 * @throws ObjectStoreError when a store fails; nothing has changed then
 * @throws SegmentFormatError when a segment is damaged
 */
export async function mergeSegments<P extends CompactablePartition>(
  stores: CompactionStores<P>,
  partition: P,
  { from, to }: MergeRange,
  signal: AbortSignal,
): Promise<CompactionResult | undefined> {
  const { objects, namespace, writer, clock } = stores;
  const { topicName, partition: number } = partition;
  const old = partition.manifest.segments.slice(from, to);
  const layout = await layOutMerged(objects, namespace, partition, old, clock.now(), signal);
  const segment = await writer.write(partition, layout, 'suffixed', signal);
  const committed = await commit(stores, partition, ({ segments }) => {
    const at = segments.findIndex(({ baseOffset }) => baseOffset === segment.baseOffset);
    // Retention may have dropped some of them meanwhile.
    if (at < 0 || !old.every((one, index) => isSame(one, segments[at + index]))) return undefined;
    return {
      segments: segments.toSpliced(at, old.length, segment),
      retire: old.flatMap((one) => segmentKeys(namespace, topicName, number, one)),
    };
  });
  return committed ? { segment, merged: old.length } : undefined;
}

/** Whether there was still something to change. */
async function commit<P extends CompactablePartition>(
  stores: CompactionStores<P>,
  partition: P,
  change: (current: Manifest) => ManifestChange | undefined,
): Promise<boolean> {
  let changed: ManifestChange | undefined;
  await stores.commit(partition, (current) => {
    changed = change(current);
    return changed;
  });
  return changed !== undefined;
}

function isSame(one: Segment, other: Segment | undefined): boolean {
  return other?.baseOffset === one.baseOffset && other.suffix === one.suffix;
}
