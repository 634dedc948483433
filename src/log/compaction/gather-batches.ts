import { RecordBatch } from '../../protocol/records/record-batch.js';
import { ObjectNotFoundError } from '../../storage/object-store.js';
import type { Extent } from '../extents.js';

/** Extents that are read ahead of the one whose batches are taken. */
const READ_AHEAD = 4;

/**
 * The batches of extents.
 *
 * @throws ObjectStoreError when they can't be read now
 * @throws CorruptExtentError when they are not what was written
 */
export type LoadExtent = (extent: Extent) => Promise<readonly Buffer[]>;

/** Offsets to be gathered. */
export interface OffsetRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * Gives the batches of a range of offsets, in order. Extents may be replaced meanwhile by those of merged objects, and the
 * objects that they were in be deleted: then it goes on with the new ones.
 *
 * @param extents those of the partition, as they are at the moment, in offset order
 * @param range of whole batches that are in them
 * @param load gives batches whose CRCs have been verified
 * @throws Error when offsets are missing between two batches, or appear twice (I2, I3)
 * @throws what `load` throws, and the signal's reason when it is aborted
 */
export async function* gatherBatches(
  extents: () => readonly Extent[],
  { from, to }: OffsetRange,
  load: LoadExtent,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch, void, undefined> {
  let next = from;
  for (;;) {
    const now = within(extents(), next, to);
    try {
      for await (const batch of batchesOf(now, { from: next, to }, next > from, load, signal)) {
        next = batch.lastOffset + 1;
        yield batch;
      }
      return;
    } catch (error) {
      const [wanted] = within(now, next, to);
      const [present] = within(extents(), next, to);
      const hasMoved = present !== undefined && present.object !== wanted?.object;
      if (!(error instanceof ObjectNotFoundError) || !hasMoved) throw error;
    }
  }
}

/** @param isBegun whether the first batch has to begin the range */
async function* batchesOf(
  extents: readonly Extent[],
  { from, to }: OffsetRange,
  isBegun: boolean,
  load: LoadExtent,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch, void, undefined> {
  const ahead: Promise<readonly Buffer[]>[] = [];
  let expected = isBegun ? from : undefined;
  for (const [index, extent] of extents.entries()) {
    while (ahead.length < READ_AHEAD && index + ahead.length < extents.length) {
      const loading = load(extents[index + ahead.length] as Extent);
      // It is awaited when its turn comes, unless one before it fails.
      loading.catch(() => undefined);
      ahead.push(loading);
    }
    const batches = await (ahead.shift() as Promise<readonly Buffer[]>);
    signal.throwIfAborted();
    for (const bytes of batches) {
      const batch = new RecordBatch(bytes);
      if (batch.lastOffset < from) continue;
      if (batch.baseOffset >= to) return;
      if (expected !== undefined && batch.baseOffset !== expected) {
        throw new Error(`I3 violated: ${extent.object.key} goes on at ${batch.baseOffset}, expected was ${expected}`);
      }
      expected = batch.lastOffset + 1;
      yield batch;
    }
  }
}

function within(extents: readonly Extent[], from: number, to: number): readonly Extent[] {
  return extents.filter(({ baseOffset, lastOffset }) => lastOffset >= from && baseOffset < to);
}
