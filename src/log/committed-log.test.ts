import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HandCompaction } from '../../test/support/hand-compaction.js';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { LoadedData } from './cold-data.js';
import type { PartitionLog } from './partition-log.js';
import { firstRecordAtOrAfter, recordWithMaxTimestamp } from './timestamp-search.js';

/** Batches in WAL objects, the first of them in segments too. */
interface Layout {
  readonly recordsPerBatch: readonly number[];
  /** How many batches share a WAL object. */
  readonly perObject: number;
  /** After how many batches a segment ends. */
  readonly segmentEnds: readonly number[];
}

const layouts: fc.Arbitrary<Layout> = fc
  .record({
    recordsPerBatch: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
    perObject: fc.integer({ min: 1, max: 5 }),
    ends: fc.array(fc.nat(12), { maxLength: 4 }),
  })
  .map(({ recordsPerBatch, perObject, ends }) => ({
    recordsPerBatch,
    perObject,
    segmentEnds: [...new Set(ends)].filter((end) => end > 0 && end <= recordsPerBatch.length).sort((a, b) => a - b),
  }));

async function logOf(layout: Layout, cacheBytes: number) {
  const kit = new LogKit({ cacheBytes });
  await kit.begin('inc-1');
  const log = kit.openEmpty();
  const batches = layout.recordsPerBatch.map((count, at) => {
    const records = Array.from({ length: count }, (_, index) => ({ timestamp: 100 * at + 37 * index, value: `${at}` }));
    return batchOf([], { records });
  });
  for (const [index, batch] of batches.entries()) {
    log.append(batch);
    if ((index + 1) % layout.perObject === 0) await kit.logs.flush();
  }
  await kit.logs.flush();
  return { kit, log, batches };
}

/** Swaps extents for segments, as a manifest commit does once it is made. */
async function compact(
  kit: LogKit,
  log: PartitionLog,
  batches: readonly RecordBatch[],
  segmentEnds: readonly number[],
) {
  const hand = new HandCompaction(kit.storedObjects, kit.logs, 'test');
  for (const end of segmentEnds) {
    const segment = await hand.writeSegment(log, (batches[end - 1] as RecordBatch).lastOffset + 1);
    log.adoptManifest({ ...log.manifest, ...hand.added(segment)(log.manifest) });
  }
}

async function readOn(log: PartitionLog, offset: number, maxBytes: number) {
  const loaded = new LoadedData();
  for (;;) {
    const found = log.read(offset, maxBytes, true, loaded);
    if (found.cold === undefined) return found.batches.map((bytes) => new RecordBatch(bytes).baseOffset);
    await log.load(found.cold, loaded);
  }
}

describe('a log of segments and extents', () => {
  test.each([4 * 1024 * 1024, 2])(
    'I3: gives what a plain list of batches gives, with a cache of %i bytes',
    async (cache) => {
      await fc.assert(
        fc.asyncProperty(layouts, fc.nat(60), fc.nat(1000), async (layout, at, maxBytes) => {
          const { kit, log, batches } = await logOf(layout, cache);
          await compact(kit, log, batches, layout.segmentEnds);
          const offset = at % log.highWatermark;
          const expected: number[] = [];
          let bytes = 0;
          for (const batch of batches.filter(({ lastOffset }) => lastOffset >= offset)) {
            bytes += batch.sizeInBytes;
            if (bytes > maxBytes && expected.length > 0) break;
            expected.push(batch.baseOffset);
          }
          const got = await readOn(log, offset, maxBytes);
          expect(got).toEqual(expected.slice(0, got.length));
          expect(got.length).toBeGreaterThan(0);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('finds the same by timestamp as without segments, whatever was deleted', async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.nat(1300), fc.nat(60), async (layout, timestamp, at) => {
        const { kit, log, batches } = await logOf(layout, 4 * 1024 * 1024);
        log.raiseLogStart(at % (log.highWatermark + 1));
        const found = await firstRecordAtOrAfter(log, timestamp);
        const latest = await recordWithMaxTimestamp(log);
        await compact(kit, log, batches, layout.segmentEnds);
        expect(await firstRecordAtOrAfter(log, timestamp)).toEqual(found);
        expect(await recordWithMaxTimestamp(log)).toEqual(latest);
      }),
      { numRuns: 60 },
    );
  });

  test('has the same size as without segments, when they end where extents do', async () => {
    const { kit, log, batches } = await logOf({ recordsPerBatch: [1, 2, 3, 4], perObject: 2, segmentEnds: [] }, 2);
    const size = log.sizeBytes;
    await compact(kit, log, batches, [2]);
    expect([log.sizeBytes, log.backlog.bytes]).toEqual([size, batches[2]!.sizeInBytes + batches[3]!.sizeInBytes]);
    log.raiseLogStart(3);
    expect(log.sizeBytes).toBe(log.backlog.bytes);
  });

  test('keeps extents below the log start until the checkpoint has passed them: they tell of producers', async () => {
    const { kit, log, batches } = await logOf({ recordsPerBatch: [1, 1, 1], perObject: 1, segmentEnds: [] }, 2);
    log.raiseLogStart(2);
    expect(log.uncompacted().map(({ baseOffset }) => baseOffset)).toEqual([0, 1, 2]);
    expect([log.uncompacted()[0]?.baseOffset, log.backlog.bytes]).toEqual([0, batches[2]!.sizeInBytes]);
    log.adoptManifest({ ...log.manifest, checkpointOffset: 2 });
    expect(log.uncompacted().map(({ baseOffset }) => baseOffset)).toEqual([2]);
    log.append(batchOf(['x']));
    await kit.logs.flush();
    expect(log.highWatermark).toBe(4);
  });

  test('I3: a checkpoint goes neither back nor beyond what is committed', async () => {
    const { log } = await logOf({ recordsPerBatch: [1, 1], perObject: 1, segmentEnds: [] }, 2);
    log.adoptManifest({ ...log.manifest, checkpointOffset: 1 });
    expect(() => log.adoptManifest({ ...log.manifest, checkpointOffset: 0 })).toThrow(/I3 violated/);
    expect(() => log.adoptManifest({ ...log.manifest, checkpointOffset: 3 })).toThrow(/I3 violated/);
  });
});
