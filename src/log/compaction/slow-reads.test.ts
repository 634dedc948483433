import { describe, expect, test } from '@jest/globals';
import { readAll } from '../../../test/simulation/sim-clients.js';
import { CompactionKit } from '../../../test/support/compaction-kit.js';
import { batchOf } from '../../../test/support/log-kit.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { silentLogger } from '../../logging/logger.js';
import { ObjectNotFoundError } from '../../storage/object-store.js';
import { sleep } from '../../time/clock.js';
import { Janitor } from '../cleanup/janitor.js';
import type { PartitionLog } from '../partition-log.js';

const GRACE_MS = 5_000;
const SLOW_READ_MS = 3 * GRACE_MS;

/** A broker whose WAL objects are merged by fours, while hardly anything of them is in memory. */
async function start(): Promise<CompactionKit> {
  const kit = await CompactionKit.start(
    { segmentBytes: 1024 * 1024, maxAgeMs: 10_000, putsPerSecond: 100 },
    undefined,
    {
      cacheBytes: 8 * 1024,
      writeBudgetPerSecond: 100,
      mergeLimits: { fanIn: 4, targetBytes: 64 * 1024, patience: 12, lookEvery: 4 },
    },
  );
  const { logs, objects, metadata, clock } = kit.kit;
  const janitor = new Janitor(
    { namespace: 'test', graceMs: GRACE_MS, retentionIntervalMs: 60_000, orphanScanIntervalMs: 60_000 },
    {
      ...{ logs, objects, metadata, clock, catalogue: kit.broker.catalogue, topicDefaults: { under: (own) => own } },
      random: seededRandom(6),
      logger: silentLogger,
      observer: {
        objectsRemoved: () => undefined,
        logStartMoved: () => undefined,
        cleanupFailed: () => undefined,
        unknownObjects: () => undefined,
      },
    },
  );
  janitor.begin({ id: kit.broker.session.incarnationId ?? '' });
  return kit;
}

/** Has compaction wait before each of its reads. @returns how many objects were gone then */
function slowDown(kit: CompactionKit): () => number {
  let gone = 0;
  const { load } = kit;
  kit.load = async (...wanted) => {
    await sleep(kit.clock, SLOW_READ_MS);
    try {
      return await load(...wanted);
    } catch (error) {
      if (error instanceof ObjectNotFoundError) gone += 1;
      throw error;
    }
  };
  return () => gone;
}

async function produce(kit: CompactionKit, log: PartitionLog, forMs: number): Promise<void> {
  const end = kit.clock.monotonic() + forMs;
  while (kit.clock.monotonic() < end) {
    await kit.clock.until(log.append(batchOf([`${log.logEndOffset} ${'x'.repeat(200)}`])).committed);
    await kit.clock.advance(250);
  }
}

describe('compaction that reads for longer than the grace period, while what it reads is merged and removed', () => {
  test('I1 I2 I3: goes on with the merged objects, and does not begin anew', async () => {
    const kit = await start();
    const [log] = (await kit.createTopic()) as [PartitionLog];
    const gone = slowDown(kit);
    await produce(kit, log, 60_000);
    expect(gone()).toBeGreaterThan(0);
    expect(kit.failures).toBe(0);
    expect(log.manifest.checkpointOffset).toBeGreaterThan(0);
    await kit.clock.advance(150_000);
    expect(log.manifest.checkpointOffset).toBe(log.highWatermark);
    const values = await kit.clock.until(readAll(log));
    expect(values.map((value) => Number(value.split(' ')[0]))).toEqual(values.map((_, offset) => offset));
  }, 60_000);
});
