import { describe, expect, test } from '@jest/globals';
import { HandCompaction } from '../../test/support/hand-compaction.js';
import {
  assignmentOf,
  brokerWith,
  restarted,
  some,
  stateOf,
  storedManifests,
  valuesOf,
} from '../../test/support/manifest-kit.js';
import { decodeShownSegments } from '../metadata/shown-segments.js';
import { decodeManifest } from '../storage/manifest-format.js';
import type { PartitionLog } from './partition-log.js';

const TIMEOUT_MS = 10_000;

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
