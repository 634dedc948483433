import { afterEach, describe, expect, test } from '@jest/globals';
import { LOG_OPTIONS } from '../../../test/support/log-kit.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { successorOf, TestBroker } from '../../../test/support/test-broker.js';
import { compactInto } from '../../../test/support/test-segments.js';
import { LogKit } from '../../../test/support/log-kit.js';
import { silentLogger } from '../../logging/logger.js';
import { CONTROLLER_KEY, incarnationKey } from '../../metadata/keys.js';
import { encodeIncarnationRecord } from '../../metadata/records.js';
import { ObjectNotFoundError } from '../../storage/object-store.js';
import type { PartitionLog } from '../partition-log.js';
import type { CleanupObserver } from './cleanup-observer.js';
import { Janitor } from './janitor.js';

const MINUTE_MS = 60_000;
const GRACE_MS = 10 * MINUTE_MS;

const NOBODY: CleanupObserver = {
  objectsRemoved: () => undefined,
  logStartMoved: () => undefined,
  cleanupFailed: () => undefined,
  unknownObjects: () => undefined,
};

const running: Janitor[] = [];

async function startBroker(kit: LogKit, name: string): Promise<TestBroker> {
  const broker = new TestBroker(kit, name);
  const janitor = new Janitor(
    {
      namespace: LOG_OPTIONS.namespace,
      retentionIntervalMs: 5 * MINUTE_MS,
      graceMs: GRACE_MS,
      orphanScanIntervalMs: 1440 * MINUTE_MS,
    },
    {
      logs: kit.logs,
      objects: kit.objects,
      metadata: kit.metadata,
      catalogue: broker.catalogue,
      topicDefaults: { under: (own) => own },
      clock: kit.clock,
      random: seededRandom(4),
      logger: silentLogger,
      observer: NOBODY,
    },
  );
  broker.session.attach(janitor);
  running.push(janitor);
  await broker.start();
  await kit.clock.settle();
  return broker;
}

const walOf = async (kit: LogKit, id: string) =>
  (await kit.storedKeys()).filter((key) => key.startsWith(`test/_kafscale/wal/${id}/`));

afterEach(() => {
  for (const janitor of running.splice(0)) janitor.abandon('the test is over');
});

describe('the janitor', () => {
  test('the number of objects stays bounded under constant traffic: retention, the WAL, manifests', async () => {
    const kit = new LogKit();
    const broker = await startBroker(kit, 'a');
    const hour = new Map([['retention.ms', String(60 * MINUTE_MS)]]);
    const topic = await broker.createTopic('orders', 1, hour);
    const counts: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      for (let batch = 0; batch < 20; batch += 1) await broker.produce(topic, ['a', 'b']);
      await compactInto(kit, broker.log(topic) as PartitionLog);
      await kit.clock.advance(15 * MINUTE_MS);
      counts.push((await kit.storedKeys()).length);
    }
    expect(await walOf(kit, 'a-1')).toEqual([]);
    // Four to six segments with their indexes, and the manifests of the last minutes.
    expect(Math.max(...counts.slice(4))).toBeLessThanOrEqual(2 * 6 + 5);
    const log = broker.log(topic) as PartitionLog;
    expect(log.logStartOffset).toBeGreaterThan(250);
    expect(log.highWatermark).toBe(480);
    const next = await startBroker(successorOf(kit), 'b');
    expect(next.log(topic)).toMatchObject({ logStartOffset: log.logStartOffset, highWatermark: 480 });
  });

  test('rule 11: what an incarnation leaves goes when all of it is in segments', async () => {
    const kit = new LogKit();
    const first = await startBroker(kit, 'a');
    const topic = await first.createTopic('orders');
    await first.produce(topic, ['1', '2']);
    const next = await startBroker(successorOf(kit), 'b');
    await kit.clock.advance(3 * GRACE_MS);
    expect(await walOf(kit, 'a-1')).toHaveLength(1);
    await compactInto(next.kit, next.log(topic) as PartitionLog);
    await kit.clock.advance(3 * GRACE_MS);
    expect(await walOf(kit, 'a-1')).toEqual([]);
    const records = (await kit.storedMetadata.range('')).entries.map(({ key }) => key);
    expect(records.filter((key) => key.includes('a-1'))).toEqual([]);
  });

  test('a deleted topic leaves no object, and holds up no other: its records in the WAL are not needed any more', async () => {
    const kit = new LogKit();
    const broker = await startBroker(kit, 'a');
    const topic = await broker.createTopic('orders', 3);
    await broker.produce(topic, ['1']);
    await compactInto(kit, broker.log(topic) as PartitionLog);
    await broker.produce(topic, ['in no segment']);
    await kit.clock.advance(2 * GRACE_MS);
    expect(await walOf(kit, 'a-1')).toHaveLength(1);
    await kit.clock.until(broker.catalogue.delete('orders'));
    await kit.clock.advance(3 * GRACE_MS);
    expect(await kit.storedKeys()).toEqual([]);
    expect((await kit.storedMetadata.range('deleted-topics/')).entries).toEqual([]);
  });

  test('I4: a broker that does not hold the controller’s key leaves the cluster’s objects alone', async () => {
    const kit = new LogKit();
    const broker = await startBroker(kit, 'a');
    const topic = await broker.createTopic('orders');
    await broker.produce(topic, ['1']);
    await compactInto(kit, broker.log(topic) as PartitionLog);
    const value = encodeIncarnationRecord({ incarnationId: 'another', brokerId: '2', startedAt: '' });
    const keys = [CONTROLLER_KEY, incarnationKey('another')];
    await kit.storedMetadata.txn({ compare: [], success: keys.map((key) => ({ type: 'put', key, value })) });
    await kit.clock.until(broker.catalogue.delete('orders'));
    await kit.clock.advance(3 * GRACE_MS);
    expect((await kit.storedKeys()).filter((key) => key.includes('/orders/'))).toHaveLength(2);
  });

  test('a reader of a segment that somebody has deleted in the bucket is told that the log begins later', async () => {
    const kit = new LogKit();
    const broker = await startBroker(kit, 'a');
    const topic = await broker.createTopic('orders');
    const log = broker.log(topic) as PartitionLog;
    for (let round = 0; round < 2; round += 1) {
      await broker.produce(topic, ['1', '2']);
      await compactInto(kit, log);
    }
    const [first] = (await kit.storedKeys()).filter((key) => key.includes('/orders/') && key.endsWith('.kfs'));
    await kit.storedObjects.delete([first as string]);
    const { cold } = log.read(0, 1000, true);
    await expect(kit.clock.until(log.load(cold!))).rejects.toThrow(ObjectNotFoundError);
    await kit.clock.advance(1000);
    expect(log.logStartOffset).toBe(2);
  });
});
