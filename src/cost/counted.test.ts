import { describe, expect, test } from '@jest/globals';
import { SteadyBroker, type SteadyRequests } from '../../test/support/steady-broker.js';
import { requestRates, type RequestRates, type WalMergeModel } from './request-model.js';
import { defaultCostSettings } from './workload.js';

const RECORDS_PER_SEC = 100;
const RECORD_BYTES = 150;
const WAL_BYTES_PER_OBJECT = (RECORDS_PER_SEC / defaultCostSettings.writeBudgetPutsPerSec) * RECORD_BYTES;
/** As in production, but for fewer and smaller objects: merged ones are full with a dozen, and memory holds a minority. */
const MERGING: WalMergeModel = { fanIn: 16, patience: 64, targetBytes: 12.5 * WAL_BYTES_PER_OBJECT };
const CACHE_BYTES = 50 * WAL_BYTES_PER_OBJECT;
const WAL_OBJECT_BYTES = 64 * 1024;

interface Case {
  readonly partitions: number;
  readonly segmentBytes: number;
  readonly compactAfterSec: number;
  readonly compactionPutsPerSec: number;
}

function modelOf({ partitions, ...compaction }: Case): RequestRates {
  const settings = { ...defaultCostSettings, ...compaction, walObjectBytes: WAL_OBJECT_BYTES, cacheBytes: CACHE_BYTES };
  const load = { bytesPerSec: RECORDS_PER_SEC * RECORD_BYTES, recordBytes: RECORD_BYTES, partitions, brokers: 1 };
  return requestRates({ ...load, retentionDays: 1, consumers: 0, coldShare: 0, settings }, MERGING);
}

/** What each of two stretches of time took, once compaction has come round. */
async function counted(
  { partitions, segmentBytes, compactAfterSec, compactionPutsPerSec }: Case,
  secondsEach: number,
): Promise<[SteadyRequests, SteadyRequests]> {
  const broker = await SteadyBroker.start({
    partitions,
    recordsPerSec: RECORDS_PER_SEC,
    recordBytes: RECORD_BYTES,
    log: {
      cacheBytes: CACHE_BYTES,
      walObjectBytes: WAL_OBJECT_BYTES,
      mergeLimits: MERGING,
      maxConcurrentReads: 64,
    },
    compaction: { segmentBytes, maxAgeMs: compactAfterSec * 1000, putsPerSecond: compactionPutsPerSec },
    retentionMs: 86_400_000,
  });
  try {
    await broker.run(secondsEach * 1.5);
    return [await broker.run(secondsEach / 2), await broker.run(secondsEach)];
  } finally {
    broker.stop();
  }
}

const sum = (rates: Readonly<Record<string, number>>) => Object.values(rates).reduce((total, rate) => total + rate, 0);

describe('requests of a broker that compacts, merges and cleans up, against the model', () => {
  test.each<Case & { name: string }>([
    {
      name: 'one partition, compacted when a segment is full',
      partitions: 1,
      segmentBytes: 80_000,
      compactAfterSec: 600,
      compactionPutsPerSec: 4,
    },
    {
      name: '100 partitions, compacted when the budget comes round to them',
      partitions: 100,
      segmentBytes: 64e6,
      compactAfterSec: 10,
      compactionPutsPerSec: 8,
    },
    {
      name: 'far more partitions than a WAL object has records',
      partitions: 200,
      segmentBytes: 64e6,
      compactAfterSec: 10,
      compactionPutsPerSec: 16,
    },
  ])(
    'I7: $name',
    async (one) => {
      const model = modelOf(one);
      const seconds = Math.max(model.secondsInWal, 30);
      const [earlier, later] = await counted(one, seconds);
      const perSec = (count: number) => count / seconds;
      const { segment, index, manifest, wal, merged } = later.puts;
      const within = (value: number, expected: number, tolerance: number) => {
        expect(value).toBeGreaterThan(expected * (1 - tolerance));
        expect(value).toBeLessThan(expected * (1 + tolerance));
      };
      within(perSec(wal), model.puts.wal, 0.05);
      // Segments are merged, and dropped, later than this test looks.
      within(perSec(segment + index + manifest), model.puts.segments, 0.25);
      expect(Math.abs(perSec(merged) - model.puts.walMerges)).toBeLessThan(0.6);
      within(perSec(later.operations.put), model.puts.wal + model.puts.walMerges + model.puts.segments, 0.15);
      within(perSec(later.operations.get), sum(model.gets) - model.gets.segmentMerges, 0.3);
      expect(later.operations).toMatchObject({ list: 0, head: 0 });
      expect(perSec(later.operations.delete)).toBeLessThan(0.2);
      within(
        perSec(later.metadata.transactions),
        model.puts.wal + model.puts.walMerges + model.puts.segments / 3,
        0.15,
      );

      // What the metadata store holds does not grow with what is written: a state and an assignment for each partition.
      expect(later.storedKeys).toBe(earlier.storedKeys);
      expect(later.storedKeys).toBeLessThan(2 * one.partitions + 10);
      const ofManifests = 6_000 * (model.puts.segments / 3);
      const ofMerges = 150 * (model.secondsInWal * model.puts.wal) * model.puts.walMerges;
      expect(perSec(later.metadata.bytes)).toBeLessThan(100 * model.puts.wal + ofManifests + ofMerges);
    },
    120_000,
  );
});
