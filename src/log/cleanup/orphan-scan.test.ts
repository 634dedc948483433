import { describe, expect, test } from '@jest/globals';
import { LedPartition } from '../../../test/support/led-partition.js';
import { LOG_OPTIONS } from '../../../test/support/log-kit.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { segmentKeys } from '../../../test/support/test-segments.js';
import { crc32c } from '../../checksum/crc32c.js';
import { silentLogger } from '../../logging/logger.js';
import { manifestKey } from '../../storage/object-keys.js';
import { ObjectRemover } from './object-remover.js';
import { OrphanScan } from './orphan-scan.js';

const DAY_MS = 86_400_000;

class Kit {
  unknown: number | undefined;
  readonly scan: OrphanScan;

  private constructor(readonly led: LedPartition) {
    const { kit, clock, broker } = led;
    this.scan = new OrphanScan({
      namespace: LOG_OPTIONS.namespace,
      logs: kit.logs,
      catalogue: broker.catalogue,
      objects: kit.objects,
      remover: new ObjectRemover(kit.objects, clock, seededRandom(5), silentLogger, {
        objectsRemoved: () => undefined,
      }),
      clock,
      logger: silentLogger,
      observer: { unknownObjects: (count) => (this.unknown = count) },
    });
  }

  static async begin(): Promise<Kit> {
    const led = await LedPartition.begin();
    await led.clock.advance(1000);
    return new Kit(led);
  }

  async put(...keys: readonly string[]): Promise<void> {
    const bytes = Buffer.from('x');
    for (const key of keys) await this.led.kit.storedObjects.create(key, [bytes], { crc32c: crc32c(bytes) });
  }

  /** Keys of a segment at this offset and of its index. */
  names(baseOffset: number, suffix?: string): [string, string] {
    return segmentKeys(this.led.log, { baseOffset, suffix });
  }

  async run(): Promise<string[]> {
    await this.led.clock.until(this.scan.run(this.led.signal));
    return this.led.kit.storedKeys();
  }
}

describe('orphans', () => {
  test('are segments and manifests that were never committed, a day after they were written', async () => {
    const kit = await Kit.begin();
    await kit.led.addSegment();
    await kit.led.addSegment();
    const { id } = kit.led.topic;
    const orphans = [...kit.names(0, '0000beef'), ...kit.names(5), manifestKey('test', id, 0, 1, '0000beef')];
    await kit.put(...orphans);
    await kit.led.clock.advance(DAY_MS);
    expect(await kit.run()).toEqual(expect.arrayContaining(orphans));
    await kit.led.clock.advance(1);
    const left = await kit.run();
    for (const key of orphans) expect(left).not.toContain(key);
    expect(kit.unknown).toBe(0);
  });

  test('I1: nothing that the log has, that waits for its deletion, or that is about to be committed is taken for one', async () => {
    const kit = await Kit.begin();
    const first = await kit.led.addSegment();
    await kit.led.addSegment({ suffix: '0000abcd' });
    const { manifest, log, topic } = kit.led;
    await kit.led.clock.until(
      manifest.commit(({ segments }) => ({
        segments: segments.slice(1),
        logStartOffset: 10,
        retire: segmentKeys(log, first),
      })),
    );
    await kit.put(...kit.names(20), ...kit.names(30, '0000beef'), manifestKey('test', topic.id, 0, 9, '0000beef'));
    const before = await kit.led.kit.storedKeys();
    await kit.led.clock.advance(2 * DAY_MS);
    expect(await kit.run()).toEqual(before);
    expect(kit.unknown).toBe(0);
  });

  test('what is older than the topic, or has a name that no orphan has, is counted and left alone', async () => {
    const kit = await Kit.begin();
    await kit.led.addSegment();
    const strangers = ['test/orders/0/backup.tar', 'test/orders/0/segment-1.kfs'];
    await kit.put(...strangers);
    await kit.led.clock.until(kit.led.broker.catalogue.delete('orders'));
    await kit.led.clock.advance(1000);
    // A namesake, which has nothing yet.
    const topic = await kit.led.broker.createTopic('orders');
    await kit.led.broker.produce(topic, ['1']);
    const before = await kit.led.kit.storedKeys();
    await kit.led.clock.advance(2 * DAY_MS);
    expect(await kit.run()).toEqual(before);
    expect(kit.unknown).toBe(4);
  });

  test('a scan that was ended goes on with the partition that it had not finished', async () => {
    const kit = await Kit.begin();
    const wide = await kit.led.broker.createTopic('wide', 20);
    const listed: string[] = [];
    const list = kit.led.kit.objects.list.bind(kit.led.kit.objects);
    let left = 7;
    kit.led.kit.objects.list = (prefix, options) => {
      if ((left -= 1) < 0) throw new Error('enough');
      listed.push(prefix);
      return list(prefix, options);
    };
    await expect(kit.run()).rejects.toThrow('enough');
    left = 1000;
    await kit.run();
    const ofTopic = listed.filter((prefix) => prefix.startsWith('test/wide/'));
    expect(new Set(ofTopic).size).toBe(wide.partitionCount);
    expect(listed.length).toBeLessThanOrEqual(2 * 21 + 1);
  });
});
