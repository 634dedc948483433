import { describe, expect, test } from '@jest/globals';
import type { LogKit } from '../../test/support/log-kit.js';
import { brokerWith, restarted, some, stateOf, storedManifests, valuesOf } from '../../test/support/manifest-kit.js';
import { MetadataStoreError } from '../metadata/metadata-store.js';
import type { PartitionLog } from './partition-log.js';

describe('a manifest commit over unreliable stores', () => {
  test.each(['after it was applied', 'before it is applied'] as const)(
    'rule 1: whose answer is lost %s is repeated as it was, and made once',
    async (loss) => {
      const { kit, log, hand } = await brokerWith(some('a', 'b'));
      const segment = await hand.writeSegment(log);
      // The first transaction reads.
      const txn = kit.metadata.txn.bind(kit.metadata);
      kit.metadata.txn = (transaction) => {
        if (transaction.compare.length > 0 && kit.metadata.answersToLose === 0) {
          kit.metadata.txn = txn;
          kit.metadata.loseAnswers(loss, loss);
        }
        return txn(transaction);
      };
      const manifest = await kit.clock.until(kit.logs.manifestOf(log).commit(hand.added(segment)));
      expect(manifest.version).toBe(1);
      expect(await stateOf(kit)).toMatchObject({ manifestVersion: 1, checkpointOffset: 2 });
      expect(await storedManifests(kit)).toEqual([(await stateOf(kit)).manifestKey]);
    },
  );

  test('that is refused after its answer was lost was made all the same, and the next one goes on from there', async () => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const txn = kit.metadata.txn.bind(kit.metadata);
    let writes = 0;
    kit.metadata.txn = (transaction) => {
      if (transaction.compare.length === 0) return txn(transaction);
      writes += 1;
      if (writes === 2) return Promise.reject(new MetadataStoreError('no space left'));
      if (writes === 1) kit.metadata.loseAnswers('after it was applied');
      return txn(transaction);
    };
    const refused = kit.clock.until(manifest.commit(hand.added(segment)));
    await expect(refused).rejects.toThrow(MetadataStoreError);
    expect(log.manifest.version).toBe(0);
    await kit.clock.until(manifest.commit(() => ({ retire: ['x'] })));
    expect(log.manifest).toMatchObject({ version: 2, checkpointOffset: 2, segments: [segment] });
    expect(await stateOf(kit)).toMatchObject({ manifestVersion: 2, checkpointOffset: 2 });
  });

  test('that is refused at once leaves nothing behind', async () => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const txn = kit.metadata.txn.bind(kit.metadata);
    kit.metadata.txn = (transaction) =>
      transaction.compare.length === 0 ? txn(transaction) : Promise.reject(new MetadataStoreError('no space left'));
    await expect(manifest.commit(hand.added(segment))).rejects.toThrow(MetadataStoreError);
    kit.metadata.txn = txn;
    expect(await storedManifests(kit)).toEqual([]);
    await manifest.commit(hand.added(segment));
    expect(await stateOf(kit)).toMatchObject({ manifestVersion: 1 });
  });

  test('is made in the end, whatever fails on the way', async () => {
    const { kit, topic, log, hand, manifest } = await brokerWith(some('a', 'b'), some('c'));
    const segments = [await hand.writeSegment(log, 2)];
    kit.objects.setFaults({ failBefore: 0.3, failAfter: 0.3, stall: 0.1, stallMs: 1000 });
    kit.metadata.setFaults({ failBefore: 0.2, failAfter: 0.2, applyLate: 0.2, lateMs: 2000 });
    await kit.clock.until(manifest.commit(() => ({ segments, checkpointOffset: 2 })));
    await kit.clock.until(manifest.commit(() => ({ retire: ['x'] })));
    kit.objects.setFaults({});
    kit.metadata.setFaults({});
    await kit.clock.advance(10_000);
    const state = await stateOf(kit);
    expect(state).toMatchObject({ manifestVersion: 2, checkpointOffset: 2 });
    const { kit: next, broker } = await restarted(kit);
    expect(await valuesOf(next, broker.log(topic) as PartitionLog)).toEqual([0, 2]);
  });
});

/** Ends a process at its n-th call of a store: the call is carried out or not, and nothing is ever heard again. */
function crashAt(kit: LogKit, n: number, carriedOut: boolean): { readonly happened: () => boolean } {
  let calls = 0;
  const mortal =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      calls += 1;
      if (calls < n) return call(...args);
      if (calls === n && carriedOut) await call(...args);
      return new Promise<never>(() => undefined);
    };
  kit.objects.create = mortal(kit.objects.create.bind(kit.objects));
  kit.objects.head = mortal(kit.objects.head.bind(kit.objects));
  kit.objects.delete = mortal(kit.objects.delete.bind(kit.objects));
  kit.metadata.txn = mortal(kit.metadata.txn.bind(kit.metadata));
  return { happened: () => calls >= n };
}

describe('a crash between any two steps of a manifest commit', () => {
  test.each([true, false])(
    'I1 I3 I5: leaves the log as it was, or as it is to be (last step made: %j)',
    async (made) => {
      const checkpoints: number[] = [];
      for (let step = 1; ; step += 1) {
        const { kit, topic, log, hand, manifest } = await brokerWith(some('a', 'b'), some('c'), some('d'));
        await kit.clock.until(hand.compact(log, 2));
        const segment = await hand.writeSegment(log, 3);
        const crash = crashAt(kit, step, made);
        const dying = manifest.commit(hand.added(segment));
        dying.catch(() => undefined);
        await kit.clock.settle();
        const hasCrashed = crash.happened();
        const { kit: next, broker } = await restarted(kit);
        const reopened = broker.log(topic) as PartitionLog;
        expect(await valuesOf(next, reopened)).toEqual([0, 2, 3]);
        const { checkpointOffset, manifestKey } = await stateOf(next);
        expect(reopened.manifest.checkpointOffset).toBe(checkpointOffset);
        expect(await storedManifests(next)).toContain(manifestKey);
        // What the crash left behind is in nobody's way.
        await next.clock.until(next.logs.manifestOf(reopened).commit(() => ({ retire: ['x'] })));
        await broker.produce(topic, ['e']);
        expect(reopened.manifest.version).toBe((await stateOf(next)).manifestVersion);
        expect(await valuesOf(next, reopened)).toEqual([0, 2, 3, 4]);
        if (!hasCrashed) break;
        checkpoints.push(checkpointOffset);
      }
      // It reads, stores the manifest, and moves the pointer to it.
      expect(checkpoints).toEqual(made ? [2, 2, 3] : [2, 2, 2]);
    },
  );
});
