import { describe, expect, jest, test } from '@jest/globals';
import { HandCompaction } from '../../../test/support/hand-compaction.js';
import { batchOf, LogKit } from '../../../test/support/log-kit.js';
import { TestBroker } from '../../../test/support/test-broker.js';
import { incarnationKey, mergesKey } from '../../metadata/keys.js';
import { decodeWalMerges } from '../../metadata/records.js';
import type { Topic } from '../../metadata/topic.js';
import { RecordBatch } from '../../protocol/records/record-batch.js';
import { recordsOf } from '../../protocol/records/records.js';
import { parseWalKey } from '../../storage/object-keys.js';
import { LoadedData } from '../cold-data.js';
import type { LogOptions } from '../log-options.js';
import type { PartitionLog } from '../partition-log.js';
import { MissingWalObjectError } from '../wal-recovery.js';

const OPTIONS: Partial<LogOptions> = {
  writeBudgetPerSecond: 1000,
  mergeLimits: { fanIn: 4, targetBytes: 64 * 1024, patience: 12 },
};

/** One broker whose WAL objects are merged by fours. */
class Kit {
  readonly log: LogKit;
  readonly broker: TestBroker;
  topic: Topic = undefined as never;

  private constructor(
    private readonly name: string,
    options: Partial<LogOptions>,
    predecessor?: Kit,
  ) {
    this.log = new LogKit({ ...OPTIONS, ...options }, predecessor?.log);
    this.broker = new TestBroker(this.log, name);
  }

  static async open(partitions = 2, options: Partial<LogOptions> = {}): Promise<Kit> {
    const kit = new Kit('a', options);
    await kit.broker.start();
    kit.topic = await kit.broker.createTopic('orders', partitions);
    return kit;
  }

  /** Another process, after this one has died. */
  async restart(options: Partial<LogOptions> = {}): Promise<Kit> {
    const kit = new Kit(`${this.name}b`, options, this);
    kit.topic = this.topic;
    await kit.broker.start();
    await kit.log.clock.settle();
    return kit;
  }

  partition(partition = 0): PartitionLog {
    return this.broker.log(this.topic, partition) as PartitionLog;
  }

  /** Commits one object with a batch of each partition, of an idempotent producer. */
  async writeObject(text: string, partitions = [0, 1]): Promise<void> {
    for (const partition of partitions) {
      const log = this.partition(partition);
      log.append(batchOf([text], { producerId: 7, producerEpoch: 0, baseSequence: log.logEndOffset }));
    }
    await this.log.clock.until(this.log.logs.flush());
  }

  async writeObjects(count: number, partitions?: number[]): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.writeObject(`${index}`, partitions);
    await this.log.clock.settle();
  }

  async merges(): Promise<{ from: number; to: number; key: string }[]> {
    const entry = await this.log.storedMetadata.get(mergesKey('a-1'));
    if (entry === undefined) return [];
    return decodeWalMerges(entry.value, entry.key).merges.map(({ from, to, key }) => {
      return { from: from ?? 0, to: to ?? 0, key: key ?? '' };
    });
  }

  /** Offset and value of every record of a partition, as consumers see them. */
  async records(partition = 0): Promise<string[]> {
    const log = this.partition(partition);
    const records: string[] = [];
    const loaded = new LoadedData();
    for (let offset = log.logStartOffset; offset < log.highWatermark;) {
      const found = log.read(offset, 500, true, loaded);
      if (found.cold !== undefined) await this.log.clock.until(log.load(found.cold, loaded));
      for (const bytes of found.batches) {
        const batch = new RecordBatch(bytes);
        for (const record of recordsOf(batch)) {
          if (record.offset >= offset) records.push(`${record.offset}:${record.value?.toString()}`);
        }
        offset = batch.lastOffset + 1;
      }
    }
    return records;
  }
}

const texts = (count: number) => Array.from({ length: count }, (_, index) => `${index}:${index}`);

describe('merging the WAL of the live incarnation', () => {
  test('I5: merged objects take the place of many, and a restart reads few footers and finds everything', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(64);
    expect(await kit.merges()).toMatchObject([{ from: 1, to: 64 }]);
    expect(kit.log.logs.walFooters).toBe(1);
    await kit.writeObjects(32);
    expect(await kit.records()).toHaveLength(96);
    const reads = jest.spyOn(kit.log.storedObjects, 'readEnd');
    const next = await kit.restart();
    expect(reads).toHaveBeenCalledTimes(3);
    for (const partition of [0, 1]) {
      expect(await next.records(partition)).toEqual([...texts(64), ...texts(32).map(shifted(64))]);
      expect(next.partition(partition).uncompacted()).toHaveLength(3);
    }
  });

  test('I7: nothing is written while nothing is, and one write in three or four is a merge at fan-in 4', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(15);
    await kit.log.clock.advance(3_600_000);
    expect(kit.log.merges).toEqual([]);
    await kit.writeObjects(241);
    expect(kit.log.merges.length).toBeLessThanOrEqual(256 / 3);
    const { revision } = await kit.log.storedMetadata.range('');
    await kit.log.clock.advance(60_000);
    expect((await kit.log.storedMetadata.range('')).revision).toBe(revision);
  });

  test('I8: batches of idempotent producers are known after a restart from merged objects', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(64);
    const next = await kit.restart();
    const log = next.partition();
    for (const sequence of [59, 60, 61, 62, 63]) {
      const again = batchOf([`${sequence}`], { producerId: 7, producerEpoch: 0, baseSequence: sequence });
      expect(log.append(again).baseOffset).toBe(sequence);
    }
    const tooOld = batchOf(['58'], { producerId: 7, producerEpoch: 0, baseSequence: 58 });
    expect(() => log.append(tooOld)).toThrow(/expected sequence 64/);
    expect(log.append(batchOf(['x'], { producerId: 7, producerEpoch: 0, baseSequence: 64 })).baseOffset).toBe(64);
  });

  test('what is in the tail cache stays there, within its bounds, and costs no GET', async () => {
    const kit = await Kit.open(2, { cacheBytes: 1024 * 1024 });
    const reads = jest.spyOn(kit.log.storedObjects, 'read');
    await kit.writeObjects(100);
    expect(kit.log.merges.length).toBeGreaterThan(20);
    expect(await kit.records()).toHaveLength(100);
    expect(reads).not.toHaveBeenCalled();
    const sizes = [0, 1].map((partition) => kit.partition(partition).sizeBytes);
    expect(kit.log.logs.tailCacheBytes).toBe((sizes[0] as number) + (sizes[1] as number) + 200 * 200);
  });

  test('what is not cached any more is read again, each object once, and checked', async () => {
    const kit = await Kit.open(2, { cacheBytes: 2 * 600 });
    const reads = jest.spyOn(kit.log.storedObjects, 'read');
    await kit.writeObjects(16);
    // Sixteen, and the four that were made of them.
    expect(reads.mock.calls.length).toBeLessThanOrEqual(20);
    expect(reads.mock.calls.length).toBeGreaterThan(8);
    expect(kit.log.logs.tailCacheBytes).toBeLessThanOrEqual(600);
    expect(await kit.records()).toEqual(texts(16));
  });

  test('I3: who reads an object while it is merged goes on reading it', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(15);
    const log = kit.partition();
    const extents = log.uncompacted();
    await kit.writeObjects(1);
    expect(log.uncompacted()).toHaveLength(1);
    for (const extent of extents) {
      const [batch] = await log.batchesOf({ ...extent, batches: undefined });
      expect(batch?.baseOffset).toBe(extent.baseOffset);
    }
  });

  test('rule 11: below the checkpoint nothing is kept, above it and of other partitions everything', async () => {
    const kit = await Kit.open();
    const hand = new HandCompaction(kit.log.storedObjects, kit.log.logs, 'test');
    await kit.writeObjects(10);
    await kit.log.clock.until(hand.compact(kit.partition(0), 8));
    await kit.writeObjects(6);
    const [merge] = await kit.merges();
    const size = (await kit.log.storedObjects.head(merge?.key ?? '')).sizeBytes;
    const [first] = kit.partition(0).uncompacted();
    expect(first).toMatchObject({ baseOffset: 8, object: { key: merge?.key, firstSequence: 1, sequence: 16 } });
    expect(size).toBeLessThan(24 * 69 + 400);
    const next = await kit.restart();
    expect(await next.records(0)).toEqual([...texts(10), ...texts(6).map(shifted(10))]);
    expect(await next.records(1)).toEqual(await next.records(0));
  });

  test('an extent that straddles the checkpoint does no harm, in memory and after a restart', async () => {
    const kit = await Kit.open();
    const hand = new HandCompaction(kit.log.storedObjects, kit.log.logs, 'test');
    await kit.writeObjects(16);
    await kit.log.clock.until(hand.compact(kit.partition(0), 5));
    await kit.writeObjects(12);
    expect(await kit.records(0)).toHaveLength(28);
    await kit.writeObjects(4 * 16);
    const next = await kit.restart();
    expect(await next.records(0)).toEqual([...texts(16), ...texts(12).map(shifted(16)), ...texts(64).map(shifted(28))]);
    const log = next.partition(0);
    expect(log.append(batchOf(['x'], { producerId: 7, producerEpoch: 0, baseSequence: 92 })).baseOffset).toBe(92);
  });

  test('the records of a deleted topic are left out', async () => {
    const kit = await Kit.open();
    const other = await kit.broker.createTopic('other', 1);
    for (let index = 0; index < 7; index += 1) {
      await kit.broker.produce(other, ['gone']);
      await kit.writeObjects(1, [0]);
    }
    await kit.log.clock.until(kit.broker.catalogue.delete('other'));
    await kit.log.clock.settle();
    await kit.writeObjects(16, [0]);
    for (const { key } of await kit.merges()) {
      const bytes = await kit.log.storedObjects.read(key, { start: 0, length: 1e6 });
      expect(bytes.includes('gone')).toBe(false);
    }
    expect(await kit.merges()).not.toEqual([]);
  });
});

describe('a merge that does not come to its end', () => {
  test('I1 I3: whatever fails and wherever the process dies, all that was acknowledged is there, once', async () => {
    for (let round = 0; round < 25; round += 1) {
      const kit = await Kit.open(2, { cacheBytes: round % 2 === 0 ? 2000 : 1024 * 1024 });
      kit.log.objects.setFaults({ failBefore: 0.1, failAfter: 0.1, latencyMs: [0, 20] });
      kit.log.metadata.setFaults({
        failBefore: 0.05,
        failAfter: 0.05,
        applyLate: 0.05,
        lateMs: 300,
        latencyMs: [0, 5],
      });
      const acked: string[] = [];
      const objects = 17 + round;
      for (let index = 0; index < objects; index += 1) {
        await kit.writeObject(`${index}`);
        acked.push(`${index}:${index}`);
      }
      // Somewhere in a merge, or behind it.
      await kit.log.clock.advance(round * 3);
      const next = await kit.restart();
      for (const partition of [0, 1]) expect(await next.records(partition)).toEqual(acked);
      await kit.log.clock.advance(60_000);
      const third = await next.restart();
      expect(await third.records()).toEqual(acked);
    }
  });

  test('a store that fails is tried again, and a merge that fails costs nothing but a pause', async () => {
    const kit = await Kit.open(2, { cacheBytes: 0 });
    kit.log.objects.setFaults({ truncate: 1 });
    await kit.writeObjects(16);
    await kit.log.clock.advance(1);
    expect(kit.log.mergeFailures).toBe(1);
    expect(await kit.merges()).toEqual([]);
    kit.log.objects.setFaults({});
    await kit.writeObjects(16);
    expect(await kit.merges()).toEqual([]);
    await kit.log.clock.advance(10_000);
    await kit.writeObjects(16);
    expect(await kit.merges()).toMatchObject([
      { from: 1, to: 16 },
      { from: 17, to: 32 },
    ]);
    expect(await kit.records()).toHaveLength(48);
  });

  test('I4 rule 2: an incarnation that was ended merges nothing more', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(15);
    kit.log.objects.setFaults({ latencyMs: [100, 100] });
    const last = kit.writeObject('15');
    await kit.log.clock.until(last);
    // Uploaded next, while the incarnation goes.
    await kit.log.storedMetadata.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey('a-1') }] });
    await kit.log.clock.advance(5000);
    expect(await kit.merges()).toEqual([]);
    expect(kit.log.merges).toEqual([]);
  });

  test('I5: a merged object that is gone is named, and what it held is not opened', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(16);
    const [merge] = await kit.merges();
    const key = merge?.key ?? '';
    await kit.log.storedObjects.delete([key]);
    const { errors } = (await kit.restart()).broker;
    expect(errors[0]).toBeInstanceOf(MissingWalObjectError);
    expect(String(errors[0])).toContain(key);
  });

  test('replaced objects are named once, to be deleted, and are not needed by a restart', async () => {
    const kit = await Kit.open();
    await kit.writeObjects(64);
    const replaced = kit.log.logs.takeReplacedWalObjects();
    expect(kit.log.logs.takeReplacedWalObjects()).toEqual([]);
    expect(new Set(replaced).size).toBe(replaced.length);
    expect(replaced).toHaveLength(
      (await kit.log.storedKeys()).filter((key) => parseWalKey(key) !== undefined).length - 1,
    );
    await kit.log.storedObjects.delete([...replaced]);
    const next = await kit.restart();
    expect(await next.records()).toEqual(texts(64));
  });
});

function shifted(by: number) {
  return (text: string) => text.replace(/^\d+/, (offset) => `${Number(offset) + by}`);
}
