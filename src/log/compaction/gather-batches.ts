import { RecordBatch } from '../../protocol/records/record-batch.js';
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

/**
 * Gives the batches of extents that follow each other, in offset order, from an offset on.
 *
 * @param fromOffset within the first extent or before it; batches below it are passed over
 * @param load gives batches whose CRCs have been verified
 * @throws Error when offsets are missing between two batches, or appear twice (I2, I3)
 * @throws what `load` throws, and the signal's reason when it is aborted
 */
export async function* gatherBatches(
  extents: readonly Extent[],
  fromOffset: number,
  load: LoadExtent,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch, void, undefined> {
  const ahead: Promise<readonly Buffer[]>[] = [];
  let expected: number | undefined;
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
      if (batch.lastOffset < fromOffset) continue;
      if (expected !== undefined && batch.baseOffset !== expected) {
        throw new Error(`I3 violated: ${extent.object.key} goes on at ${batch.baseOffset}, expected was ${expected}`);
      }
      expected = batch.lastOffset + 1;
      yield batch;
    }
  }
}
