import { partitionKey } from '../../metadata/partition-id.js';
import { crc32c } from '../../checksum/crc32c.js';
import { RecordBatch } from '../../protocol/records/record-batch.js';
import {
  combineChecksums,
  encodeWalEnd,
  walHeader,
  type ProducerBatch,
  type WalEntry,
} from '../../storage/wal-format.js';
import type { Extent } from '../extents.js';
import { REMEMBERED_BATCHES } from '../producer-state.js';
import type { CommittedObject } from './committed-objects.js';

/** Entries end once they have this many bytes: what is read for one batch stays small. */
const MAX_ENTRY_BYTES = 4 * 1024 * 1024;

/** One entry of a merged object, and the extents whose place it takes. */
export interface MergedEntry {
  readonly entry: WalEntry;
  /** Neighbours in offset order. */
  readonly sources: readonly Extent[];
}

/** A merged object as it is to be stored. */
export interface MergedWalObject {
  readonly body: readonly Buffer[];
  /** Of the whole body. */
  readonly crc32c: number;
  /** Size of footer and trailer, bytes. */
  readonly endBytes: number;
  readonly entries: readonly MergedEntry[];
}

export interface MergeSources {
  /** The batches of an extent, verified. Throws ObjectStoreError, CorruptBlockError. */
  load(extent: Extent): Promise<readonly Buffer[]>;
  /** Resolves when others have had their turn. */
  yieldTurn(): Promise<void>;
}

/** An extent with its batches. */
interface Run {
  readonly extent: Extent;
  readonly batches: readonly Buffer[];
  /** When the last original was sealed that is in the extent's object, ms since the Unix epoch. */
  readonly sealedAt: number;
}

/**
 * Lays out the object that takes the place of several: what is still needed of them, sorted by partition, so that each has
 * few and long runs. Batches in memory are not copied.
 *
 * @param objects neighbours, in sequence order
 * @throws what loading throws
 */
export async function mergeWalObjects(
  incarnationId: string,
  objects: readonly CommittedObject[],
  sources: MergeSources,
): Promise<MergedWalObject> {
  const partitions = new Map<string, Run[]>();
  for (const { extents, newestAt } of objects) {
    // All at once, so that neighbouring ranges are read together; one object after the other.
    const batches = await Promise.all(extents.map((extent) => sources.load(extent)));
    extents.forEach((extent, index) => {
      const key = partitionKey(extent);
      const run = { extent, batches: batches[index] ?? [], sealedAt: newestAt };
      const runs = partitions.get(key);
      if (runs === undefined) partitions.set(key, [run]);
      else runs.push(run);
    });
    await sources.yieldTurn();
  }
  return layOut(incarnationId, objects, partitions);
}

function layOut(
  incarnationId: string,
  objects: readonly CommittedObject[],
  partitions: ReadonlyMap<string, readonly Run[]>,
): MergedWalObject {
  const first = objects[0]?.ref;
  const last = objects.at(-1)?.ref;
  if (first === undefined || last === undefined) throw new RangeError('there is nothing to merge');
  const header = walHeader();
  const body: Buffer[] = [header];
  const pieces = [{ crc32c: crc32c(header), length: header.length }];
  let position = header.length;
  const entries: MergedEntry[] = [];
  for (const key of [...partitions.keys()].sort()) {
    const runs = partitions.get(key) ?? [];
    const remembered = lastOfEachProducer(runs);
    for (const entryRuns of cut(runs)) {
      const entry = describe(entryRuns, position, remembered);
      for (const bytes of entryRuns.flatMap(({ batches }) => batches)) {
        body.push(bytes);
        pieces.push({ crc32c: new RecordBatch(bytes).crc32cOfWholeBatch(), length: bytes.length });
      }
      entries.push({ entry, sources: entryRuns.map(({ extent }) => extent) });
      position += entry.length;
    }
  }
  const end = encodeWalEnd({
    incarnationId,
    sequence: last.sequence,
    firstSequence: first.firstSequence,
    createdAt: first.createdAt,
    metadataRevision: 0,
    entries: entries.map(({ entry }) => entry),
  });
  body.push(end);
  pieces.push({ crc32c: crc32c(end), length: end.length });
  return { body, crc32c: combineChecksums(pieces), endBytes: end.length, entries };
}

/** Runs of one epoch that follow each other, up to the length of an entry. */
function cut(runs: readonly Run[]): Run[][] {
  const cuts: Run[][] = [];
  let bytes = 0;
  let before: Extent | undefined;
  for (const run of runs) {
    const { leaderEpoch, baseOffset, length } = run.extent;
    const follows = before?.leaderEpoch === leaderEpoch && before.lastOffset + 1 === baseOffset;
    if (follows && bytes + length <= MAX_ENTRY_BYTES) {
      cuts.at(-1)?.push(run);
      bytes += length;
    } else {
      cuts.push([run]);
      bytes = length;
    }
    before = run.extent;
  }
  return cuts;
}

function describe(runs: readonly Run[], position: number, remembered: ReadonlyMap<Run, ProducerBatch[]>): WalEntry {
  const first = (runs[0] as Run).extent;
  let length = 0;
  let batchCount = 0;
  let recordCount = 0;
  let maxTimestamp = -1;
  for (const { extent } of runs) {
    length += extent.length;
    batchCount += extent.batchCount;
    recordCount += extent.recordCount;
    maxTimestamp = Math.max(maxTimestamp, extent.maxTimestamp);
  }
  return {
    topicId: first.topicId,
    topicName: first.topicName,
    partition: first.partition,
    leaderEpoch: first.leaderEpoch,
    baseOffset: first.baseOffset,
    lastOffset: (runs.at(-1) as Run).extent.lastOffset,
    position,
    length,
    maxTimestamp,
    batchCount,
    recordCount,
    producerBatches: runs.flatMap((run) => remembered.get(run) ?? []),
  };
}

/**
 * Of each idempotent producer the last batches of its newest epoch: all that is ever asked (KIP-98). Read from the batches
 * themselves; when they were appended is known by the object that they were in first.
 */
function lastOfEachProducer(runs: readonly Run[]): Map<Run, ProducerBatch[]> {
  const seen = new Map<number, { readonly epoch: number; count: number }>();
  const remembered = new Map<Run, ProducerBatch[]>();
  for (const run of runs.toReversed()) {
    const kept: ProducerBatch[] = [];
    for (const bytes of run.batches.toReversed()) {
      const batch = new RecordBatch(bytes);
      if (batch.producerId < 0) continue;
      const producer = seen.get(batch.producerId) ?? { epoch: batch.producerEpoch, count: 0 };
      seen.set(batch.producerId, producer);
      if (producer.epoch !== batch.producerEpoch || producer.count === REMEMBERED_BATCHES) continue;
      producer.count += 1;
      kept.push({
        producerId: batch.producerId,
        producerEpoch: batch.producerEpoch,
        firstSequence: batch.baseSequence,
        lastSequence: batch.lastSequence,
        baseOffset: batch.baseOffset,
        lastOffset: batch.lastOffset,
        timestamp: run.sealedAt,
      });
    }
    if (kept.length > 0) remembered.set(run, kept.reverse());
  }
  return remembered;
}
