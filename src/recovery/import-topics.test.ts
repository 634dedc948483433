import { beforeEach, describe, expect, test } from '@jest/globals';
import { CompactionKit } from '../../test/support/compaction-kit.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { crc32c } from '../checksum/crc32c.js';
import type { PartitionLog } from '../log/partition-log.js';
import { firstRecordAtOrAfter } from '../log/timestamp-search.js';
import { silentLogger } from '../logging/logger.js';
import { partitionStateKey, topicConfigKey } from '../metadata/keys.js';
import { decodePartitionState } from '../metadata/records.js';
import { buildRecordBatch } from '../protocol/records/build-batch.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { recordsOf } from '../protocol/records/records.js';
import { segmentFooter, segmentHeader } from '../storage/segment-format.js';
import { importTopic, planImport, TopicTakenError, type ImportedTopic } from './import-topics.js';

const NAMESPACE = 'test';
const KEEP = new Map([['retention.ms', '-1']]);

let before: CompactionKit;

beforeEach(async () => {
  before = await CompactionKit.start();
});

/** A segment as another system writes it: one batch of one record for each offset, of an epoch that was never set. */
function segmentOf(from: number, to: number, leaderEpoch = -1): Buffer {
  const batches = Array.from({ length: to - from + 1 }, (_, index) =>
    buildRecordBatch({
      baseOffset: from + index,
      partitionLeaderEpoch: leaderEpoch,
      records: [{ value: `value ${from + index}`, timestamp: 1_000 + from + index }],
    }),
  );
  const body = Buffer.concat(batches);
  return Buffer.concat([
    segmentHeader({ baseOffset: from, recordCount: batches.length, createdAt: 5_000 }),
    body,
    segmentFooter({ bodyCrc32c: crc32c(body), lastOffset: to }),
  ]);
}

async function put(name: string, body: Buffer, partition = 0): Promise<void> {
  await before.kit.storedObjects.create(`${NAMESPACE}/orders/${partition}/${name}`, [body], { crc32c: crc32c(body) });
}

const name = (base: number, suffix = '') => `segment-${String(base).padStart(20, '0')}${suffix}.kfs`;
const plan = (only: readonly string[] = []) =>
  planImport(before.kit.storedMetadata, before.kit.storedObjects, NAMESPACE, only);

async function importAll(topics: readonly ImportedTopic[]): Promise<void> {
  const tools = {
    objects: before.kit.storedObjects,
    namespace: NAMESPACE,
    clock: before.clock,
    random: seededRandom(1),
    logger: silentLogger,
    signal: new AbortController().signal,
  };
  for (const topic of topics) await importTopic(before.kit.storedMetadata, tools, topic, KEEP);
}

async function readAll(kit: CompactionKit, log: PartitionLog): Promise<string[]> {
  const values: string[] = [];
  let offset = log.logStartOffset;
  while (offset < log.highWatermark) {
    const { batches, cold } = log.read(offset, 1e6, true);
    if (cold !== undefined) await kit.clock.until(log.load(cold));
    for (const bytes of batches) {
      const batch = new RecordBatch(bytes);
      for (const record of recordsOf(batch)) values.push(`${record.offset}: ${record.value?.toString() ?? ''}`);
      offset = batch.lastOffset + 1;
    }
  }
  return values;
}

const expected = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}: value ${from + index}`);

describe('import of segments that another system has written', () => {
  test('finds them, without an index, with gaps, and what a merge has replaced', async () => {
    await put(name(10), segmentOf(10, 14));
    await put(name(15), segmentOf(15, 19));
    await put(name(10, '-0badcafe'), segmentOf(10, 19));
    await put(name(25), segmentOf(25, 29, 3));
    await put(name(0), segmentOf(0, 0), 2);
    const [topic] = await plan();
    expect(topic).toMatchObject({ name: 'orders', refusal: undefined });
    const [first, second] = topic?.partitions ?? [];
    expect(first?.segments).toMatchObject([
      { baseOffset: 10, lastOffset: 19, suffix: '0badcafe', recordCount: 10, maxTimestamp: 1019, createdAt: 5000 },
      { baseOffset: 25, lastOffset: 29, epochs: [{ epoch: 3, startOffset: 25 }] },
    ]);
    expect(first?.remarks.filter((remark) => !remark.includes('no index'))).toEqual([
      expect.stringMatching(/segment-0+10\.kfs is left out/),
      expect.stringMatching(/segment-0+15\.kfs is left out/),
      'offsets 20 to 24 are in no segment',
    ]);
    expect(second).toMatchObject({ partition: 2, damaged: [] });
  });

  test('I1 I3: keeps offsets, records and their times, and the topic goes on behind them', async () => {
    await put(name(10), segmentOf(10, 19));
    await put(name(25), segmentOf(25, 29, 3));
    await importAll(await plan());

    const kit = await CompactionKit.start({}, before);
    const log = await kit.openLog();
    expect([log.logStartOffset, log.highWatermark]).toEqual([10, 30]);
    expect(await readAll(kit, log)).toEqual([...expected(10, 19), ...expected(25, 29)]);
    expect(await kit.clock.until(firstRecordAtOrAfter(log, 1027))).toMatchObject({ offset: 27, timestamp: 1027 });
    expect(log.leaderEpoch).toBeGreaterThan(3);
    expect(log.endOfEpoch(3)).toEqual({ leaderEpoch: 3, endOffset: 30 });

    // New records are compacted behind the imported ones, whose gap stays.
    const big = 'x'.repeat(5000);
    const { baseOffset, committed } = log.append(new RecordBatch(buildRecordBatch({ records: [{ value: big }] })));
    await kit.clock.until(committed);
    await kit.clock.advance(60_000);
    expect(baseOffset).toBe(30);
    expect(log.checkpointOffset).toBe(31);
    expect(await readAll(kit, log)).toHaveLength(16);
    const key = partitionStateKey('orders', 0);
    const state = await kit.kit.storedMetadata.get(key);
    expect(decodePartitionState(state?.value ?? Buffer.alloc(0), key).segments).toHaveLength(3);
  });

  test('refuses a topic of which a segment is damaged, and says which', async () => {
    const damaged = segmentOf(10, 14);
    damaged[200] = (damaged[200] ?? 0) ^ 1;
    await put(name(10), damaged);
    await put(name(15), segmentOf(15, 19));
    const [topic] = await plan();
    expect(topic?.refusal).toBe("1 segment(s) can't be read");
    expect(topic?.partitions[0]?.damaged[0]).toMatch(/segment-0+10\.kfs/);
  });

  test('leaves a topic alone that exists', async () => {
    await before.createTopic();
    await put(name(10), segmentOf(10, 14));
    expect(await plan()).toMatchObject([{ name: 'orders', refusal: expect.stringMatching(/exists already/) }]);
    expect(await plan(['another'])).toEqual([]);
  });

  test('I2: imports nothing when the topic was created meanwhile', async () => {
    await put(name(10), segmentOf(10, 14));
    const found = await plan();
    await before.createTopic();
    const stored = await before.kit.storedMetadata.get(topicConfigKey('orders'));
    await expect(importAll(found)).rejects.toThrow(TopicTakenError);
    expect(await before.kit.storedMetadata.get(topicConfigKey('orders'))).toEqual(stored);
  });
});
