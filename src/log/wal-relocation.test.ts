import { expect, test } from '@jest/globals';
import { batchOf, LogKit, TOPIC } from '../../test/support/log-kit.js';
import { readRecords } from '../../test/support/test-cluster.js';
import type { PartitionLog } from './partition-log.js';

const MERGE_BY_FOURS = { fanIn: 4, targetBytes: 64 * 1024, patience: 16, lookEvery: 4 };
const id = { ...TOPIC, partition: 0 };
const tenure = { incarnationId: 'inc-1', epoch: 0, fromOffset: 0, toOffset: 6 };
const SIX = ['0', '1', '2', '3', '4', '5'];

/** Partition 0 was handed over, by an incarnation that lives on, writes another one, and merges all of its WAL. */
async function afterAHandOver() {
  const from = new LogKit({ mergeLimits: MERGE_BY_FOURS });
  await from.begin('inc-1');
  const write = async (log: PartitionLog, value: string) => {
    log.append(batchOf([value]));
    await from.clock.until(from.logs.flush());
    await from.clock.advance(100);
  };
  const [log, other] = [from.openEmpty(0), from.openEmpty(1)];
  for (const value of SIX) await write(log, value);
  expect(await from.clock.until(from.logs.settle([id]))).toEqual([{ leaderEpoch: 0, endOffset: 6 }]);
  from.logs.forget([id]);
  const to = new LogKit({}, from);
  await to.begin('inc-2');
  const open = async (kit: LogKit) => {
    const [recovered] = await kit.clock.until(kit.logs.recover([{ id, tenures: [tenure], state: undefined }]));
    if (recovered === undefined || 'error' in recovered) throw recovered?.error as Error;
    kit.logs.open(recovered, 1);
    return kit.logs.find(TOPIC.topicId, 0) as PartitionLog;
  };
  const reader = await open(to);
  for (let index = 0; index < 10; index += 1) await write(other, 'x');
  await from.storedObjects.delete([...from.logs.takeReplacedWalObjects()]);
  return { from, to, reader, open };
}

test('rule 11, I3: who reads objects that were merged away finds their records in the merged ones, once for all', async () => {
  const { to, reader } = await afterAHandOver();
  const before = reader.uncompacted().map(({ object }) => object.key);
  expect(await to.clock.until(readRecords(reader))).toEqual(SIX);
  const after = reader.uncompacted().map(({ object }) => object.key);
  expect(after.length).toBeLessThan(before.length);
  expect(before.filter((key) => after.includes(key))).toEqual([]);
});

test('I3: while the metadata store is away a read fails for now, and nothing counts as lost', async () => {
  const { to, reader } = await afterAHandOver();
  to.metadata.setFaults({ failBefore: 1 });
  await expect(to.clock.until(readRecords(reader))).rejects.toMatchObject({
    name: 'ObjectStoreError',
    cause: { name: 'MetadataUnavailableError' },
  });
  to.metadata.setFaults({});
  expect(await to.clock.until(readRecords(reader))).toEqual(SIX);
});

test('compaction is told that its extents have moved', async () => {
  const { to, reader } = await afterAHandOver();
  const [gone] = reader.uncompacted();
  await expect(to.clock.until(to.logs.loadForMaintenance(gone!))).rejects.toThrow(/not/i);
  const [present] = reader.uncompacted();
  expect(present?.object.key).not.toBe(gone?.object.key);
  expect(await to.clock.until(to.logs.loadForMaintenance(present!))).toHaveLength(present?.batchCount ?? 0);
});

test('an object that still counts and is gone stays an error', async () => {
  const { to, reader } = await afterAHandOver();
  expect(await to.clock.until(readRecords(reader))).toEqual(SIX);
  const key = reader.uncompacted()[0]?.object.key ?? '';
  await to.storedObjects.delete([key]);
  to.logs.abandon('begins anew');
  await to.begin('inc-3');
  const recovering = to.clock.until(to.logs.recover([{ id, tenures: [tenure], state: undefined }]));
  expect(await recovering).toMatchObject([{ id, error: expect.objectContaining({ name: 'MissingWalObjectError' }) }]);
});

test('R7: back at the one that has merged them, they are read from the merged objects', async () => {
  const { from, open } = await afterAHandOver();
  expect(await from.clock.until(readRecords(await open(from)))).toEqual(SIX);
});
