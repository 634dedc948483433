import type { Manifest, ProducerSnapshot, EpochStart, Segment } from '../storage/manifest-format.js';
import type { Topic } from '../metadata/topic.js';

/** What is to be different in a partition's next manifest; what is left out stays as it is. */
export interface ManifestChange {
  /** All of them, in offset order. */
  readonly segments?: readonly Segment[];
  /** At or above the present one, at most the high watermark. */
  readonly checkpointOffset?: number;
  /** At most the high watermark; one below the present log start changes nothing (I3). */
  readonly logStartOffset?: number;
  /** Default: as the log knows them, when the checkpoint moves. */
  readonly epochs?: readonly EpochStart[];
  /** Default: as the log knows them, when the checkpoint moves. */
  readonly producers?: readonly ProducerSnapshot[];
  /** Keys of objects that are not part of the log any more, to be deleted after a while. */
  readonly retire?: readonly string[];
}

/** What a manifest is made from, besides the change. */
export interface ManifestBasis {
  readonly current: Manifest;
  /** Key of the current manifest; empty when there is none. */
  readonly currentKey: string;
  readonly topic: Topic;
  readonly incarnationId: string;
  readonly leaderEpoch: number;
  /** As the metadata store has it. */
  readonly logStartOffset: number;
  readonly highWatermark: number;
  /** Wall-clock time, ms since the Unix epoch. */
  readonly now: number;
  /** Keys that need not be remembered any longer: the objects are deleted. */
  readonly forgotten: ReadonlySet<string>;
  epochsBefore(offset: number): readonly EpochStart[];
  producersBefore(offset: number): readonly ProducerSnapshot[];
}

/**
 * The manifest that follows the current one.
 *
 * @throws Error when records would be lost or be there twice (I2, I3): nothing may be stored then
 */
export function nextManifest(basis: ManifestBasis, change: ManifestChange): Manifest {
  const { current, topic, now } = basis;
  const checkpointOffset = change.checkpointOffset ?? current.checkpointOffset;
  const logStartOffset = Math.max(basis.logStartOffset, change.logStartOffset ?? 0);
  const moves = checkpointOffset !== current.checkpointOffset;
  const manifest: Manifest = {
    topicId: current.topicId,
    topicName: current.topicName,
    partition: current.partition,
    version: current.version + 1,
    createdAt: now,
    incarnationId: basis.incarnationId,
    leaderEpoch: basis.leaderEpoch,
    logStartOffset,
    checkpointOffset,
    segments: change.segments ?? current.segments,
    epochs: change.epochs ?? (moves ? basis.epochsBefore(checkpointOffset) : current.epochs),
    producers: change.producers ?? (moves ? basis.producersBefore(checkpointOffset) : current.producers),
    retired: retiredOf(basis, change.retire ?? []),
    topicConfig: topic.configs,
    topicPartitions: topic.partitionCount,
  };
  const fault = faultOf(manifest, basis);
  if (fault !== undefined) throw new Error(`I3 violated by a manifest of ${topic.name}-${current.partition}: ${fault}`);
  return manifest;
}

function retiredOf({ current, currentKey, forgotten, now }: ManifestBasis, retire: readonly string[]) {
  const kept = current.retired.filter(({ key }) => !forgotten.has(key));
  const known = new Set(kept.map(({ key }) => key));
  const added = [...(currentKey === '' ? [] : [currentKey]), ...retire].filter((key) => !known.has(key));
  return [...kept, ...added.map((key) => ({ key, retiredAt: now }))];
}

function faultOf(manifest: Manifest, { current, highWatermark }: ManifestBasis): string | undefined {
  const { checkpointOffset, logStartOffset, segments } = manifest;
  if (checkpointOffset < current.checkpointOffset) {
    return `its checkpoint goes back from ${current.checkpointOffset} to ${checkpointOffset}`;
  }
  if (Math.max(checkpointOffset, logStartOffset) > highWatermark) {
    return `checkpoint ${checkpointOffset} or log start ${logStartOffset} is beyond the high watermark ${highWatermark}`;
  }
  const known = gapsIn(current.segments, logStartOffset, current.checkpointOffset);
  const opened = gapsIn(segments, logStartOffset, checkpointOffset).find(
    (gap) => !known.some(({ from, to }) => from <= gap.from && gap.to <= to),
  );
  return opened && `no segment holds offset ${opened.from}, below its checkpoint`;
}

/**
 * The offsets that no segment holds. There are none in a log of our own; one that was imported, or recovered after
 * objects were lost, may have some, and keeps them.
 */
function gapsIn(segments: readonly Segment[], from: number, to: number): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let covered = from;
  for (const { baseOffset, lastOffset } of segments) {
    if (lastOffset < covered) continue;
    if (baseOffset > covered) gaps.push({ from: covered, to: Math.min(baseOffset, to) });
    covered = lastOffset + 1;
  }
  if (covered < to) gaps.push({ from: covered, to });
  return gaps;
}
