import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import type { VirtualClock } from '../support/virtual-clock.js';
import { checkBucket } from './bucket-check.js';
import { QUIET } from './draws.js';
import { SimBroker, type World } from './sim-broker.js';
import { GRACE_MS, ORPHAN_AGE_MS } from './sim-settings.js';
import { SimSteps } from './sim-steps.js';
import type { WatchedObjectStore } from './watched-object-store.js';

const NO_FAULTS = { objects: {}, metadata: {} };
/** Each task of the cleanup comes round at least every grace period, and some need three rounds. */
const QUIET_MS = ORPHAN_AGE_MS + 8 * GRACE_MS;
const IDLE_MS = 60_000;

/**
 * One broker has the cluster to itself. After a time in which nobody writes, everything is in segments and nothing is left
 * over in the bucket; then it writes nothing more (I7), and a restart reads one manifest per partition (I5).
 *
 * @throws Error
 */
export async function checkQuietEnd(life: World, objects: WatchedObjectStore, clock: VirtualClock): Promise<void> {
  const world = { ...life, setup: QUIET };
  const steps = new SimSteps();
  const last = new SimBroker(world, NO_FAULTS, 'last', steps);
  await clock.until(last.start());
  await clock.settle();
  const logs = partitionsOf(last);
  for (const log of logs) await clock.until(appendOne(log, clock));
  await clock.advance(QUIET_MS);
  await checkBucket(objects, world.metadata);
  await checkIdle(world, objects, clock);
  await checkBucket(objects, world.metadata);
  last.crash();
  await checkRestart(world, objects, clock, logs.length);
  if (steps.violation !== undefined) throw steps.violation;
}

function partitionsOf(broker: SimBroker): (PartitionLog | undefined)[] {
  return broker.catalogue
    .all()
    .flatMap(({ id, partitionCount }) =>
      Array.from({ length: partitionCount }, (_, partition) => broker.logOf(id, partition)),
    );
}

/** Every partition gets a newer manifest than any that was stored and not committed: those count as orphans only then. */
async function appendOne(log: PartitionLog | undefined, clock: VirtualClock): Promise<void> {
  const record = { key: null, value: Buffer.from('last'), timestamp: clock.now() };
  if (log === undefined) throw new Error("I5 violated: a partition can't be opened");
  await log.append(new RecordBatch(buildRecordBatch({ records: [record] }))).committed;
}

async function checkIdle({ metadata }: World, objects: WatchedObjectStore, clock: VirtualClock): Promise<void> {
  const { writes } = objects;
  const { revision } = await metadata.range('');
  await clock.advance(IDLE_MS);
  const after = (await metadata.range('')).revision;
  if (objects.writes > writes) throw new Error(`I7 violated: ${objects.writes - writes} writes of an idle broker`);
  if (after > revision) throw new Error(`I7 violated: ${after - revision} metadata writes of an idle broker`);
}

async function checkRestart(
  world: World,
  objects: WatchedObjectStore,
  clock: VirtualClock,
  partitions: number,
): Promise<void> {
  const before = objects.reads;
  const broker = new SimBroker(world, NO_FAULTS, 'restarted', new SimSteps());
  await clock.until(broker.start());
  await clock.settle();
  const reads = objects.reads - before;
  broker.crash();
  if (reads > partitions) throw new Error(`I5 violated: ${reads} reads to open ${partitions} partitions`);
}
