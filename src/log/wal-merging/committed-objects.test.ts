import { describe, expect, test } from '@jest/globals';
import type { Extent, WalObjectRef } from '../extents.js';
import { CommittedObjects } from './committed-objects.js';

const TOPIC = 'AAECAwQFBgcICQoLDA0ODw';
const OTHER = 'BBECAwQFBgcICQoLDA0ODw';

const refOf = (sequence: number): WalObjectRef => {
  return { key: `${sequence}`, incarnationId: 'x', firstSequence: sequence, sequence, createdAt: sequence };
};

function extent(sequence: number, partition: number, topicId = TOPIC): Extent {
  return {
    ...{ topicId, topicName: 't', partition, leaderEpoch: 0, position: 16, length: 10, maxTimestamp: 0 },
    ...{ baseOffset: sequence, lastOffset: sequence, batchCount: 1, recordCount: 1 },
    ...{ object: refOf(sequence), batches: undefined },
  };
}

/** Three objects, each with offset n of two partitions. */
function three(): CommittedObjects {
  const objects = new CommittedObjects();
  for (const sequence of [1, 2, 3]) objects.add(refOf(sequence), [extent(sequence, 0), extent(sequence, 1)]);
  return objects;
}

const neededOf = (objects: CommittedObjects, checkpoints: (number | undefined)[]) =>
  objects
    .stillNeeded((_, partition) => checkpoints[partition])
    .map(({ ref, neededBytes }) => [ref.sequence, neededBytes]);

describe('rule 11: of committed objects', () => {
  test('what is at or above the checkpoint is needed', () => {
    expect(neededOf(three(), [2, 0])).toEqual([
      [1, 10],
      [2, 20],
      [3, 20],
    ]);
  });

  test('everything is needed of a partition whose checkpoint is not known, because somebody else leads it', () => {
    expect(neededOf(three(), [4, undefined])).toEqual([
      [1, 10],
      [2, 10],
      [3, 10],
    ]);
  });

  test('those at the front of which nothing is needed are left for the trim, others stay', () => {
    const objects = three();
    objects.add(refOf(4), [extent(4, 2)]);
    expect(neededOf(objects, [3, 3, 5])).toEqual([
      [3, 20],
      [4, 0],
    ]);
    expect(objects.length).toBe(2);
  });

  test('nothing is needed of deleted topics, also of what is committed afterwards', () => {
    const objects = three();
    objects.topicDeleted(OTHER);
    objects.add(refOf(4), [extent(4, 0, OTHER), extent(4, 1)]);
    expect(neededOf(objects, [undefined, 3])).toContainEqual([4, 10]);
  });
});
