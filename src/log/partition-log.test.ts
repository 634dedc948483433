import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchOf, LogKit, LOG_OPTIONS } from '../../test/support/log-kit.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { CorruptBlockError } from './blocks.js';
import { LoadedData } from './cold-data.js';
import type { PartitionLog } from './partition-log.js';
import { firstRecordAtOrAfter, recordWithMaxTimestamp } from './timestamp-search.js';

/** @param perObject how many of the batches share a WAL object */
async function logWith(batches: readonly RecordBatch[], options: Partial<typeof LOG_OPTIONS> = {}, perObject = 1) {
  const kit = new LogKit(options);
  await kit.begin('inc-1');
  const log = kit.openEmpty(0, 4);
  for (const [index, batch] of batches.entries()) {
    log.append(batch);
    if ((index + 1) % perObject === 0) await kit.logs.flush();
  }
  await kit.logs.flush();
  return { kit, log };
}

const baseOffsets = (batches: readonly Buffer[]) => batches.map((bytes) => new RecordBatch(bytes).baseOffset);

/** Reads as a fetch does: loads what is cold, then reads again. */
async function readWarm(log: PartitionLog, offset: number, maxBytes: number, atLeastOne = true) {
  for (;;) {
    const found = log.read(offset, maxBytes, atLeastOne);
    if (found.cold === undefined) return found;
    await log.load(found.cold);
  }
}

const sizeOf = (values: readonly string[]) => batchOf(values).sizeInBytes;

describe('append', () => {
  test('I2: offsets follow each other, and go into the batch with the leader epoch, leaving the CRC valid', async () => {
    const batches = [batchOf(['a', 'b', 'c']), batchOf(['d']), batchOf(['e', 'f'])];
    const { log } = await logWith(batches);
    expect(batches.map(({ baseOffset, partitionLeaderEpoch }) => [baseOffset, partitionLeaderEpoch])).toEqual([
      [0, 4],
      [3, 4],
      [4, 4],
    ]);
    for (const batch of batches) expect(batch.crc).toBe(batch.computeCrc());
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([0, 6, 6]);
  });

  test('I8: a repeated batch is answered with its first offset, and not stored again', async () => {
    const batch = () => batchOf(['a', 'b'], { producerId: 9, producerEpoch: 0, baseSequence: 0 });
    const { log } = await logWith([batch()]);
    const repeated = log.append(batch());
    expect(repeated.baseOffset).toBe(0);
    await repeated.committed;
    expect(log.logEndOffset).toBe(2);
  });

  test('I1 I8: a repeated batch whose first copy is not committed waits for that commit', async () => {
    const { kit, log } = await logWith([]);
    const batch = () => batchOf(['a'], { producerId: 9, producerEpoch: 0, baseSequence: 0 });
    kit.objects.setFaults({ latencyMs: [1000, 1000] });
    log.append(batch());
    let acknowledged = false;
    const repeated = log.append(batch());
    void repeated.committed.then(() => (acknowledged = true));
    await kit.clock.advance(900);
    expect([repeated.baseOffset, acknowledged]).toEqual([0, false]);
    await kit.clock.advance(200);
    expect([acknowledged, log.highWatermark]).toEqual([true, 1]);
  });

  test('I4: past the lease deadline nothing is accepted, and committed data stays readable', async () => {
    const { kit, log } = await logWith([batchOf(['a'])]);
    kit.live = false;
    expect(() => log.append(batchOf(['b']))).toThrow(
      new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker no longer leads the partition'),
    );
    expect(log.isLeading).toBe(false);
    expect(log.read(0, 1e6, true).batches).toHaveLength(1);
  });

  test('a closed log refuses, and tells who waits for a duplicate', async () => {
    const { kit, log } = await logWith([]);
    const batch = () => batchOf(['a'], { producerId: 9, producerEpoch: 0, baseSequence: 0 });
    kit.objects.setFaults({ failBefore: 1 });
    const waiting = [log.append(batch()).committed, log.append(batch()).committed];
    const outcomes = Promise.allSettled(waiting);
    kit.logs.abandon('gone');
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: ErrorCode.NOT_LEADER_OR_FOLLOWER } });
    }
    expect(() => log.append(batch())).toThrow(KafkaError);
  });
});

describe('read', () => {
  test.each([1, 3])(
    'returns whole batches from the one that contains the offset (%i in an object)',
    async (perObject) => {
      const { log } = await logWith([batchOf(['a', 'b', 'c']), batchOf(['d']), batchOf(['e'])], {}, perObject);
      expect(baseOffsets(log.read(2, 1e6, true).batches)).toEqual([0, 3, 4]);
      expect(baseOffsets(log.read(1, 1e6, true).batches)).toEqual([0, 3, 4]);
      expect(baseOffsets(log.read(3, 1e6, true).batches)).toEqual([3, 4]);
      expect(baseOffsets(log.read(5, 1e6, true).batches)).toEqual([]);
    },
  );

  test('KIP-74: a first batch larger than the limit is returned whole, but only if one is owed', async () => {
    const { log } = await logWith([batchOf(['x'.repeat(5000)]), batchOf(['y'])]);
    expect(baseOffsets(log.read(0, 1, true).batches)).toEqual([0]);
    expect(log.read(0, 1, false).batches).toEqual([]);
  });

  test('the limit is exact', async () => {
    const { log } = await logWith([batchOf(['a']), batchOf(['b']), batchOf(['c'])]);
    const one = sizeOf(['a']);
    expect(baseOffsets(log.read(0, 2 * one, true).batches)).toEqual([0, 1]);
    expect(baseOffsets(log.read(0, 2 * one - 1, true).batches)).toEqual([0]);
  });

  test('what is appended but not committed is never shown', async () => {
    const { kit, log } = await logWith([batchOf(['a'])]);
    kit.objects.setFaults({ failBefore: 1 });
    log.append(batchOf(['b']));
    await kit.clock.advance(5_000);
    expect([log.logEndOffset, log.highWatermark]).toEqual([2, 1]);
    expect(baseOffsets(log.read(0, 1e6, true).batches)).toEqual([0]);
    expect(log.read(1, 1e6, true).batches).toEqual([]);
  });

  test('readers are told of every commit', async () => {
    const { kit, log } = await logWith([]);
    let calls = 0;
    const stop = log.onAdvance(() => (calls += 1));
    log.append(batchOf(['a']));
    await kit.logs.flush();
    expect(calls).toBe(1);
    stop();
    log.append(batchOf(['b']));
    await kit.logs.flush();
    expect(calls).toBe(1);
  });

  test('cold data is read by one ranged GET, shared by all who want it, and verified', async () => {
    const { kit, log } = await logWith([batchOf(['a', 'b']), batchOf(['c'])], { cacheBytes: 2 });
    const { cold } = log.read(0, 1e6, true);
    expect(cold).toMatchObject({ block: { baseOffset: 0, lastOffset: 1 } });
    let reads = 0;
    const read = kit.objects.read.bind(kit.objects);
    kit.objects.read = (key, range, options) => {
      reads += 1;
      return read(key, range, options);
    };
    const block = cold as NonNullable<typeof cold>;
    const [first, second] = [new LoadedData(), new LoadedData()];
    await Promise.all([log.load(block, first), log.load(block, second)]);
    expect(reads).toBe(1);
    expect(baseOffsets([...first.batches.values()].flat())).toEqual([0]);
    expect(second).toEqual(first);
  });

  test('a truncated answer of the object store is noticed, never served', async () => {
    const { kit, log } = await logWith([batchOf(['a'.repeat(3000)])], { cacheBytes: 2 });
    const { cold } = log.read(0, 1e6, true);
    kit.objects.setFaults({ truncate: 1 });
    await expect(log.load(cold as NonNullable<typeof cold>)).rejects.toThrow(CorruptBlockError);
  });

  test.each([1, 3])(
    'any offset and limit give what a plain list of batches gives (%i in an object)',
    async (perObject) => {
      const sizes = [1, 4, 2, 2, 7, 1, 3];
      const batches = sizes.map((count) => batchOf(Array.from({ length: count }, (_, i) => 'v'.repeat(10 * i))));
      const { kit, log } = await logWith(batches, { cacheBytes: 4 * 1024 }, perObject);
      await fc.assert(
        fc.asyncProperty(
          fc.nat(log.highWatermark),
          fc.nat(2000),
          fc.boolean(),
          async (offset, maxBytes, atLeastOne) => {
            const rest = batches.filter(({ lastOffset }) => lastOffset >= offset);
            const expected: RecordBatch[] = [];
            let bytes = 0;
            for (const batch of rest) {
              bytes += batch.sizeInBytes;
              if (bytes > maxBytes && !(atLeastOne && expected.length === 0)) break;
              expected.push(batch);
            }
            const found = await kit.clock.until(readWarm(log, offset, maxBytes, atLeastOne));
            const got = baseOffsets(found.batches);
            // A read may end early at data that is not in memory, but never returns other batches, nor nothing.
            expect(got).toEqual(expected.slice(0, got.length).map(({ baseOffset }) => baseOffset));
            if (expected.length > 0) expect(got.length).toBeGreaterThan(0);
          },
        ),
        { numRuns: 200 },
      );
    },
  );
});

describe('search by timestamp', () => {
  const at = (...timestamps: number[]) =>
    batchOf([], { records: timestamps.map((timestamp) => ({ timestamp, value: 'v' })) });

  test('finds the first record at or after a time, also inside a batch and out of order', async () => {
    const { log } = await logWith([at(100, 300, 200), at(250), at(400, 500)]);
    expect(await firstRecordAtOrAfter(log, 0)).toEqual({ offset: 0, timestamp: 100, leaderEpoch: 4 });
    expect(await firstRecordAtOrAfter(log, 101)).toEqual({ offset: 1, timestamp: 300, leaderEpoch: 4 });
    expect(await firstRecordAtOrAfter(log, 301)).toEqual({ offset: 4, timestamp: 400, leaderEpoch: 4 });
    expect(await firstRecordAtOrAfter(log, 500)).toEqual({ offset: 5, timestamp: 500, leaderEpoch: 4 });
    expect(await firstRecordAtOrAfter(log, 501)).toBeUndefined();
  });

  test('finds the first record with the largest timestamp', async () => {
    const { log } = await logWith([at(100, 300, 200), at(300), at(5)]);
    expect(await recordWithMaxTimestamp(log)).toEqual({ offset: 1, timestamp: 300, leaderEpoch: 4 });
    expect(await recordWithMaxTimestamp((await logWith([])).log)).toBeUndefined();
  });

  test('with LogAppendTime all records of a batch have the batch timestamp', async () => {
    const batch = at(100, 200);
    batch.stampLogAppendTime(1_000);
    const { log } = await logWith([batch]);
    expect(await firstRecordAtOrAfter(log, 150)).toEqual({ offset: 0, timestamp: 1_000, leaderEpoch: 4 });
  });
});

describe('I6: the caches', () => {
  test('the tail cache keeps to its bound and drops the oldest object first', async () => {
    const { kit, log } = await logWith([], { cacheBytes: 20_000 });
    for (let i = 0; i < 20; i += 1) {
      log.append(batchOf(['x'.repeat(1000)]));
      await kit.logs.flush();
      expect(kit.logs.tailCacheBytes).toBeLessThanOrEqual(10_000);
    }
    expect(log.read(0, 1, true).cold).toBeDefined();
    expect(log.read(19, 1, true).batches).toHaveLength(1);
  });
});
