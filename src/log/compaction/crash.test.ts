import { describe, expect, jest, test } from '@jest/globals';
import { readAll } from '../../../test/simulation/sim-clients.js';
import { CompactionKit } from '../../../test/support/compaction-kit.js';
import { batchOf } from '../../../test/support/log-kit.js';
import { segmentIndexKey, segmentKey } from '../../storage/object-keys.js';
import type { PartitionLog } from '../partition-log.js';

const MAX_AGE_MS = 10_000;
const OPTIONS = { segmentBytes: 100_000, maxAgeMs: MAX_AGE_MS, putsPerSecond: 100 };
/** More than any job has. */
const MAX_STEPS = 12;

type When = 'before' | 'after';

/**
 * Has a process end at its nth call that changes a store, which is carried out or not; nothing of it happens afterwards.
 *
 * @returns whether that call was made
 */
function crashAt({ kit: { objects, metadata } }: CompactionKit, step: number, when: When): () => boolean {
  let calls = 0;
  const orCrash = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls < step) return call();
    if (calls === step && when === 'after') await call();
    return new Promise<never>(() => undefined);
  };
  const create = objects.create.bind(objects);
  const txn = metadata.txn.bind(metadata);
  jest.spyOn(objects, 'create').mockImplementation((...args) => orCrash(() => create(...args)));
  jest.spyOn(metadata, 'txn').mockImplementation((...args) => orCrash(() => txn(...args)));
  return () => calls >= step;
}

async function produce(kit: CompactionKit, log: PartitionLog, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const sequence = log.logEndOffset;
    const batch = batchOf([`${sequence} ${'x'.repeat(200)}`], {
      producerId: 9,
      producerEpoch: 0,
      baseSequence: sequence,
    });
    await kit.clock.until(log.append(batch).committed);
  }
}

async function contents(kit: CompactionKit, log: PartitionLog): Promise<number[]> {
  const values = await kit.clock.until(readAll(log));
  return values.map((value) => Number(value.split(' ')[0]));
}

/** Everything the manifest names is there, and no object is in it twice. */
async function checkObjects(kit: CompactionKit, log: PartitionLog): Promise<void> {
  const stored = await kit.kit.storedKeys();
  for (const segment of log.manifest.segments) {
    expect(stored).toContain(segmentKey('test', 'orders', 0, segment));
    expect(stored).toContain(segmentIndexKey('test', 'orders', 0, segment));
  }
}

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

/** One segment is about to be written: `rounds` were before. */
async function beforeJob(rounds: number): Promise<{ kit: CompactionKit; log: PartitionLog }> {
  const kit = await CompactionKit.start(OPTIONS);
  const [log] = (await kit.createTopic()) as [PartitionLog];
  for (let round = 0; round < rounds; round += 1) {
    await produce(kit, log, 8);
    await kit.clock.advance(MAX_AGE_MS + 2_000);
  }
  return { kit, log };
}

async function crashInJob(rounds: number, step: number, when: When): Promise<boolean> {
  const { kit, log } = await beforeJob(rounds);
  await produce(kit, log, 8);
  const hasCrashed = crashAt(kit, step, when);
  await kit.clock.advance(MAX_AGE_MS + 2_000);
  const isCrashed = hasCrashed();
  const all = upTo((rounds + 1) * 8);

  const successor = await CompactionKit.start(OPTIONS, kit);
  const reopened = await successor.openLog();
  expect(await contents(successor, reopened)).toEqual(all);
  // I8: what the producer sends again is known, wherever it is.
  const last = all.length - 1;
  const again = batchOf(['again'], { producerId: 9, producerEpoch: 0, baseSequence: last });
  expect(reopened.append(again).baseOffset).toBe(last);

  await produce(successor, reopened, 1);
  await successor.clock.advance(2 * MAX_AGE_MS);
  expect(reopened.manifest.checkpointOffset).toBe(all.length + 1);
  expect(await contents(successor, reopened)).toEqual(upTo(all.length + 1));
  await checkObjects(successor, reopened);
  return isCrashed;
}

describe('I1 I2 I3 I8: a crash between any two steps', () => {
  test.each<[string, number, number]>([
    ['of a compaction', 0, 5],
    ['of a compaction and the merge after it', 7, 10],
  ])(
    '%s loses nothing and doubles nothing',
    async (_, rounds, steps) => {
      let crashes = 0;
      for (let step = 1; step <= MAX_STEPS; step += 1) {
        const crashed = [await crashInJob(rounds, step, 'before'), await crashInJob(rounds, step, 'after')];
        if (crashed.includes(false)) break;
        crashes += 1;
      }
      // Segment, index, the partition's records, manifest, commit: for each job.
      expect(crashes).toBe(steps);
    },
    30_000,
  );
});
