import { describe, expect, test } from '@jest/globals';
import { HandCompaction } from '../../test/support/hand-compaction.js';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { successorOf, TestBroker } from '../../test/support/test-broker.js';
import { assignmentKey, partitionStateKey } from '../metadata/keys.js';
import { decodeAssignmentRecord } from '../metadata/partition-assignment.js';
import { MetadataStoreError } from '../metadata/metadata-store.js';
import { decodeStateRecord } from '../metadata/partition-state.js';
import { decodeShownSegments } from '../metadata/shown-segments.js';
import { ErrorCode } from '../protocol/errors.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { decodeManifest } from '../storage/manifest-format.js';
import { LoadedData } from './cold-data.js';
import type { PartitionLog } from './partition-log.js';

const TIMEOUT_MS = 10_000;

async function brokerWith(...batches: RecordBatch[]) {
  const kit = new LogKit({ writeBudgetPerSecond: 1000 });
  const broker = await new TestBroker(kit, 'a').start();
  const topic = await broker.createTopic('orders', 2);
  const log = broker.log(topic) as PartitionLog;
  for (const batch of batches) await kit.clock.until(log.append(batch).committed);
  const hand = new HandCompaction(kit.storedObjects, kit.logs, 'test');
  return { kit, broker, topic, log, hand, manifest: kit.logs.manifestOf(log) };
}

async function stateOf(kit: LogKit, partition = 0) {
  const entry = await kit.storedMetadata.get(partitionStateKey('orders', partition));
  return decodeStateRecord(entry as NonNullable<typeof entry>);
}

async function assignmentOf(kit: LogKit, partition = 0) {
  const entry = await kit.storedMetadata.get(assignmentKey('orders', partition));
  return decodeAssignmentRecord(entry as NonNullable<typeof entry>);
}

async function storedManifests(kit: LogKit) {
  return (await kit.storedKeys()).filter((key) => key.includes('/manifests/'));
}

async function valuesOf(kit: LogKit, log: PartitionLog) {
  const values: number[] = [];
  const loaded = new LoadedData();
  for (let offset = log.logStartOffset; offset < log.highWatermark;) {
    const found = log.read(offset, 1e6, true, loaded);
    if (found.cold !== undefined) await kit.clock.until(log.load(found.cold, loaded));
    for (const batch of found.batches) {
      values.push(new RecordBatch(batch).baseOffset);
      offset = new RecordBatch(batch).lastOffset + 1;
    }
  }
  return values;
}

const some = (...texts: string[]) => batchOf(texts);
const restarted = async (kit: LogKit, name = 'b') => {
  const successor = successorOf(kit);
  const broker = await new TestBroker(successor, name).start();
  await successor.clock.settle();
  return { kit: successor, broker };
};

describe('a manifest commit', () => {
  test('moves checkpoint, pointer and what the partition state shows, and the log reads on from segments', async () => {
    const { kit, log, hand } = await brokerWith(some('a', 'b'), some('c'), some('d', 'e'));
    const size = log.sizeBytes;
    const manifest = await kit.clock.until(hand.compact(log, 3));
    expect(manifest).toMatchObject({ version: 1, checkpointOffset: 3, topicName: 'orders', topicPartitions: 2 });
    const state = await stateOf(kit);
    expect(state).toMatchObject({ manifestVersion: 1, checkpointOffset: 3, highWatermark: 5, leaderEpoch: 0 });
    expect(decodeShownSegments(state.segments)).toEqual([
      { baseOffset: 0, sizeBytes: manifest.segments[0]?.sizeBytes, createdAt: new Date(1).toISOString() },
    ]);
    const bytes = await kit.storedObjects.read(state.manifestKey, { start: 0, length: 1e6 });
    expect(decodeManifest(bytes, state.manifestKey)).toEqual(log.manifest);
    expect(log.sizeBytes).toBe(size);
    expect(await valuesOf(kit, log)).toEqual([0, 2, 3]);
    expect(log.uncompacted().map(({ baseOffset }) => baseOffset)).toEqual([3]);
  });

  test('I5: everything is there after a restart, and only the WAL since the checkpoint is read', async () => {
    const { kit, topic, log, hand } = await brokerWith(some('a', 'b'), some('c'), some('d', 'e'));
    await kit.clock.until(hand.compact(log, 3));
    const { kit: next, broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    expect([reopened.logStartOffset, reopened.highWatermark]).toEqual([0, 5]);
    expect(await valuesOf(next, reopened)).toEqual([0, 2, 3]);
    expect(reopened.manifest).toEqual(log.manifest);
    expect(reopened.uncompacted().map(({ baseOffset }) => baseOffset)).toEqual([3]);
    await broker.produce(topic, ['f']);
    expect(await valuesOf(next, reopened)).toEqual([0, 2, 3, 5]);
  });

  test('rule 7: drops the tenures that end at or below the checkpoint, and keeps the open one', async () => {
    const first = await brokerWith(some('a', 'b'));
    const { kit, broker } = await restarted(first.kit);
    await broker.produce(first.topic, ['c']);
    const log = broker.log(first.topic) as PartitionLog;
    expect((await assignmentOf(kit)).tenures).toHaveLength(2);
    const hand = new HandCompaction(kit.storedObjects, kit.logs, 'test');
    await kit.clock.until(hand.compact(log, 2));
    expect((await assignmentOf(kit)).tenures).toEqual([
      { incarnationId: 'b-1', epoch: 1, fromOffset: 2, toOffset: undefined },
    ]);
    await kit.storedMetadata.txn({ compare: [], success: [{ type: 'delete', key: 'commits/a-1' }] });
    const { kit: last, broker: third } = await restarted(kit, 'c');
    expect(await valuesOf(last, third.log(first.topic) as PartitionLog)).toEqual([0, 2]);
  });

  test('of one partition follow each other, each made from the one before', async () => {
    const { kit, log, manifest } = await brokerWith(some('a'));
    const seen: number[] = [];
    const retire = (key: string) =>
      manifest.commit(({ version }) => {
        seen.push(version);
        return { retire: [key] };
      });
    const results = await kit.clock.until(Promise.all([retire('x'), retire('y'), retire('z')]));
    expect(seen).toEqual([0, 1, 2]);
    expect(results.map(({ version }) => version)).toEqual([1, 2, 3]);
    const [first, second] = (await storedManifests(kit)).slice(0, 2);
    expect(log.manifest.retired.map(({ key }) => key)).toEqual(['x', first, 'y', second, 'z']);
    manifest.forgetRetired(['x', first as string]);
    await kit.clock.until(retire('w'));
    expect(log.manifest.retired.map(({ key }) => key).slice(0, 3)).toEqual(['y', second, 'z']);
  });

  test('without a change writes nothing', async () => {
    const { kit, manifest } = await brokerWith(some('a'));
    expect((await manifest.commit(() => undefined)).version).toBe(0);
    expect(await storedManifests(kit)).toEqual([]);
  });

  test('I3: raises the log start, and never lowers one that was raised meanwhile', async () => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'), some('c', 'd'));
    await kit.clock.until(hand.compact(log));
    kit.objects.setFaults({ latencyMs: [100, 100] });
    const raised = manifest.commit(() => ({ logStartOffset: 1 }));
    // While the manifest is on its way into the object store.
    await kit.clock.advance(20);
    await kit.clock.until(kit.logs.deleteRecords([{ log, offset: 3 }], TIMEOUT_MS), 10);
    expect(await kit.clock.until(raised)).toMatchObject({ logStartOffset: 3 });
    expect(await stateOf(kit)).toMatchObject({ logStartOffset: 3, manifestVersion: 2 });
    expect(log.logStartOffset).toBe(3);
    // The manifest that came too late is deleted, nobody knows it.
    expect(await storedManifests(kit)).toHaveLength(2);
  });

  test('I3: that would lose records is refused, and nothing is stored', async () => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'), some('c', 'd'));
    const segment = await hand.writeSegment(log, 2);
    for (const change of [
      { checkpointOffset: 2 },
      { segments: [segment], checkpointOffset: 4 },
      { segments: [segment], checkpointOffset: 5 },
      { logStartOffset: 5 },
    ]) {
      await expect(manifest.commit(() => change)).rejects.toThrow(/I3 violated/);
    }
    await manifest.commit(hand.added(segment));
    await expect(manifest.commit(() => ({ segments: [] }))).rejects.toThrow(/I3 violated/);
    await expect(manifest.commit(() => ({ checkpointOffset: 0 }))).rejects.toThrow(/I3 violated/);
    expect(await stateOf(kit)).toMatchObject({ manifestVersion: 1, checkpointOffset: 2 });
    expect(await storedManifests(kit)).toHaveLength(1);
  });

  test('passes over what is below the log start without a segment', async () => {
    const { kit, topic, log, manifest } = await brokerWith(some('a', 'b'), some('c'));
    await kit.clock.until(kit.logs.deleteRecords([{ log, offset: 3 }], TIMEOUT_MS));
    await manifest.commit(() => ({ checkpointOffset: 3 }));
    expect(log.uncompacted()).toEqual([]);
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    expect([reopened.logStartOffset, reopened.highWatermark]).toEqual([3, 3]);
    await broker.produce(topic, ['d']);
    expect(reopened.read(3, 1e6, true).batches).toHaveLength(1);
  });
});

describe('a manifest commit of a leader that was replaced', () => {
  test('I4 rule 10: changes nothing', async () => {
    const { kit, topic, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const { kit: next, broker } = await restarted(kit);
    await expect(kit.clock.until(manifest.commit(hand.added(segment)))).rejects.toMatchObject({
      code: ErrorCode.NOT_LEADER_OR_FOLLOWER,
    });
    expect(await stateOf(kit)).toMatchObject({ manifestKey: '', checkpointOffset: 0, leaderEpoch: 1 });
    expect(await valuesOf(next, broker.log(topic) as PartitionLog)).toEqual([0]);
  });

  test.each(['stored', 'committed'])('I4: also when that happened while the manifest was being %s', async (step) => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    if (step === 'stored') kit.objects.setFaults({ latencyMs: [100, 100] });
    else kit.metadata.setFaults({ latencyMs: [100, 100] });
    const late = manifest.commit(hand.added(segment));
    const outcome = expect(late).rejects.toMatchObject({ code: ErrorCode.NOT_LEADER_OR_FOLLOWER });
    await kit.clock.advance(step === 'stored' ? 50 : 120);
    await restarted(kit);
    await kit.clock.advance(5_000);
    await outcome;
    expect(await stateOf(kit)).toMatchObject({ manifestKey: '', checkpointOffset: 0, leaderEpoch: 1 });
  });

  test('I4: also when its incarnation has ended and nobody has taken over yet', async () => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const txn = kit.metadata.txn.bind(kit.metadata);
    kit.metadata.txn = async (transaction) => {
      if (transaction.compare.length > 0) await kit.endIncarnation('a-1');
      return txn(transaction);
    };
    await expect(manifest.commit(hand.added(segment))).rejects.toMatchObject({
      code: ErrorCode.NOT_LEADER_OR_FOLLOWER,
    });
    expect(await stateOf(kit)).toMatchObject({ manifestKey: '', checkpointOffset: 0 });
    expect(await storedManifests(kit)).toEqual([]);
  });

  test('of a deleted topic is refused, and its object does not stay', async () => {
    const { kit, broker, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const deleting = broker.catalogue.delete('orders');
    const late = expect(manifest.commit(hand.added(segment))).rejects.toThrow();
    await kit.clock.until(deleting);
    await late;
    expect(await storedManifests(kit)).toEqual([]);
  });
});

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

describe('I8: idempotent producers', () => {
  const from = (sequence: number) => batchOf(['v'], { producerId: 9, producerEpoch: 0, baseSequence: sequence });

  test('are remembered by the manifest, when no WAL tells of them any more', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1, 2, 3, 4, 5, 6].map(from));
    await kit.clock.until(hand.compact(log));
    expect(log.manifest.producers).toMatchObject([{ producerId: 9, batches: [{}, {}, {}, {}, {}] }]);
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    expect(reopened.append(from(6)).baseOffset).toBe(6);
    expect(reopened.append(from(2)).baseOffset).toBe(2);
    expect(() => reopened.append(from(8))).toThrow();
    expect(reopened.append(from(7)).baseOffset).toBe(7);
  });

  test('by the manifest and by the WAL since: as if all had been read', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1, 2, 3].map(from));
    await kit.clock.until(hand.compact(log, 2));
    expect(log.manifest.producers).toMatchObject([{ batches: [{ lastOffset: 0 }, { lastOffset: 1 }] }]);
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    for (const sequence of [0, 1, 2, 3]) expect(reopened.append(from(sequence)).baseOffset).toBe(sequence);
  });

  test('a WAL object on both sides of the checkpoint tells of those above it only', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1, 2].map(from));
    const together = [3, 4, 5].map((sequence) => log.append(from(sequence)).committed);
    await kit.clock.until(Promise.all(together));
    expect(log.uncompacted()).toHaveLength(4);
    await kit.clock.until(hand.compact(log, 5));
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    for (const sequence of [1, 2, 3, 4, 5]) expect(reopened.append(from(sequence)).baseOffset).toBe(sequence);
  });

  test('what was appended and not committed is not remembered by a manifest', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1].map(from));
    kit.objects.setFaults({ latencyMs: [60_000, 60_000] });
    const lost = [2, 3, 4, 5, 6].map((sequence) => log.append(from(sequence)).committed);
    for (const committed of lost) committed.catch(() => undefined);
    await kit.clock.settle();
    expect(log.producersBefore(2)).toMatchObject([{ batches: [{ lastOffset: 0 }, { lastOffset: 1 }] }]);
    kit.objects.setFaults({});
    await kit.clock.until(hand.compact(log, 2));
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    expect(() => reopened.append(from(3))).toThrow();
    expect(reopened.append(from(2)).baseOffset).toBe(2);
  });
});

describe('KIP-101: epochs', () => {
  test('below the checkpoint are told by the manifest', async () => {
    const first = await brokerWith(some('a', 'b'));
    const second = await restarted(first.kit);
    await second.broker.produce(first.topic, ['c', 'd']);
    const log = second.broker.log(first.topic) as PartitionLog;
    const hand = new HandCompaction(second.kit.storedObjects, second.kit.logs, 'test');
    await second.kit.clock.until(hand.compact(log));
    expect(log.manifest.epochs).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 1, startOffset: 2 },
    ]);
    const third = await restarted(second.kit, 'c');
    const reopened = third.broker.log(first.topic) as PartitionLog;
    expect(reopened.endOfEpoch(0)).toEqual({ leaderEpoch: 0, endOffset: 2 });
    expect(reopened.endOfEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 4 });
    expect(reopened.endOfEpoch(2)).toEqual({ leaderEpoch: 2, endOffset: 4 });
  });
});
