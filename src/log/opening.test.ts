import { describe, expect, test } from '@jest/globals';
import { HandCompaction } from '../../test/support/hand-compaction.js';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { successorOf, TestBroker } from '../../test/support/test-broker.js';
import { crc32c } from '../checksum/crc32c.js';
import { partitionStateKey, trimKey } from '../metadata/keys.js';
import { decodeStateRecord, encodeStateRecord } from '../metadata/partition-state.js';
import { encodeTrimMark } from '../metadata/records.js';
import { encodeManifest, type Manifest, type Segment } from '../storage/manifest-format.js';
import { manifestKey } from '../storage/object-keys.js';
import type { PartitionLog } from './partition-log.js';
import { MissingWalObjectError } from './wal-recovery.js';

async function brokerWith(partitions: number) {
  const kit = new LogKit({ writeBudgetPerSecond: 1000 });
  const broker = await new TestBroker(kit, 'a').start();
  const topic = await broker.createTopic('orders', partitions);
  const logs = Array.from({ length: partitions }, (_, partition) => broker.log(topic, partition) as PartitionLog);
  const produce = async (...texts: string[]) => {
    for (const log of logs) {
      await kit.clock.until(log.append(batchOf(texts)).committed);
    }
  };
  const hand = new HandCompaction(kit.storedObjects, kit.logs, 'test');
  const compact = async () => {
    for (const log of logs) await kit.clock.until(hand.compact(log));
  };
  return { kit, broker, topic, logs, produce, compact };
}

async function stateOf(kit: LogKit, partition: number) {
  const entry = await kit.storedMetadata.get(partitionStateKey('orders', partition));
  return decodeStateRecord(entry as NonNullable<typeof entry>);
}

const manifestOf = (log: PartitionLog | undefined) => (log as PartitionLog).manifest;

/** Counts the requests that reach the object store. */
function countRequests(kit: LogKit) {
  const counts = { read: 0, readEnd: 0, list: 0, head: 0 };
  for (const name of ['read', 'readEnd', 'list', 'head'] as const) {
    const call = kit.objects[name].bind(kit.objects) as (...args: unknown[]) => unknown;
    Object.assign(kit.objects, {
      [name]: (...args: unknown[]) => {
        counts[name] += 1;
        return call(...args);
      },
    });
  }
  return counts;
}

/** Gives a partition a manifest with many segments, none of which need be there. */
async function inventHistory(kit: LogKit, current: Manifest, count: number) {
  const segments = Array.from({ length: count }, (_, index): Segment => {
    const baseOffset = index * 10;
    return {
      baseOffset,
      lastOffset: baseOffset + 9,
      sizeBytes: 1000 + index,
      recordCount: 10,
      maxTimestamp: index,
      createdAt: index,
      suffix: undefined,
    };
  });
  const checkpointOffset = count * 10;
  const manifest = { ...current, version: 7, segments, checkpointOffset, topicPartitions: 1 };
  const key = manifestKey('test', current.topicId, 0, 7, '0000abcd');
  const bytes = encodeManifest(manifest);
  await kit.storedObjects.create(key, [bytes], { crc32c: crc32c(bytes) });
  const state = {
    ...(await stateOf(kit, 0)),
    manifestVersion: 7,
    manifestKey: key,
    checkpointOffset,
    highWatermark: checkpointOffset,
  };
  await kit.storedMetadata.txn({
    compare: [],
    success: [{ type: 'put', key: partitionStateKey('orders', 0), value: encodeStateRecord(state) }],
  });
}

describe('I5: opening a partition', () => {
  test.each([1, 300_000])(
    'takes one read of its manifest with %i segments, and no listing',
    async (count) => {
      const { kit, topic, logs } = await brokerWith(1);
      await inventHistory(kit, manifestOf(logs[0]), count);
      const next = successorOf(kit);
      const counts = countRequests(next);
      const broker = await new TestBroker(next, 'b').start();
      await next.clock.settle();
      expect(broker.log(topic)).toMatchObject({ logStartOffset: 0, highWatermark: count * 10 });
      expect(broker.log(topic)?.partFrom(count * 10 - 1)).toMatchObject({ sizeBytes: 999 + count });
      expect(counts).toEqual({ read: 1, readEnd: 0, list: 0, head: 0 });
    },
    30_000,
  );

  test('reads no WAL object below the trim mark, and none of an incarnation that is not needed', async () => {
    const { kit, topic, produce, compact } = await brokerWith(2);
    await produce('a', 'b');
    await compact();
    await produce('c');
    const wal = (await kit.storedKeys()).filter((key) => key.includes('/wal/'));
    await kit.storedObjects.delete(wal.slice(0, 2));
    await kit.storedMetadata.txn({
      compare: [],
      success: [{ type: 'put', key: trimKey('a-1'), value: encodeTrimMark({ incarnationId: 'a-1', sequence: 2 }) }],
    });
    const next = successorOf(kit);
    const counts = countRequests(next);
    const broker = await new TestBroker(next, 'b').start();
    await next.clock.settle();
    expect(broker.log(topic, 1)).toMatchObject({ highWatermark: 3 });
    expect(counts.readEnd).toBe(2);
    for (const partition of [0, 1]) {
      const log = broker.log(topic, partition) as PartitionLog;
      await next.clock.until(new HandCompaction(next.storedObjects, next.logs, 'test').compact(log));
    }
    await kit.storedMetadata.txn({ compare: [], success: [{ type: 'delete', key: 'commits/a-1' }] });
    const last = successorOf(next);
    const lastCounts = countRequests(last);
    await new TestBroker(last, 'c').start();
    expect(lastCounts.readEnd).toBe(0);
  });

  test('rule 11: a WAL object that is missing above the trim mark is named, and what it held is not opened', async () => {
    const { kit, topic, produce } = await brokerWith(1);
    await produce('a');
    await produce('b');
    const [first] = (await kit.storedKeys()).filter((key) => key.includes('/wal/'));
    await kit.storedObjects.delete([first as string]);
    const broker = await new TestBroker(successorOf(kit), 'b').start();
    expect(broker.log(topic)).toBeUndefined();
    expect(broker.errors[0]).toBeInstanceOf(MissingWalObjectError);
    expect(String(broker.errors[0])).toContain(first);
    // The others are not held up.
    expect(broker.log(await broker.createTopic('payments'))?.isLeading).toBe(true);
  });

  test('I3: a trim mark beyond the checkpoint is noticed: records are missing', async () => {
    const { kit, topic, produce } = await brokerWith(1);
    await produce('a');
    await produce('b');
    await kit.storedMetadata.txn({
      compare: [],
      success: [{ type: 'put', key: trimKey('a-1'), value: encodeTrimMark({ incarnationId: 'a-1', sequence: 1 }) }],
    });
    const broker = await new TestBroker(successorOf(kit), 'b').start();
    expect(broker.log(topic)).toBeUndefined();
    expect(String(broker.errors[0])).toMatch(/I3 violated.*orders-0 are missing/);
  });
});

describe('a start of the broker', () => {
  test('does not wait for partitions to open; those come first that somebody asks for', async () => {
    const { kit, topic, produce, compact } = await brokerWith(10);
    await produce('a');
    await compact();
    const next = successorOf(kit);
    const broker = new TestBroker(next, 'b');
    next.objects.setFaults({ latencyMs: [100, 100] });
    await next.clock.until(Promise.all([broker.catalogue.start(), broker.mirror.start()]));
    const wal = 10 * 25;
    await next.clock.until(broker.session.start(), wal + 50);
    const open = () => Array.from({ length: 10 }, (_, at) => at).filter((at) => broker.log(topic, at) !== undefined);
    expect(open()).toEqual([]);
    expect(next.logs.leads(topic.id, 9)).toBe(true);
    expect(next.logs.openingCount).toBe(10);
    next.logs.want(topic.id, 9);
    await next.clock.advance(100);
    await next.clock.advance(100);
    expect(open()).toEqual([0, 1, 2, 3, 4, 5, 6, 9]);
    await next.clock.advance(100);
    expect(open()).toHaveLength(10);
  });

  test.each(['missing', 'damaged', 'of another partition'])(
    'I3: a partition whose manifest is %s is unavailable until that is mended, never empty; the others open',
    async (fault) => {
      const { kit, topic, logs, produce, compact } = await brokerWith(2);
      await produce('a', 'b');
      await compact();
      const { manifestKey: key } = await stateOf(kit, 0);
      const bytes = await kit.storedObjects.read(key, { start: 0, length: 1e6 });
      await kit.storedObjects.delete([key]);
      const other = {
        damaged: Buffer.from(bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte))),
        missing: undefined,
      };
      const wrong = fault === 'damaged' ? other.damaged : encodeManifest(manifestOf(logs[1]));
      if (fault !== 'missing') await kit.storedObjects.create(key, [wrong], { crc32c: crc32c(wrong) });
      const next = successorOf(kit);
      const broker = await new TestBroker(next, 'b').start();
      await next.clock.advance(60_000);
      expect(broker.log(topic, 0)).toBeUndefined();
      expect(broker.log(topic, 1)).toMatchObject({ highWatermark: 2 });
      expect(next.openFailures).toBeGreaterThan(10);
      await kit.storedObjects.delete([key]);
      await kit.storedObjects.create(key, [bytes], { crc32c: crc32c(bytes) });
      await next.clock.advance(5_000);
      expect(broker.log(topic, 0)).toMatchObject({ highWatermark: 2 });
    },
  );

  test('an incarnation that is lost while partitions open begins anew', async () => {
    const { kit, topic, produce, compact } = await brokerWith(6);
    await produce('a');
    await compact();
    const next = successorOf(kit);
    const broker = await new TestBroker(next, 'b').start();
    next.objects.setFaults({ latencyMs: [1000, 1000] });
    next.storedMetadata.expireLeases();
    await next.clock.advance(500);
    next.storedMetadata.expireLeases();
    await next.clock.advance(20_000);
    for (let partition = 0; partition < 6; partition += 1) {
      expect(broker.log(topic, partition)).toMatchObject({ highWatermark: 1, isLeading: true });
    }
    await broker.produce(topic, ['b']);
    expect(next.logs.openingCount).toBe(0);
  });
});
