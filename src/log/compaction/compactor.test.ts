import { describe, expect, jest, test } from '@jest/globals';
import { readAll } from '../../../test/simulation/sim-clients.js';
import { CompactionKit } from '../../../test/support/compaction-kit.js';
import { batchOf } from '../../../test/support/log-kit.js';
import { segmentIndexKey, segmentKey } from '../../storage/object-keys.js';
import type { PartitionLog } from '../partition-log.js';

const VALUE = 'x'.repeat(200);
const MAX_AGE_MS = 20_000;

/** Appends records, each an extent of its own. */
async function produce(kit: CompactionKit, log: PartitionLog, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { committed } = log.append(batchOf([`${log.logEndOffset} ${VALUE}`]));
    await kit.clock.until(committed);
  }
}

/** Offsets in the values that can be read, from the log start on. */
async function readOffsets(kit: CompactionKit, log: PartitionLog): Promise<number[]> {
  const values = await kit.clock.until(readAll(log, log.logStartOffset));
  return values.map((value) => Number(value.split(' ')[0]));
}

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

describe('compaction', () => {
  test('by age: what is old becomes a segment, which is read instead of the WAL', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 3);
    await kit.clock.advance(MAX_AGE_MS - 10_000);
    expect(await kit.segmentKeys()).toEqual([]);
    await kit.clock.advance(20_000);
    expect(await kit.segmentKeys()).toEqual(['segment-00000000000000000000.kfs']);
    expect(log.manifest).toMatchObject({ checkpointOffset: 3, segments: [{ baseOffset: 0, lastOffset: 2 }] });
    expect(log.backlog).toEqual({ bytes: 0, extents: 0, oldestAt: undefined });
    expect(await readOffsets(kit, log)).toEqual([0, 1, 2]);
    expect(kit.written).toMatchObject([{ kind: 'compaction', merged: 0 }]);
  });

  test('by size: as soon as more than a segment has gathered, from memory, and no larger than a segment', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    const reads = jest.spyOn(kit.kit.storedObjects, 'read');
    await produce(kit, log, 40);
    await kit.clock.advance(2_000);
    const { segments, checkpointOffset } = log.manifest;
    expect(segments.length).toBeGreaterThan(1);
    for (const { sizeBytes } of segments) {
      expect(sizeBytes).toBeLessThanOrEqual(4096);
      expect(sizeBytes).toBeGreaterThan(3072);
    }
    expect(reads).not.toHaveBeenCalled();
    // The newest stay where readers at the end find them in memory.
    expect(checkpointOffset).toBeLessThan(40);
    expect(log.read(checkpointOffset, 1, true).cold).toBeUndefined();
    expect(await readOffsets(kit, log)).toEqual(upTo(40));
  });

  test('I5 I8: a broker that starts anew finds segments, what followed them, and the producers', async () => {
    const first = await CompactionKit.start();
    const [log] = (await first.createTopic()) as [PartitionLog];
    const sequenced = (sequence: number) =>
      batchOf([`${sequence} ${VALUE}`], { producerId: 7, producerEpoch: 0, baseSequence: sequence });
    for (let sequence = 0; sequence < 10; sequence += 1) {
      await first.clock.until(log.append(sequenced(sequence)).committed);
    }
    await first.clock.advance(MAX_AGE_MS + 2_000);
    expect(log.manifest.checkpointOffset).toBe(10);
    await first.clock.until(log.append(sequenced(10)).committed);
    const second = await CompactionKit.start({}, first);
    const reopened = await second.openLog();
    expect(await readOffsets(second, reopened)).toEqual(upTo(11));
    for (const sequence of [6, 9, 10]) expect(reopened.append(sequenced(sequence)).baseOffset).toBe(sequence);
    expect(reopened.append(sequenced(11)).baseOffset).toBe(11);
  });

  test('I7: many quiet partitions cost no more than the budget, and those that wait longest come first', async () => {
    const kit = await CompactionKit.start({ putsPerSecond: 3 });
    const logs = await kit.createTopic(200);
    await kit.clock.until(Promise.all(logs.map((log) => log.append(batchOf(['0'])).committed)));
    const puts = jest.spyOn(kit.kit.storedObjects, 'create');
    await kit.clock.advance(MAX_AGE_MS);
    puts.mockClear();
    await kit.clock.advance(30_000);
    expect(puts.mock.calls.length).toBeGreaterThan(80);
    expect(puts.mock.calls.length).toBeLessThanOrEqual(3 * 30 + 2);
    const done = logs.map((log) => log.manifest.checkpointOffset);
    expect(done).toEqual(done.toSorted((a, b) => b - a));
    expect(done).toContain(0);
  });

  test('I7: an idle broker writes nothing', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 30);
    await kit.clock.advance(2 * MAX_AGE_MS);
    const puts = jest.spyOn(kit.kit.storedObjects, 'create');
    await kit.clock.advance(300_000);
    expect(puts).not.toHaveBeenCalled();
  });

  test('small segments are merged, and the old ones retired with their indexes', async () => {
    const kit = await CompactionKit.start({ segmentBytes: 100_000 });
    const [log] = (await kit.createTopic()) as [PartitionLog];
    const puts = jest.spyOn(kit.kit.storedObjects, 'create');
    for (let round = 0; round < 8; round += 1) {
      await produce(kit, log, 8);
      await kit.clock.advance(MAX_AGE_MS + 2_000);
    }
    expect(log.manifest.segments).toMatchObject([{ baseOffset: 0, lastOffset: 63, recordCount: 64 }]);
    expect(log.manifest.segments[0]?.suffix).toBeDefined();
    const retired = log.manifest.retired.map(({ key }) => key);
    for (const name of upTo(8).map((round) => ({ baseOffset: round * 8 }))) {
      expect(retired).toContain(segmentKey('test', 'orders', 0, name));
      expect(retired).toContain(segmentIndexKey('test', 'orders', 0, name));
    }
    expect(kit.written.at(-1)).toMatchObject({ kind: 'merge', merged: 8 });
    // The merged one did not even try for the name of the first.
    const plain = segmentKey('test', 'orders', 0, { baseOffset: 0 });
    expect(puts.mock.calls.filter(([key]) => key === plain)).toHaveLength(1);
    expect(await readOffsets(kit, log)).toEqual(upTo(64));
    const second = await CompactionKit.start({ segmentBytes: 100_000 }, kit);
    expect(await readOffsets(second, await second.openLog())).toEqual(upTo(64));
  });

  test('what is below the log start is passed over', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 10);
    await kit.clock.until(kit.kit.logs.deleteRecords([{ log, offset: 6 }], 1_000));
    await kit.clock.advance(MAX_AGE_MS + 2_000);
    expect(log.manifest).toMatchObject({ checkpointOffset: 10, segments: [{ baseOffset: 6, lastOffset: 9 }] });
    expect(await readOffsets(kit, log)).toEqual([6, 7, 8, 9]);
  });

  test('when all is below the log start, the checkpoint moves without a segment', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 10);
    await kit.clock.until(kit.kit.logs.deleteRecords([{ log, offset: 10 }], 1_000));
    await kit.clock.advance(5_000);
    expect(log.manifest).toMatchObject({ checkpointOffset: 10, segments: [] });
    expect(await kit.segmentKeys()).toEqual([]);
    const second = await CompactionKit.start({}, kit);
    const reopened = await second.openLog();
    expect([reopened.logStartOffset, reopened.highWatermark]).toEqual([10, 10]);
  });

  test('a topic can have younger segments', async () => {
    const kit = await CompactionKit.start();
    kit.configs = new Map([['segment.ms', '5000']]);
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 1);
    await kit.clock.advance(8_000);
    expect(log.manifest.checkpointOffset).toBe(1);
  });

  test('a failing object store delays it, and harms nobody', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 3);
    kit.kit.objects.setFaults({ failBefore: 1 });
    await kit.clock.advance(2 * MAX_AGE_MS);
    expect(kit.failures).toBeGreaterThan(1);
    expect(kit.failures).toBeLessThan(20);
    kit.kit.objects.setFaults({});
    await kit.clock.advance(300_000);
    expect(log.manifest.checkpointOffset).toBe(3);
    expect(await readOffsets(kit, log)).toEqual([0, 1, 2]);
  });

  test('I2: while a deleted namesake has objects, none of their names is given again', async () => {
    const kit = await CompactionKit.start();
    const [old] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, old, 3);
    await kit.clock.advance(MAX_AGE_MS + 2_000);
    await kit.clock.until(kit.broker.catalogue.delete('orders'));
    // As if its objects were removed, and the note of it were not yet.
    await kit.kit.storedObjects.delete((await kit.kit.storedKeys()).filter((key) => key.includes('segment-')));
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 3);
    await kit.clock.advance(MAX_AGE_MS + 2_000);
    expect(log.manifest.segments).toMatchObject([{ baseOffset: 0 }]);
    expect(log.manifest.segments[0]?.suffix).toBeDefined();
    expect(await readOffsets(kit, log)).toEqual([0, 1, 2]);
  });

  test('stops with the incarnation', async () => {
    const kit = await CompactionKit.start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    await produce(kit, log, 3);
    await kit.clock.until(kit.broker.session.stop());
    const puts = jest.spyOn(kit.kit.storedObjects, 'create');
    await kit.clock.advance(2 * MAX_AGE_MS);
    expect(puts).not.toHaveBeenCalled();
  });
});
