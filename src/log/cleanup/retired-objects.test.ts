import { describe, expect, test } from '@jest/globals';
import { LedPartition } from '../../../test/support/led-partition.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { segmentKeys } from '../../../test/support/test-segments.js';
import { crc32c } from '../../checksum/crc32c.js';
import { silentLogger } from '../../logging/logger.js';
import { ObjectStoreError } from '../../storage/object-store.js';
import { ObjectRemover } from './object-remover.js';
import { RetiredObjects } from './retired-objects.js';

const GRACE_MS = 600_000;

function retiredOf(led: LedPartition): { run: () => Promise<void>; removed: () => number } {
  let removed = 0;
  const { kit, clock } = led;
  const remover = new ObjectRemover(kit.objects, clock, seededRandom(5), silentLogger, {
    objectsRemoved: (_, count) => (removed += count),
  });
  const retired = new RetiredObjects({ logs: kit.logs, remover, clock, logger: silentLogger, graceMs: GRACE_MS });
  return { run: () => clock.until(retired.run(led.signal)), removed: () => removed };
}

/** Two segments, of which the first was dropped; what was retired by that. */
async function dropFirst(led: LedPartition): Promise<string[]> {
  const first = await led.addSegment();
  await led.addSegment();
  const keys = [...segmentKeys(led.log, first), led.manifest.currentKey];
  await led.clock.until(
    led.manifest.commit(({ segments }) => ({
      segments: segments.slice(1),
      logStartOffset: 10,
      retire: segmentKeys(led.log, first),
    })),
  );
  return keys;
}

async function left(led: LedPartition, keys: readonly string[]): Promise<string[]> {
  const stored = new Set(await led.kit.storedKeys());
  return keys.filter((key) => stored.has(key));
}

describe('retired objects', () => {
  test('stay for the grace period, so that a read under way is not disturbed, and are deleted then', async () => {
    const led = await LedPartition.begin();
    const keys = await dropFirst(led);
    const retired = retiredOf(led);
    await led.clock.advance(GRACE_MS - 1000);
    await retired.run();
    expect(await left(led, keys)).toEqual(keys);
    await led.clock.advance(1000);
    await retired.run();
    expect(await left(led, keys)).toEqual([]);
    expect(await left(led, [led.manifest.currentKey])).toHaveLength(1);
  });

  test('I7: are deleted once, and the next manifest does not name them any more', async () => {
    const led = await LedPartition.begin();
    const keys = await dropFirst(led);
    const retired = retiredOf(led);
    await led.clock.advance(GRACE_MS);
    await retired.run();
    const removed = retired.removed();
    await retired.run();
    expect(retired.removed()).toBe(removed);
    await led.addSegment();
    const named = led.log.manifest.retired.map(({ key }) => key);
    for (const key of keys) expect(named).not.toContain(key);
  });

  test('I5: whoever leads next goes on from the list in the manifest, also when some are gone already', async () => {
    const led = await LedPartition.begin();
    const keys = await dropFirst(led);
    await led.kit.storedObjects.delete(keys.slice(0, 1));
    const next = await led.restart();
    await next.clock.advance(GRACE_MS);
    await retiredOf(next).run();
    expect(await left(next, keys)).toEqual([]);
  });

  test('a deletion that fails is tried again', async () => {
    const led = await LedPartition.begin();
    const keys = await dropFirst(led);
    const retired = retiredOf(led);
    await led.clock.advance(GRACE_MS);
    led.kit.objects.setFaults({ failBefore: 1 });
    await expect(retired.run()).rejects.toThrow(ObjectStoreError);
    led.kit.objects.setFaults({});
    await retired.run();
    expect(await left(led, keys)).toEqual([]);
  });

  test('I1: an object that is part of the log is never deleted, whatever the list says', async () => {
    const led = await LedPartition.begin();
    const segment = await led.addSegment();
    const keys = segmentKeys(led.log, segment);
    await led.clock.until(led.manifest.commit(() => ({ retire: keys })));
    await led.clock.advance(GRACE_MS);
    await retiredOf(led).run();
    expect(await left(led, keys)).toEqual(keys);
  });

  test('those of many partitions share a request', async () => {
    const led = await LedPartition.begin();
    const wide = await led.broker.createTopic('wide', 50);
    const bytes = Buffer.from('x');
    for (let partition = 0; partition < 50; partition += 1) {
      const key = `test/wide/${partition}/old`;
      await led.kit.storedObjects.create(key, [bytes], { crc32c: crc32c(bytes) });
      const manifest = led.kit.logs.manifestOf(led.broker.log(wide, partition)!);
      await led.clock.until(manifest.commit(() => ({ retire: [key] })));
    }
    await led.clock.advance(GRACE_MS);
    let requests = 0;
    const remove = led.kit.objects.delete.bind(led.kit.objects);
    led.kit.objects.delete = (keys, options) => {
      requests += 1;
      return remove(keys, options);
    };
    await retiredOf(led).run();
    expect(requests).toBe(1);
    expect((await led.kit.storedKeys()).filter((key) => key.endsWith('/old'))).toEqual([]);
  });
});
