import { CorruptRecordsError } from '../protocol/records/corrupt-records.js';
import { batchesIn } from '../protocol/records/record-batch.js';
import type { EpochStart, Segment } from '../storage/manifest-format.js';
import { parseSegmentKey, topicObjectsPrefix, type SegmentName } from '../storage/object-keys.js';
import { ObjectCorruptError, type ListedObject, type ObjectStore } from '../storage/object-store.js';
import { readIntact } from '../storage/read-intact.js';
import { readWhole } from '../storage/read-whole.js';
import { decodeSegment, SegmentFormatError } from '../storage/segment-format.js';
import { listAll } from './bucket-contents.js';
import { inParallel } from '../time/in-parallel.js';

/** A segment that was found in the bucket, and what its batches say. */
export interface ScannedSegment extends Segment {
  readonly key: string;
  /** Where the leader epoch of its batches changes, and the first one; 0 where it was never set. */
  readonly epochs: readonly EpochStart[];
}

/** The segments of one partition in a bucket, whoever wrote them. */
export interface ScannedPartition {
  readonly partition: number;
  /** In offset order, without overlap. */
  readonly segments: readonly ScannedSegment[];
  /** What is odd about them, in words. */
  readonly remarks: readonly string[];
  /** Segments that can't be read, with the reason. */
  readonly damaged: readonly string[];
}

/** Segments in memory at a time. */
const CONCURRENCY = 2;

/**
 * Reads and verifies all segments of a topic that are in the bucket.
 *
 * @throws ObjectStoreError
 */
export async function scanTopic(
  objects: ObjectStore,
  namespace: string,
  topic: string,
  onProgress: (done: number, all: number) => void,
): Promise<ScannedPartition[]> {
  const listed = await listAll(objects, topicObjectsPrefix(namespace, topic));
  const indexes = new Set<string>();
  const found: { object: ListedObject; partition: number; name: SegmentName }[] = [];
  for (const object of listed) {
    const parts = parseSegmentKey(object.key);
    if (parts?.kind === 'index') indexes.add(object.key);
    if (parts?.kind === 'segment') found.push({ object, partition: parts.partition, name: parts.name });
  }
  const partitions = new Map<number, { segments: ScannedSegment[]; remarks: string[]; damaged: string[] }>();
  let done = 0;
  await inParallel(CONCURRENCY, found, async ({ object, partition, name }) => {
    const scanned = partitions.get(partition) ?? { segments: [], remarks: [], damaged: [] };
    partitions.set(partition, scanned);
    try {
      const read = async () => scan(await readWhole(objects, object.key, object.sizeBytes), object.key, name);
      scanned.segments.push(await readIntact(read, isDamage));
      if (!indexes.has(object.key.replace(/\.kfs$/, '.index'))) {
        scanned.remarks.push(`${object.key} has no index: it is read whole when it is needed`);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      scanned.damaged.push(error.message);
    }
    onProgress((done += 1), found.length);
  });
  return [...partitions].sort(([a], [b]) => a - b).map(([partition, scanned]) => inOrder(partition, scanned));
}

function isDamage(error: unknown): error is Error {
  return (
    error instanceof SegmentFormatError || error instanceof CorruptRecordsError || error instanceof ObjectCorruptError
  );
}

/** @throws SegmentFormatError, CorruptRecordsError */
function scan(bytes: Buffer, key: string, name: SegmentName): ScannedSegment {
  const { baseOffset, lastOffset, createdAt, body } = decodeSegment(bytes, key);
  const epochs: EpochStart[] = [];
  let next = baseOffset;
  let recordCount = 0;
  let maxTimestamp = -1;
  for (const batch of batchesIn(body)) {
    if (batch.baseOffset < next || batch.computeCrc() !== batch.crc) {
      throw new SegmentFormatError(`${key} has a bad batch at offset ${batch.baseOffset}`);
    }
    const epoch = Math.max(0, batch.partitionLeaderEpoch);
    if (epoch > (epochs.at(-1)?.epoch ?? -1)) epochs.push({ epoch, startOffset: batch.baseOffset });
    next = batch.lastOffset + 1;
    recordCount += batch.recordCount;
    maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp);
  }
  if (name.baseOffset !== baseOffset || next !== lastOffset + 1) {
    throw new SegmentFormatError(`${key} says offsets ${baseOffset} to ${lastOffset}, its batches end at ${next - 1}`);
  }
  const { suffix } = name;
  return { key, baseOffset, lastOffset, sizeBytes: bytes.length, recordCount, maxTimestamp, createdAt, suffix, epochs };
}

/** Leaves out segments whose offsets another one holds too: what a merge has replaced, or copies. */
function inOrder(
  partition: number,
  { segments, remarks, damaged }: { segments: ScannedSegment[]; remarks: string[]; damaged: string[] },
): ScannedPartition {
  segments.sort((a, b) => a.baseOffset - b.baseOffset || b.lastOffset - a.lastOffset);
  const kept: ScannedSegment[] = [];
  for (const segment of segments) {
    const last = kept.at(-1);
    if (last !== undefined && segment.lastOffset <= last.lastOffset) {
      remarks.push(`${segment.key} is left out: ${last.key} holds its offsets too`);
      continue;
    }
    if (last !== undefined && segment.baseOffset <= last.lastOffset) {
      damaged.push(`${segment.key} begins at ${segment.baseOffset}, within ${last.key}`);
      continue;
    }
    if (last !== undefined && segment.baseOffset > last.lastOffset + 1) {
      remarks.push(`offsets ${last.lastOffset + 1} to ${segment.baseOffset - 1} are in no segment`);
    }
    kept.push(segment);
  }
  return { partition, segments: kept, remarks, damaged };
}
