import { describe, expect, test } from '@jest/globals';
import { HandCompaction } from '../../../test/support/hand-compaction.js';
import { LogKit } from '../../../test/support/log-kit.js';
import { successorOf, TestBroker } from '../../../test/support/test-broker.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { silentLogger } from '../../logging/logger.js';
import type { Topic } from '../../metadata/topic.js';
import { RecordBatch } from '../../protocol/records/record-batch.js';
import { recordsOf } from '../../protocol/records/records.js';
import { walPrefix } from '../../storage/object-keys.js';
import { LoadedData } from '../cold-data.js';
import type { LogOptions } from '../log-options.js';
import type { ReadableLog } from '../readable-log.js';
import { FollowedLogs } from './followed-logs.js';

const IDLE_MS = 60_000;

/** A leader, and a broker that follows: two processes over the same stores. */
async function cluster(partitions = 1, options: Partial<LogOptions> = {}) {
  const kit = new LogKit({ writeBudgetPerSecond: 1000, ...options });
  const leader = await new TestBroker(kit, 'leader').start();
  const topic = await leader.createTopic('orders', partitions);
  const follower = successorOf(kit);
  const followed = new FollowedLogs(
    { namespace: 'test', maxConcurrentReads: 4, maxPartitions: 2, idleMs: IDLE_MS },
    {
      objects: follower.objects,
      metadata: follower.metadata,
      reader: follower.logs.reader,
      clock: kit.clock,
      random: seededRandom(4),
      logger: silentLogger,
    },
  );
  return { kit, leader, topic, follower, followed };
}

function follow(followed: FollowedLogs, topic: Topic, partition = 0): ReadableLog {
  const log = followed.follow({ topicName: topic.name, topicId: topic.id, partition });
  if (log === undefined) throw new Error('it cannot be followed');
  return log;
}

/** Everything from an offset on that a reader is shown. */
async function contents(kit: LogKit, log: ReadableLog, offset = 0): Promise<string[]> {
  const values: string[] = [];
  const loaded = new LoadedData();
  for (let next = offset; next < log.highWatermark;) {
    const { batches, cold } = log.read(next, 1000, true, loaded);
    if (cold !== undefined) await kit.clock.until(log.load(cold, loaded));
    for (const bytes of batches) {
      const batch = new RecordBatch(bytes);
      for (const { value } of recordsOf(batch)) values.push(String(value));
      next = batch.lastOffset + 1;
    }
  }
  return values;
}

describe('partitions of another broker', () => {
  test('what was committed before, and what is committed from then on', async () => {
    const { kit, leader, topic, followed } = await cluster();
    await leader.produce(topic, ['a', 'b']);
    const log = follow(followed, topic);
    expect(log.highWatermark).toBe(-1);
    await kit.clock.settle();
    expect(log.highWatermark).toBe(2);
    expect(await contents(kit, log)).toEqual(['a', 'b']);

    let advances = 0;
    log.onAdvance(() => (advances += 1));
    await leader.produce(topic, ['c']);
    await kit.clock.settle();
    expect(advances).toBe(1);
    expect(await contents(kit, log, 2)).toEqual(['c']);
    expect(log.leaderEpoch).toBe(leader.log(topic)?.leaderEpoch);
  });

  test('I1: what is uploaded and not committed is not shown', async () => {
    const { kit, leader, topic, followed } = await cluster();
    await leader.produce(topic, ['a']);
    const log = follow(followed, topic);
    await kit.clock.settle();
    kit.metadata.setFaults({ failBefore: 1 });
    const lost = leader.produce(topic, ['b']).catch(() => undefined);
    await kit.clock.advance(2_000);
    expect((await kit.storedKeys()).filter((key) => key.startsWith(walPrefix('test')))).not.toHaveLength(1);
    expect(log.highWatermark).toBe(1);
    kit.metadata.setFaults({});
    await kit.clock.until(lost);
    await kit.clock.settle();
    expect(log.highWatermark).toBe(2);
  });

  test('I3: the next leader is followed after the first has died; the high watermark stays', async () => {
    const { kit, leader, topic, followed } = await cluster();
    await leader.produce(topic, ['a', 'b']);
    const log = follow(followed, topic);
    await kit.clock.settle();
    const next = await new TestBroker(successorOf(kit), 'next').start();
    await next.produce(topic, ['c']);
    expect(log.highWatermark).toBeGreaterThanOrEqual(2);
    await kit.clock.settle();
    expect(await contents(kit, log)).toEqual(['a', 'b', 'c']);
    expect(log.leaderEpoch).toBe(next.log(topic)?.leaderEpoch);
  });

  test('segments take the place of the WAL, also when its objects are gone', async () => {
    const { kit, leader, topic, followed } = await cluster();
    await leader.produce(topic, ['a', 'b']);
    const log = follow(followed, topic);
    await kit.clock.settle();
    const led = leader.log(topic);
    if (led === undefined) throw new Error('no leader');
    await kit.clock.until(new HandCompaction(kit.storedObjects, kit.logs, 'test').compact(led));
    await kit.clock.settle();
    const wal = (await kit.storedKeys()).filter((key) => key.includes('/wal/'));
    await kit.storedObjects.delete(wal);
    await leader.produce(topic, ['c']);
    await kit.clock.settle();
    expect(await contents(kit, log)).toEqual(['a', 'b', 'c']);
  });

  test('objects that were merged away before they were read', async () => {
    const { kit, leader, topic, followed } = await cluster(1, {
      mergeLimits: { fanIn: 4, targetBytes: 1024 * 1024, patience: 4, lookEvery: 1 },
    });
    const log = follow(followed, topic);
    await kit.clock.settle();
    const values = Array.from({ length: 20 }, (_, index) => `value ${index}`);
    for (const value of values) await leader.produce(topic, [value]);
    await kit.clock.settle();
    expect(kit.merges.length).toBeGreaterThan(0);
    await kit.storedObjects.delete(kit.logs.takeReplacedWalObjects());
    const first = contents(kit, log);
    await first.catch(() => undefined);
    await kit.clock.advance(10_000);
    expect(await contents(kit, log)).toEqual(values);
  });

  test('the log start follows, and never goes back', async () => {
    const { kit, leader, topic, followed } = await cluster();
    await leader.produce(topic, ['a', 'b']);
    await leader.produce(topic, ['c']);
    const log = follow(followed, topic);
    await kit.clock.settle();
    const led = leader.log(topic);
    if (led === undefined) throw new Error('no leader');
    await kit.clock.until(kit.logs.deleteRecords([{ log: led, offset: 2 }], 1000));
    await kit.clock.settle();
    expect(log.logStartOffset).toBe(2);
    expect(await contents(kit, log, 2)).toEqual(['c']);
  });

  test('R14: it is no leader, and knows no end', async () => {
    const { kit, topic, followed } = await cluster();
    const log = follow(followed, topic);
    await kit.clock.settle();
    expect(log.isLeading).toBe(false);
    expect(log.read(1_000, 1000, true)).toMatchObject({ batches: [] });
    expect(log.logEndOffset).toBe(Infinity);
  });

  test('I6: no more than a bound are followed, and those that nobody reads are dropped', async () => {
    const { kit, topic, followed } = await cluster(3);
    follow(followed, topic, 0);
    follow(followed, topic, 1);
    expect(followed.follow({ topicName: topic.name, topicId: topic.id, partition: 2 })).toBeUndefined();
    await kit.clock.advance(2 * IDLE_MS);
    expect(followed.size).toBe(0);
    follow(followed, topic, 2);
    expect(followed.size).toBe(1);
    followed.close();
    expect(followed.follow({ topicName: topic.name, topicId: topic.id, partition: 1 })).toBeUndefined();
  });

  test('an object store that fails for a while is asked again', async () => {
    const { kit, leader, topic, follower, followed } = await cluster();
    await leader.produce(topic, ['a']);
    follower.objects.setFaults({ failBefore: 1 });
    const log = follow(followed, topic);
    await kit.clock.advance(5_000);
    expect(log.highWatermark).toBe(-1);
    follower.objects.setFaults({});
    await kit.clock.advance(30_000);
    expect(await contents(kit, log)).toEqual(['a']);
  });
});
