import { describe, expect, jest, test } from '@jest/globals';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { LoadedData } from './cold-data.js';
import type { PartitionLog } from './partition-log.js';

const KIB = 1024;

/** Partitions whose objects, each with a batch of every partition, are in no cache. */
async function coldLogs(partitions: number, objects: number, options: ConstructorParameters<typeof LogKit>[0] = {}) {
  const writer = new LogKit({ writeBudgetPerSecond: 1000 });
  await writer.begin('inc-1');
  const written = Array.from({ length: partitions }, (_, partition) => writer.openEmpty(partition));
  for (let object = 0; object < objects; object += 1) {
    for (const log of written) log.append(batchOf(['x'.repeat(4 * KIB)]));
    await writer.logs.flush();
  }
  const kit = new LogKit({ readaheadBytes: 0, cacheBytes: 512 * KIB, ...options }, writer);
  await kit.begin('inc-2');
  const reads = jest.spyOn(kit.storedObjects, 'read');
  const logs = written.map((log) => kit.openWith(log.partition, log.uncompacted()));
  return { kit, logs, gets: () => reads.mock.calls.length };
}

/** Reads a log to its end, as a consumer does. @returns the base offsets of all batches */
async function consume(log: PartitionLog, afterEach: () => Promise<void> | void = () => undefined): Promise<number[]> {
  const offsets: number[] = [];
  for (let next = 0; next < log.highWatermark;) {
    const loaded = new LoadedData();
    let found = log.read(next, 1, true);
    for (; found.cold !== undefined; found = log.read(next, 1, true, loaded)) await log.load(found.cold, loaded);
    log.served(found.blocks);
    for (const bytes of found.batches) {
      const batch = new RecordBatch(bytes);
      offsets.push(batch.baseOffset);
      next = batch.lastOffset + 1;
    }
    await afterEach();
  }
  return offsets;
}

const upTo = (end: number) => Array.from({ length: end }, (_, i) => i);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('requests', () => {
  test('eight partitions of one object cost one', async () => {
    const { logs, gets } = await coldLogs(8, 1);
    const offsets = await Promise.all(logs.map((log) => consume(log)));
    expect(offsets).toEqual(logs.map(() => [0]));
    expect(gets()).toBe(1);
  });

  test('eight partitions that are read at the same pace cost one for each object, read ahead too', async () => {
    const { logs, gets } = await coldLogs(8, 20, { readaheadBytes: 64 * KIB, cacheBytes: 8 * 1024 * KIB });
    for (const offset of upTo(20)) {
      const loaded = new LoadedData();
      const cold = logs.flatMap((log) => log.read(offset, 1, true).cold ?? []);
      await Promise.all(cold.map((data, index) => (logs[index] as PartitionLog).load(data, loaded)));
      for (const log of logs) log.served(log.read(offset, 1, true, loaded).blocks);
      await turn();
    }
    expect(gets()).toBe(20);
  });

  test('eight partitions whose readers are at different places cost one for each object', async () => {
    const { logs, gets } = await coldLogs(8, 40, { readaheadBytes: 64 * KIB, cacheBytes: 8 * 1024 * KIB });
    // Each stays behind for a while, at another place than the others.
    const pausing = (partition: number) => {
      let blocks = 0;
      return async () => {
        blocks += 1;
        for (let turns = blocks % 8 === partition ? 5 : 1; turns > 0; turns -= 1) await turn();
      };
    };
    const offsets = await Promise.all(logs.map((log, partition) => consume(log, pausing(partition))));
    for (const read of offsets) expect(read).toEqual(upTo(40));
    expect(gets()).toBeLessThanOrEqual(40 + 2 * 8);
  });

  test('what nobody reads is not read with the rest', async () => {
    const { kit, logs, gets } = await coldLogs(8, 30, { readaheadBytes: 64 * KIB, cacheBytes: 8 * 1024 * KIB });
    const [read] = logs as [PartitionLog];
    await consume(read, turn);
    expect(gets()).toBe(30);
    expect(kit.logs.reader.usedBytes).toBeLessThan(1.2 * read.sizeBytes);
  });

  test('in a cache that cannot hold what others want too, a reader is read ahead alone', async () => {
    const { logs, gets } = await coldLogs(8, 30, { readaheadBytes: 64 * KIB, cacheBytes: 80 * KIB });
    const waits = logs.map((log) => jest.spyOn(log, 'load'));
    for (const log of logs) expect(await consume(log, turn)).toEqual(upTo(30));
    for (const wait of waits) expect(wait.mock.calls.length).toBeLessThan(30 / 2);
    expect(gets()).toBeLessThanOrEqual(8 * 30);
  });

  test('a reader who has gone away costs no more than twice what is read ahead', async () => {
    const readaheadBytes = 50 * KIB;
    const { kit, logs, gets } = await coldLogs(2, 40, { readaheadBytes, cacheBytes: 8 * 1024 * KIB });
    const [stays, goes] = logs as [PartitionLog, PartitionLog];
    const loaded = new LoadedData();
    const first = goes.read(0, 1, true).cold;
    await goes.load(first as NonNullable<typeof first>, loaded);
    goes.served(goes.read(0, 1, true, loaded).blocks);
    await consume(stays, turn);
    expect(gets()).toBe(41);
    const joined = kit.logs.reader.usedBytes - stays.sizeBytes;
    expect(joined).toBeGreaterThan(1.5 * readaheadBytes);
    expect(joined).toBeLessThan(2.5 * readaheadBytes);
  });

  test('ten consumers catching up on the same data cost those of one', async () => {
    const { logs, gets } = await coldLogs(1, 30, { readaheadBytes: 64 * KIB });
    const log = logs[0] as PartitionLog;
    const offsets = await Promise.all(
      upTo(10).map((consumer) => consume(log, () => (consumer % 2 ? turn() : undefined))),
    );
    for (const read of offsets) expect(read).toEqual(upTo(30));
    expect(gets()).toBe(30);
  });

  test('reading ahead costs none, and has the next blocks there in time', async () => {
    const { kit, logs, gets } = await coldLogs(1, 30, { readaheadBytes: 64 * KIB });
    const log = logs[0] as PartitionLog;
    const waits = jest.spyOn(log, 'load');
    expect(await consume(log, turn)).toEqual(upTo(30));
    expect(gets()).toBe(30);
    expect(waits.mock.calls.length).toBe(2);
    // All had to be read for this, whether somebody waited or not.
    expect(kit.blocksServed).toEqual({ memory: 0, store: 30 });
    await consume(log, turn);
    expect(kit.blocksServed).toEqual({ memory: 30, store: 30 });
  });

  test('without room in the cache nothing is read ahead, and everything can be read', async () => {
    const { logs, gets } = await coldLogs(1, 30, { readaheadBytes: 64 * KIB, cacheBytes: 8 * KIB });
    expect(await consume(logs[0] as PartitionLog, turn)).toEqual(upTo(30));
    expect(gets()).toBe(30);
  });
});

test('I6: whatever is read, caches and reads on their way keep to the bound', async () => {
  const { kit, logs } = await coldLogs(4, 40, { readaheadBytes: 64 * KIB, cacheBytes: 200 * KIB });
  kit.objects.setFaults({ latencyMs: [5, 50] });
  let most = 0;
  const watch = () => void (most = Math.max(most, kit.logs.reader.usedBytes));
  const read = kit.objects.read.bind(kit.objects);
  jest.spyOn(kit.objects, 'read').mockImplementation((...args) => {
    watch();
    return read(...args);
  });
  await kit.clock.until(Promise.all(logs.map((log) => consume(log, watch))));
  expect(most).toBeGreaterThan(50 * KIB);
  expect(most).toBeLessThanOrEqual(100 * KIB);
});
