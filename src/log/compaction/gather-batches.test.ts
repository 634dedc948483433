import { describe, expect, test } from '@jest/globals';
import { buildRecordBatch } from '../../protocol/records/build-batch.js';
import { ObjectNotFoundError } from '../../storage/object-store.js';
import type { Extent } from '../extents.js';
import { gatherBatches } from './gather-batches.js';

/** An extent of an object, with a batch of one record for each offset. */
function extentIn(key: string, baseOffset: number, lastOffset: number): Extent {
  return {
    topicId: 'AAECAwQFBgcICQoLDA0ODw',
    topicName: 'orders',
    partition: 0,
    leaderEpoch: 0,
    baseOffset,
    lastOffset,
    position: 16,
    length: 100,
    maxTimestamp: 0,
    batchCount: lastOffset - baseOffset + 1,
    recordCount: lastOffset - baseOffset + 1,
    object: { key, incarnationId: 'x', firstSequence: 1, sequence: 1, createdAt: 0 },
    batches: undefined,
  };
}

/** Three extents; when the second one is asked for, its object and the next one's have become one. */
class Merging {
  extents: Extent[] = [extentIn('a', 0, 4), extentIn('b', 5, 9), extentIn('c', 10, 14)];
  merged: Extent[] = [extentIn('a', 0, 4), extentIn('m', 5, 14)];
  readonly loaded: string[] = [];

  readonly load = async (extent: Extent): Promise<readonly Buffer[]> => {
    const { key } = extent.object;
    this.loaded.push(key);
    await Promise.resolve();
    if (key === 'b' || key === 'c') {
      this.extents = this.merged;
      throw new ObjectNotFoundError(key);
    }
    return Array.from({ length: extent.batchCount }, (_, index) =>
      buildRecordBatch({ baseOffset: extent.baseOffset + index, records: [{ value: 'v' }] }),
    );
  };

  async gather(from: number, to: number): Promise<number[]> {
    const offsets: number[] = [];
    const { signal } = new AbortController();
    for await (const batch of gatherBatches(() => this.extents, { from, to }, this.load, signal)) {
      offsets.push(batch.baseOffset);
    }
    return offsets;
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('batches of extents that are merged while they are gathered', () => {
  test('I1 I2: each comes once, from where it is now', async () => {
    const merging = new Merging();
    expect(await merging.gather(0, 15)).toEqual(numbers(0, 15));
    expect(merging.loaded).toContain('m');
  });

  test('only those of the range come, although the merged extent has more', async () => {
    expect(await new Merging().gather(7, 12)).toEqual(numbers(7, 12));
  });

  test('an object that is gone and was not replaced is an error', async () => {
    const merging = new Merging();
    merging.merged = merging.extents;
    await expect(merging.gather(0, 15)).rejects.toThrow(ObjectNotFoundError);
  });

  test('I3: so is a merged extent that does not go on where the last one ended', async () => {
    const merging = new Merging();
    merging.merged = [extentIn('a', 0, 4), extentIn('m', 6, 14)];
    await expect(merging.gather(0, 15)).rejects.toThrow(/I3 violated/);
  });
});
