import { describe, expect, test } from '@jest/globals';
import { LogKit } from '../../../test/support/log-kit.js';
import { successorOf, TestBroker } from '../../../test/support/test-broker.js';
import { compactInto, segmentKeys } from '../../../test/support/test-segments.js';
import { silentLogger } from '../../logging/logger.js';
import type { TopicConfigs } from '../../metadata/topic-configs.js';
import type { Topic } from '../../metadata/topic.js';
import type { PartitionLog } from '../partition-log.js';
import { Retention } from './retention.js';

const HOUR_MS = 3_600_000;
const DAY = new Map([['retention.ms', String(24 * HOUR_MS)]]);
const bySize = (bytes: number) =>
  new Map([
    ['retention.ms', '-1'],
    ['retention.bytes', String(bytes)],
  ]);

let restarts = 0;

class Kit {
  readonly moves: [string, number][] = [];
  readonly retention: Retention;
  private readonly signal = new AbortController().signal;

  private constructor(
    readonly broker: TestBroker,
    readonly topic: Topic,
  ) {
    this.retention = new Retention({
      namespace: 'test',
      logs: broker.kit.logs,
      catalogue: broker.catalogue,
      topicDefaults: { under: (own) => own },
      clock: broker.kit.clock,
      logger: silentLogger,
      observer: { logStartMoved: (reason, bytes) => this.moves.push([reason, bytes]) },
    });
  }

  static async begin(configs: TopicConfigs = DAY): Promise<Kit> {
    const broker = await new TestBroker(new LogKit(), 'a').start();
    const topic = await broker.createTopic('orders', 1, configs);
    return new Kit(broker, topic);
  }

  /** Another broker that takes over. */
  async restart(): Promise<Kit> {
    const broker = await new TestBroker(successorOf(this.broker.kit), `b${(restarts += 1)}`).start();
    await broker.kit.clock.settle();
    return new Kit(broker, this.topic);
  }

  get log(): PartitionLog {
    return this.broker.log(this.topic) as PartitionLog;
  }

  get clock() {
    return this.broker.kit.clock;
  }

  /** Ten records in a segment of this age. */
  async addSegment(ageInHours: number, sizeBytes = 1000): Promise<void> {
    await this.broker.produce(
      this.topic,
      Array.from({ length: 10 }, (_, index) => `${index}`),
    );
    await compactInto(this.broker.kit, this.log, { maxTimestamp: this.clock.now() - ageInHours * HOUR_MS, sizeBytes });
  }

  async run(): Promise<void> {
    await this.clock.until(this.retention.run(this.signal));
  }

  get bases(): number[] {
    return this.log.manifest.segments.map(({ baseOffset }) => baseOffset);
  }
}

describe('retention', () => {
  test('I3: old segments go, the log start moves with them, and whoever leads next knows it', async () => {
    const kit = await Kit.begin();
    for (const age of [48, 30, 1]) await kit.addSegment(age);
    const [first] = kit.log.manifest.segments;
    await kit.run();
    expect(kit.log.logStartOffset).toBe(20);
    expect(kit.bases).toEqual([20]);
    const retired = kit.log.manifest.retired.map(({ key }) => key);
    for (const key of segmentKeys(kit.log, first!)) expect(retired).toContain(key);
    const next = await kit.restart();
    expect(next.log).toMatchObject({ logStartOffset: 20, highWatermark: 30 });
    expect(next.bases).toEqual([20]);
  });

  test('counts what it has removed, and why', async () => {
    const kit = await Kit.begin();
    for (const age of [48, 30, 1]) await kit.addSegment(age, 500);
    const before = kit.log.sizeBytes;
    await kit.run();
    expect(kit.moves).toEqual([['time', before - kit.log.sizeBytes]]);
    expect(kit.moves[0]?.[1]).toBeGreaterThan(0);
  });

  test('nothing is written while nothing is old', async () => {
    const kit = await Kit.begin();
    await kit.addSegment(23);
    const before = await kit.broker.kit.storedMetadata.range('');
    await kit.run();
    expect(await kit.broker.kit.storedMetadata.range('')).toEqual(before);
    expect(kit.moves).toEqual([]);
  });

  test('by size: the oldest segments go while what remains is at least the limit', async () => {
    const kit = await Kit.begin(bySize(2000));
    for (let count = 0; count < 4; count += 1) await kit.addSegment(1, 1000);
    await kit.run();
    expect(kit.bases).toEqual([20, 30]);
    expect(kit.moves[0]?.[0]).toBe('size');
  });

  test('a configuration that was changed counts at the next run', async () => {
    const kit = await Kit.begin(new Map([['retention.ms', '-1']]));
    await kit.addSegment(48);
    await kit.run();
    expect(kit.bases).toEqual([0]);
    await kit.clock.until(kit.broker.catalogue.alterConfigs('orders', () => DAY));
    await kit.run();
    expect(kit.bases).toEqual([]);
    expect(kit.log.logStartOffset).toBe(10);
  });

  test('what is not in segments yet goes as a whole when all of it is old; nothing is written for it but the log start', async () => {
    const kit = await Kit.begin();
    await kit.broker.produce(kit.topic, ['1', '2']);
    const keys = await kit.broker.kit.storedKeys();
    await kit.clock.advance(24 * HOUR_MS - 60_000);
    await kit.run();
    expect(kit.log.logStartOffset).toBe(0);
    await kit.clock.advance(120_000);
    await kit.run();
    expect(kit.log.logStartOffset).toBe(2);
    expect(await kit.broker.kit.storedKeys()).toEqual(keys);
    expect((await kit.restart()).log).toMatchObject({ logStartOffset: 2, highWatermark: 2 });
  });

  test('DeleteRecords: segments below the log start go at the next run, whatever the limits', async () => {
    const kit = await Kit.begin(new Map([['retention.ms', '-1']]));
    for (let count = 0; count < 3; count += 1) await kit.addSegment(1);
    await kit.clock.until(kit.broker.kit.logs.deleteRecords([{ log: kit.log, offset: 25 }], 1000));
    await kit.run();
    expect(kit.bases).toEqual([20]);
    expect(kit.log.logStartOffset).toBe(25);
    expect(kit.moves).toEqual([]);
  });

  test('cleanup.policy=compact: nothing goes by age or size', async () => {
    const kit = await Kit.begin(
      new Map([
        ['cleanup.policy', 'compact'],
        ['retention.ms', '1'],
        ['retention.bytes', '1'],
      ]),
    );
    for (const age of [48, 30, 1]) await kit.addSegment(age);
    await kit.run();
    expect(kit.bases).toEqual([0, 10, 20]);
  });

  test('I6: a manifest never has more than so many retired objects, and the rest goes with later ones', async () => {
    const kit = await Kit.begin();
    for (const age of [48, 40, 30, 1]) await kit.addSegment(age);
    const manifest = kit.broker.kit.logs.manifestOf(kit.log);
    const crowd = Array.from({ length: 20_000 - 5 - kit.log.manifest.retired.length }, (_, index) => `test/x/${index}`);
    await kit.clock.until(manifest.commit(() => ({ retire: crowd })));
    await kit.run();
    expect(kit.bases).toEqual([20, 30]);
    expect(kit.log.logStartOffset).toBe(20);
    manifest.forgetRetired(crowd);
    await kit.run();
    await kit.run();
    expect(kit.bases).toEqual([30]);
  });

  test('I5, I3: stores that fail and a broker that dies at any point leave a log that begins where a reader was told', async () => {
    let kit = await Kit.begin();
    for (const age of [48, 40, 30, 1]) await kit.addSegment(age);
    let start = 0;
    for (let round = 0; round < 12; round += 1) {
      const stores = kit.broker.kit;
      stores.objects.setFaults({ failBefore: 0.3, failAfter: 0.3 });
      stores.metadata.setFaults({ failBefore: 0.2, failAfter: 0.3 });
      const running = kit.retention.run(new AbortController().signal).catch(() => undefined);
      await kit.clock.advance(round * 40);
      expect(kit.log.logStartOffset).toBeGreaterThanOrEqual(start);
      start = kit.log.logStartOffset;
      kit = await kit.restart();
      await kit.clock.until(running);
      expect(kit.log.logStartOffset).toBeGreaterThanOrEqual(start);
      expect(kit.log.highWatermark).toBe(40);
      start = kit.log.logStartOffset;
    }
    await kit.run();
    expect(kit.bases).toEqual([30]);
  });

  test('one partition that fails does not hold up the others', async () => {
    const kit = await Kit.begin();
    await kit.addSegment(48);
    const other = await kit.broker.createTopic('payments', 1, DAY);
    await kit.broker.produce(other, ['1']);
    await compactInto(kit.broker.kit, kit.broker.log(other) as PartitionLog, { maxTimestamp: 0 });
    const manifest = kit.broker.kit.logs.manifestOf(kit.log);
    manifest.commit = () => Promise.reject(new Error('broken'));
    await expect(kit.run()).rejects.toThrow('broken');
    expect(kit.broker.log(other)?.logStartOffset).toBe(1);
  });
});
