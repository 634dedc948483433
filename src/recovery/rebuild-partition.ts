import { randomBytes } from 'node:crypto';
import { crc32c } from '../checksum/crc32c.js';
import { batchesOfBlock, CorruptBlockError } from '../log/blocks.js';
import { SegmentLayoutBuilder } from '../log/compaction/segment-layout.js';
import { SegmentWriter } from '../log/compaction/write-segment.js';
import { createObject } from '../log/create-object.js';
import { EpochHistory } from '../log/epoch-history.js';
import { emptyManifest } from '../log/manifests.js';
import { defaultProducerStateOptions, ProducerState } from '../log/producer-state.js';
import type { Logger } from '../logging/logger.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { encodeManifest, type Manifest, type Segment } from '../storage/manifest-format.js';
import { manifestKey } from '../storage/object-keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readIntact } from '../storage/read-intact.js';
import type { Clock } from '../time/clock.js';
import type { CurrentManifest } from './partition-records.js';
import type { PartitionPlan } from './recovery-plan.js';
import type { FoundExtent } from './wal-survey.js';

export interface RebuildTools {
  readonly objects: ObjectStore;
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** Largest size of a segment that is written, bytes; one batch more at most. */
  readonly segmentBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Writes what only the WAL has of a partition into segments, and a manifest that covers everything.
 *
 * @returns the manifest that the metadata store is to point at
 * @throws ObjectStoreError, CorruptBlockError
 */
export async function rebuildPartition(tools: RebuildTools, plan: PartitionPlan): Promise<CurrentManifest> {
  const { topic, partition, chain, endOffset, logStartOffset, leaderEpoch } = plan;
  const id = { topicId: topic.id, topicName: topic.name, partition };
  const base = plan.manifest?.manifest ?? emptyManifest(id);
  if (endOffset === base.checkpointOffset && logStartOffset === base.logStartOffset) {
    return { key: plan.manifest?.key ?? '', manifest: base };
  }
  const now = tools.clock.now();
  const epochs = new EpochHistory(base.epochs);
  const producers = new ProducerState(defaultProducerStateOptions);
  for (const producer of base.producers) producers.restore(producer);
  for (const extent of chain.extents) {
    epochs.wrote(extent.leaderEpoch, Math.max(extent.baseOffset, base.checkpointOffset));
    for (const batch of extent.producerBatches) {
      if (batch.baseOffset >= base.checkpointOffset) producers.record(batch);
    }
  }
  const manifest: Manifest = {
    ...base,
    version: base.version + 1,
    createdAt: now,
    leaderEpoch,
    logStartOffset,
    checkpointOffset: endOffset,
    segments: [...base.segments, ...(await writeSegments(tools, plan, base.checkpointOffset))],
    epochs: epochs.before(endOffset, logStartOffset),
    producers: producers.before(endOffset, now),
    retired: plan.manifest === undefined ? base.retired : [...base.retired, { key: plan.manifest.key, retiredAt: now }],
    topicConfig: topic.configs,
    topicPartitions: topic.partitionCount,
  };
  return { key: await storeManifest(tools, manifest), manifest };
}

/**
 * Stores a manifest that nobody points at yet.
 *
 * @returns its key
 * @throws the signal's reason
 */
export async function storeManifest(tools: Omit<RebuildTools, 'segmentBytes'>, manifest: Manifest): Promise<string> {
  const bytes = encodeManifest(manifest);
  for (;;) {
    const suffix = randomBytes(4).toString('hex');
    const key = manifestKey(tools.namespace, manifest.topicId, manifest.partition, manifest.version, suffix);
    if (await createObject(tools, { key, body: [bytes], crc32c: crc32c(bytes) }, tools.signal)) return key;
  }
}

/** @param from what is below is in segments already */
async function writeSegments(tools: RebuildTools, plan: PartitionPlan, from: number): Promise<Segment[]> {
  const { objects, namespace, clock, random, logger, signal, segmentBytes } = tools;
  const writer = new SegmentWriter(objects, namespace, clock, random, logger);
  const owner = { topicName: plan.topic.name, partition: plan.partition };
  const segments: Segment[] = [];
  let layout = new SegmentLayoutBuilder();
  let gathered = 0;
  const write = async () => {
    if (gathered === 0) return;
    segments.push(await writer.write(owner, layout.build(clock.now()), 'suffixed', signal));
    layout = new SegmentLayoutBuilder();
    gathered = 0;
  };
  let next = from;
  for (const extent of plan.chain.extents) {
    for (const bytes of await batchesOf(objects, extent, signal)) {
      const batch = new RecordBatch(bytes);
      if (batch.baseOffset < next) continue;
      layout.addBatch(batch);
      gathered += batch.sizeInBytes;
      next = batch.lastOffset + 1;
      if (gathered >= segmentBytes) await write();
    }
  }
  await write();
  return segments;
}

function batchesOf(objects: ObjectStore, extent: FoundExtent, signal: AbortSignal): Promise<readonly Buffer[]> {
  const range = { start: extent.position, length: extent.length };
  return readIntact(
    async (wasDamaged) => batchesOfBlock(extent, await objects.read(extent.object.key, range, { signal, wasDamaged })),
    (error) => error instanceof CorruptBlockError,
  );
}
