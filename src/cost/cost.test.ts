import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogKit } from '../../test/support/log-kit.js';
import { buildRecordBatch } from '../protocol/records/build-batch.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { estimateCost } from './estimate.js';
import { PUTS_PER_SEGMENT, requestRates } from './request-model.js';
import { defaultCostSettings, defaultPrices, type Workload } from './workload.js';

const workload: Workload = {
  bytesPerSec: 10e6,
  recordBytes: 1000,
  partitions: 100,
  brokers: 1,
  retentionDays: 7,
  consumers: 1,
  coldShare: 0.1,
  settings: defaultCostSettings,
};

const anyWorkload: fc.Arbitrary<Workload> = fc.record({
  bytesPerSec: fc.double({ min: 1, max: 1e10, noNaN: true }),
  recordBytes: fc.integer({ min: 1, max: 1e6 }),
  partitions: fc.integer({ min: 50, max: 200_000 }),
  brokers: fc.integer({ min: 1, max: 50 }),
  retentionDays: fc.integer({ min: 0, max: 3650 }),
  consumers: fc.integer({ min: 0, max: 100 }),
  coldShare: fc.double({ min: 0, max: 1, noNaN: true }),
  settings: fc.constant(defaultCostSettings),
});

describe('the model of requests', () => {
  test('I7: WAL objects do not depend on the number of partitions', () => {
    fc.assert(
      fc.property(anyWorkload, fc.integer({ min: 50, max: 200_000 }), (one, partitions) => {
        expect(requestRates({ ...one, partitions }).puts.wal).toBe(requestRates(one).puts.wal);
      }),
    );
  });

  test('I7: budgets hold, and only full objects and full segments exceed them', () => {
    fc.assert(
      fc.property(anyWorkload, (one) => {
        const { puts, compactsBeyondBudget } = requestRates(one);
        const { writeBudgetPutsPerSec, compactionPutsPerSec, walObjectBytes, segmentBytes } = one.settings;
        const full = one.bytesPerSec / walObjectBytes;
        expect(puts.wal).toBeLessThanOrEqual(Math.max(writeBudgetPutsPerSec * one.brokers, full) * 1.000001);
        const fullSegments = (one.bytesPerSec / segmentBytes) * PUTS_PER_SEGMENT;
        const compaction = puts.segments + puts.segmentMerges;
        if (!compactsBeyondBudget)
          expect(compaction).toBeLessThanOrEqual((compactionPutsPerSec * one.brokers + fullSegments) * 1.000001);
        // A merged object takes the place of at least two.
        expect(puts.walMerges).toBeLessThanOrEqual(puts.wal);
      }),
    );
  });

  test('I6: many partitions with records in every object are compacted beyond the budget', () => {
    expect(requestRates({ ...workload, partitions: 1000 }).compactsBeyondBudget).toBe(false);
    const { puts, compactsBeyondBudget } = requestRates({ ...workload, partitions: 10_000 });
    expect(compactsBeyondBudget).toBe(true);
    expect(puts.segments).toBeGreaterThan(defaultCostSettings.compactionPutsPerSec);
  });

  test('every rate is a number from 0', () => {
    fc.assert(
      fc.property(anyWorkload, (one) => {
        const { puts, gets, metadataTransactions, secondsInWal } = requestRates(one);
        for (const rate of [...Object.values(puts), ...Object.values(gets), metadataTransactions, secondsInWal]) {
          expect(Number.isFinite(rate) && rate >= 0).toBe(true);
        }
      }),
    );
  });

  test('a full partition costs three writes for each segment, and nothing is merged', () => {
    const { puts } = requestRates({ ...workload, partitions: 1 });
    expect(puts.segments).toBeCloseTo((3 * 10e6) / (64 * 1024 * 1024));
    expect(puts).toMatchObject({ segmentMerges: 0, walMerges: 0 });
  });

  test('many quiet partitions are compacted as often as the budget allows', () => {
    const { puts, secondsInWal } = requestRates({ ...workload, bytesPerSec: 1e5, partitions: 10_000 });
    expect(secondsInWal).toBeCloseTo((10_000 * 3 * (8 / 7)) / 4);
    expect(puts.segments).toBeCloseTo(4 * (7 / 8));
    expect(puts.segmentMerges).toBeLessThanOrEqual(4 / 8);
  });
});

describe('counted requests against the model', () => {
  const SECONDS = 15;

  /** Produces at a steady rate on the virtual clock. @returns objects that the WAL wrote per second */
  async function countedWalPuts(batchBytes: number, batchesPerSec: number, partitions: number): Promise<number> {
    const kit = new LogKit({ walObjectBytes: 200 * 1024 });
    await kit.begin('inc-1');
    kit.objects.setFaults({ latencyMs: [20, 60] });
    const logs = Array.from({ length: partitions }, (_, partition) => kit.openEmpty(partition));
    const value = Buffer.alloc(batchBytes - 70);
    const total = SECONDS * batchesPerSec;
    for (let sent = 0; sent < total; sent += 1) {
      const batch = new RecordBatch(buildRecordBatch({ records: [{ value }] }));
      logs[sent % partitions]?.append(batch).committed.catch(() => undefined);
      await kit.clock.advance(1000 / batchesPerSec);
    }
    await kit.clock.advance(1000);
    return kit.sealed.length / SECONDS;
  }

  test.each([
    ['few records: each is written at once', 1000, 2, 1],
    ['a stream: as the write budget allows', 1000, 20, 1],
    ['the same over many partitions', 1000, 20, 40],
    ['full objects: as many as the bytes fill', 220_000, 20, 4],
  ])('%s', async (_, recordBytes, perSec, partitions) => {
    const modelled = requestRates({
      ...workload,
      bytesPerSec: recordBytes * perSec,
      recordBytes,
      partitions,
      settings: { ...defaultCostSettings, walObjectBytes: 200 * 1024 },
    }).puts.wal;
    const counted = await countedWalPuts(recordBytes, perSec, partitions);
    expect(counted / modelled).toBeGreaterThan(0.8);
    expect(counted / modelled).toBeLessThan(1.2);
  });
});

describe('the estimate', () => {
  test('multiplies rates by prices', () => {
    const estimate = estimateCost(workload, { putsPer1000: 1, getsPer1000: 0, gbMonth: 0 });
    expect(estimate.perMonth).toMatchObject({ gets: 0, storage: 0 });
    expect(estimate.perMonth.puts).toBeCloseTo((estimate.putsPerSec * 730 * 3600) / 1000);
    const millions = (10e6 / 1000) * 730 * 3600 * 1e-6;
    expect(estimate.requestsPerMillionRecords * millions).toBeCloseTo(estimate.perMonth.puts);
  });

  test('storage is what the retention time holds, and the WAL', () => {
    const { storedBytes } = estimateCost(workload, defaultPrices);
    const kept = 10e6 * 7 * 86_400;
    expect(storedBytes).toBeGreaterThan(kept);
    expect(storedBytes).toBeLessThan(kept * 1.05);
  });

  test.each([
    [{ bytesPerSec: 0 }, 'bytesPerSec'],
    [{ recordBytes: Number.NaN }, 'recordBytes'],
    [{ coldShare: 1.1 }, 'coldShare'],
    [{ consumers: -1 }, 'consumers'],
    [{ partitions: 2, brokers: 3 }, 'a partition for each broker'],
    [{ settings: { ...defaultCostSettings, segmentBytes: 0 } }, 'segmentBytes'],
  ])('%p is refused', (change, message) => {
    expect(() => estimateCost({ ...workload, ...change }, defaultPrices)).toThrow(message);
  });
});
