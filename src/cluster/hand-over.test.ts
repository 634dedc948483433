import { describe, expect, jest, test } from '@jest/globals';
import { HandCompaction } from '../../test/support/hand-compaction.js';
import { batchOf } from '../../test/support/log-kit.js';
import { TestCluster, TestProducer } from '../../test/support/test-cluster.js';
import { WalTrim } from '../log/cleanup/wal-trim.js';
import type { PartitionLog } from '../log/partition-log.js';
import { silentLogger } from '../logging/logger.js';
import { assignmentKey, incarnationKey, mergesKey, trimKey } from '../metadata/keys.js';
import { decodeTrimMark, decodeWalMerges } from '../metadata/records.js';
import { ErrorCode } from '../protocol/errors.js';

jest.setTimeout(60_000);

/** A network as between zones: it takes time, and that is all. */
const LATENCY = { objects: { latencyMs: [20, 60] }, metadata: { latencyMs: [2, 8] } } as const;

async function clusterWith(brokers: number, partitions = 1) {
  const cluster = await TestCluster.start(brokers);
  const [first, second] = cluster.brokers as [TestCluster['brokers'][0], TestCluster['brokers'][0]];
  const topic = await first.createTopic('orders', partitions);
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  await cluster.until(() => all.every((partition) => cluster.leaderOf(topic, partition) !== undefined));
  const leader = () => cluster.leaderOf(topic) as typeof first;
  const other = () => cluster.brokers.find((broker) => broker !== leader()) as typeof first;
  return { cluster, topic, first, second, all, leader, other };
}

describe('many brokers', () => {
  test('share the partitions, and each of them has one leader', async () => {
    const { cluster, topic, all } = await clusterWith(3, 9);
    const leaders = all.map((partition) => cluster.leaderOf(topic, partition)?.brokerId);
    expect(leaders.toSorted()).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    for (const broker of cluster.brokers) {
      expect(all.filter((partition) => broker.log(topic, partition) !== undefined)).toHaveLength(3);
    }
  });
});

describe('a planned hand-over', () => {
  test('R5 R6 R8, I1 I3 I8: under load loses nothing, doubles nothing, and takes less than a second', async () => {
    const { cluster, topic, leader, other } = await clusterWith(2);
    for (const { kit } of cluster.brokers) {
      kit.objects.setFaults(LATENCY.objects);
      kit.metadata.setFaults(LATENCY.metadata);
    }
    const producer = new TestProducer(cluster, topic);
    const work = producer.produce(400, 5);
    for (let moves = 0; moves < 5; moves += 1) {
      await cluster.clock.advance(1_000);
      await cluster.move(topic, 0, other());
    }
    await cluster.clock.until(work);
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
    expect(leader().log(topic)?.leaderEpoch).toBe(5);
    expect(producer.longestGapMs).toBeLessThan(1_000);
  });

  test('R6: what was appended before is committed first, and nothing is accepted afterwards', async () => {
    const { cluster, topic, leader, other } = await clusterWith(2);
    const [from, to] = [leader(), other()];
    const log = from.log(topic) as PartitionLog;
    from.kit.objects.setFaults({ latencyMs: [500, 500] });
    const last = log.append(batchOf(['last'])).committed;
    const moving = cluster.move(topic, 0, to);
    await cluster.clock.advance(50);
    expect(() => log.append(batchOf(['too late']))).toThrow(
      expect.objectContaining({ code: ErrorCode.NOT_LEADER_OR_FOLLOWER }),
    );
    await Promise.all([last, moving]);
    expect(await cluster.records(topic)).toEqual(['last']);
    expect((await cluster.assignmentOf(topic))?.tenures).toMatchObject([
      { epoch: 0, fromOffset: 0, toOffset: 1 },
      { epoch: 1, fromOffset: 1, toOffset: undefined },
    ]);
  });

  test('R7, I3: back and forth within one incarnation, each leadership is a tenure of its own', async () => {
    const { cluster, topic, leader, other } = await clusterWith(2);
    const [a, b] = [leader(), other()];
    const producer = new TestProducer(cluster, topic);
    for (const broker of [a, b, a, b, a]) {
      if (leader() !== broker) await cluster.move(topic, 0, broker);
      await cluster.clock.until(producer.produce(2));
    }
    expect((await cluster.assignmentOf(topic))?.tenures).toMatchObject([
      { incarnationId: a.session.incarnationId, epoch: 0, fromOffset: 0, toOffset: 2 },
      { incarnationId: b.session.incarnationId, epoch: 1, fromOffset: 2, toOffset: 4 },
      { incarnationId: a.session.incarnationId, epoch: 2, fromOffset: 4, toOffset: 6 },
      { incarnationId: b.session.incarnationId, epoch: 3, fromOffset: 6, toOffset: 8 },
      { incarnationId: a.session.incarnationId, epoch: 4, fromOffset: 8, toOffset: undefined },
    ]);
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
  });

  test('R1: a release whose outcome is unknown is repeated, and a late copy of it changes nothing', async () => {
    const { cluster, topic, leader, other } = await clusterWith(2);
    const producer = new TestProducer(cluster, topic);
    const work = producer.produce(60, 20);
    for (const { kit } of cluster.brokers) {
      kit.metadata.setFaults({ failBefore: 0.1, failAfter: 0.1, applyLate: 0.2, lateMs: 2_000, latencyMs: [1, 20] });
    }
    for (let moves = 0; moves < 4; moves += 1) {
      await cluster.clock.advance(200);
      await cluster.move(topic, 0, other());
    }
    for (const { kit } of cluster.brokers) kit.metadata.setFaults({});
    await cluster.clock.until(work);
    await cluster.clock.advance(5_000);
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
    expect(leader().log(topic)?.leaderEpoch).toBe(4);
  });
});

describe('a leader that is gone', () => {
  test('I1 I4 I8: its partitions are taken over with all that it has acknowledged', async () => {
    const { cluster, topic, leader } = await clusterWith(2);
    const from = leader();
    const producer = new TestProducer(cluster, topic);
    await cluster.clock.until(producer.produce(5));
    from.kit.metadata.setFaults({ watchLagMs: 3_000 });
    // Paused or cut off: it learns of its end later, and goes on accepting meanwhile.
    await cluster.clock.until(
      from.kit.storedMetadata.txn({
        compare: [],
        success: [{ type: 'delete', key: incarnationKey(from.session.incarnationId as string) }],
      }),
    );
    const lost = from.log(topic)?.append(batchOf(['never seen'])).committed;
    await expect(cluster.clock.until(lost as Promise<void>)).rejects.toMatchObject({
      code: ErrorCode.NOT_LEADER_OR_FOLLOWER,
    });
    await cluster.until(() => cluster.logOf(topic)?.leaderEpoch === 1);
    await cluster.clock.until(producer.produce(5));
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
  });
});

describe('a drain', () => {
  test('R5: gives everything to others; a drained broker gets nothing until it is undrained', async () => {
    const { cluster, topic, first, second, all } = await clusterWith(2, 6);
    const draining = first.session.drain({ deadlineMs: 10_000 });
    const { drained, pending } = await cluster.clock.until(draining);
    expect([drained.length, pending]).toEqual([3, []]);
    await cluster.until(() => all.every((partition) => cluster.leaderOf(topic, partition) === second));
    await second.createTopic('payments', 4);
    await cluster.clock.advance(1_000);
    expect([...first.kit.logs.all()]).toEqual([]);
    await cluster.clock.until(first.session.undrain());
    await first.createTopic('refunds', 4);
    await cluster.clock.advance(1_000);
    expect([...first.kit.logs.all()].length).toBeGreaterThan(0);
  });

  test('without another broker is complete, and leaves partitions without a leader; undrained it leads them again', async () => {
    const { cluster, topic, first } = await clusterWith(1, 3);
    await first.produce(topic, ['kept']);
    const { drained, pending } = await cluster.clock.until(first.session.drain({ deadlineMs: 10_000 }));
    expect([drained.length, pending]).toEqual([3, []]);
    await cluster.clock.advance(5_000);
    expect(await cluster.assignmentOf(topic)).toMatchObject({ incarnationId: '', tenures: [{ toOffset: 1 }] });
    expect(first.session.isDraining).toBe(true);
    await cluster.clock.until(first.session.undrain());
    expect(await cluster.records(topic)).toEqual(['kept']);
  });

  test('of some partitions gives up these alone', async () => {
    const { cluster, topic, first, second, all } = await clusterWith(2, 6);
    const own = all.filter((partition) => cluster.leaderOf(topic, partition) === first);
    const partitions = [{ topicName: topic.name, topicId: topic.id, partition: own[0] as number }];
    const result = await cluster.clock.until(first.session.drain({ partitions, deadlineMs: 10_000 }));
    expect(result).toEqual({ drained: partitions, pending: [] });
    await cluster.until(() => cluster.leaderOf(topic, own[0]) === second);
    expect(own.slice(1).every((partition) => cluster.leaderOf(topic, partition) === first)).toBe(true);
    expect(first.session.isDraining).toBe(false);
  });

  test.each(['goes on', 'is taken back meanwhile'])(
    'R5, I1: of a partition whose record is damaged loses nothing once it is mended; the drain %s',
    async (drain) => {
      const { cluster, topic, first, second, all } = await clusterWith(2, 4);
      const own = all.filter((partition) => cluster.leaderOf(topic, partition) === first);
      const [good, bad] = own as [number, number];
      for (const partition of own) await cluster.clock.until(new TestProducer(cluster, topic, partition).produce(3));
      // What is released has been settled by then, and the record is damaged in between.
      first.kit.objects.setFaults({ latencyMs: [500, 500] });
      const last = own.map((partition) => first.log(topic, partition)?.append(batchOf([`last of ${partition}`])));
      const draining = first.session.drain({ deadlineMs: 10_000 });
      await cluster.clock.advance(50);
      const { storedMetadata } = first.kit;
      const key = assignmentKey(topic.name, bad);
      const intact = (await storedMetadata.get(key))?.value as Buffer;
      const put = (value: Buffer) => storedMetadata.txn({ compare: [], success: [{ type: 'put', key, value }] });
      await put(Buffer.from('no protobuf'));
      await cluster.clock.until(Promise.all(last.map(async (append) => append?.committed)));
      await cluster.until(() => cluster.leaderOf(topic, good) === second);
      if (drain === 'is taken back meanwhile') await cluster.clock.until(first.session.undrain());
      await cluster.clock.advance(1_000);
      expect(cluster.leaderOf(topic, bad)).toBeUndefined();
      await put(intact);
      await cluster.clock.until(draining);
      await cluster.until(() => cluster.leaderOf(topic, bad) !== undefined);
      for (const partition of own) {
        const sent = Array.from({ length: 3 }, (_, sequence) => `${100 + partition}:${sequence}`);
        expect(await cluster.records(topic, partition)).toEqual([...sent, `last of ${partition}`]);
      }
    },
  );

  test('that takes too long tells what is pending, and goes on', async () => {
    const { cluster, topic, leader } = await clusterWith(2);
    const from = leader();
    from.kit.objects.setFaults({ failBefore: 1 });
    const last = from.log(topic)?.append(batchOf(['waits']));
    const { drained, pending } = await cluster.clock.until(from.session.drain({ deadlineMs: 2_000 }));
    expect([drained, pending.length]).toEqual([[], 1]);
    from.kit.objects.setFaults({});
    await cluster.clock.until(last?.committed as Promise<void>);
    expect(await cluster.records(topic)).toEqual(['waits']);
    expect(leader()).not.toBe(from);
  });
});

describe('rule 11: the WAL of a partition that was handed over', () => {
  /** Trims and deletes, as the janitor does. */
  function janitorOf({ kit }: TestCluster['brokers'][0]) {
    const remover = { remove: async (keys: readonly string[]) => (await kit.storedObjects.delete(keys), keys.length) };
    return new WalTrim(
      { namespace: 'test', graceMs: 1_000 },
      {
        metadata: kit.metadata,
        remover: remover as never,
        clock: kit.clock,
        logger: silentLogger,
        liveWal: () => kit.logs.liveWal(),
        refresh: () => kit.logs.refreshHandedOver(),
        takeReplaced: () => kit.logs.takeReplacedWalObjects(),
      },
    );
  }
  const { signal } = new AbortController();

  test('stays until its new leader has it in segments', async () => {
    const { cluster, topic, leader, other } = await clusterWith(2);
    const [from, to] = [leader(), other()];
    const producer = new TestProducer(cluster, topic);
    await cluster.clock.until(producer.produce(3));
    await cluster.move(topic, 0, to);
    const mark = async () => {
      await cluster.clock.until(trim.run(signal));
      const entry = await from.kit.storedMetadata.get(trimKey(from.session.incarnationId as string));
      return entry && decodeTrimMark(entry.value, entry.key).sequence;
    };
    const trim = janitorOf(from);
    expect(await mark()).toBeUndefined();
    const compaction = new HandCompaction(to.kit.storedObjects, to.kit.logs, 'test');
    await cluster.clock.until(compaction.compact(to.log(topic) as PartitionLog));
    expect(await mark()).toBe(3);
    await cluster.clock.advance(2_000);
    await mark();
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
  });

  test('is merged with its records, which its new leader and the next one read', async () => {
    const cluster = await TestCluster.start(2, { mergeLimits: MERGE_BY_FOURS, cacheBytes: 64 * 1024 });
    const [first] = cluster.brokers as [TestCluster['brokers'][0]];
    const topic = await first.createTopic('orders', 2);
    await cluster.until(() => [0, 1].every((partition) => cluster.leaderOf(topic, partition) !== undefined));
    const from = cluster.leaderOf(topic) as typeof first;
    const to = cluster.brokers.find((broker) => broker !== from) as typeof first;
    if (cluster.leaderOf(topic, 1) !== from) await cluster.move(topic, 1, from);
    const producer = new TestProducer(cluster, topic);
    await cluster.clock.until(producer.produce(6));
    await cluster.move(topic, 0, to);
    const mergesOf = async () => {
      const entry = await from.kit.storedMetadata.get(mergesKey(from.session.incarnationId as string));
      return entry === undefined ? 0 : decodeWalMerges(entry.value, entry.key).merges.length;
    };
    const before = await mergesOf();
    await cluster.clock.until(new TestProducer(cluster, topic, 1).produce(24));
    expect(await mergesOf()).toBeGreaterThan(before);
    const trim = janitorOf(from);
    for (let round = 0; round < 3; round += 1) {
      await cluster.clock.until(trim.run(signal));
      await cluster.clock.advance(1_001);
    }
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
    // And back to the one that has merged them.
    await cluster.move(topic, 0, from);
    expect(await cluster.records(topic)).toEqual(producer.acknowledged);
  });
});

const MERGE_BY_FOURS = { fanIn: 4, targetBytes: 64 * 1024, patience: 16, lookEvery: 4 };
