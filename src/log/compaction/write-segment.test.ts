import { beforeEach, describe, expect, test } from '@jest/globals';
import { crc32c } from '../../checksum/crc32c.js';
import { silentLogger } from '../../logging/logger.js';
import { MemoryObjectStore } from '../../storage/memory-object-store.js';
import { ObjectStoreError } from '../../storage/object-store.js';
import { FaultyObjectStore } from '../../../test/support/faulty-object-store.js';
import { batchOf } from '../../../test/support/log-kit.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { SegmentLayoutBuilder, type SegmentLayout } from './segment-layout.js';
import { SegmentWriter } from './write-segment.js';

const OWNER = { topicName: 'orders', partition: 3 };
const PLAIN = 'ns/orders/3/segment-00000000000000000000';

describe('writing a segment', () => {
  let clock: VirtualClock;
  let stored: MemoryObjectStore;
  let objects: FaultyObjectStore;
  let abort: AbortController;
  let layout: SegmentLayout;

  beforeEach(() => {
    clock = new VirtualClock();
    stored = new MemoryObjectStore(clock);
    objects = new FaultyObjectStore(stored, { clock, random: seededRandom(7) });
    abort = new AbortController();
    layout = layoutAt(clock.now());
  });

  function layoutAt(createdAt: number): SegmentLayout {
    const builder = new SegmentLayoutBuilder();
    builder.addBatch(batchOf(['a', 'b']));
    return builder.build(createdAt);
  }

  function begin(naming: 'plain' | 'suffixed' = 'plain') {
    const writer = new SegmentWriter(objects, 'ns', clock, seededRandom(8), silentLogger);
    return writer.write(OWNER, layout, naming, abort.signal);
  }

  function write(naming: 'plain' | 'suffixed' = 'plain') {
    return clock.until(begin(naming));
  }

  async function put(key: string, bytes: Buffer): Promise<void> {
    await stored.create(key, [bytes], { crc32c: crc32c(bytes) });
  }

  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for await (const { key } of stored.list('')) found.push(key);
    return found;
  }

  test('gives the segment and its index their plain names', async () => {
    expect(await write()).toEqual({ ...layout.segment, suffix: undefined });
    expect(await keys()).toEqual([`${PLAIN}.index`, `${PLAIN}.kfs`]);
    expect((await stored.read(`${PLAIN}.kfs`, { start: 0, length: 10_000 })).equals(Buffer.concat(layout.body))).toBe(
      true,
    );
    expect(await stored.read(`${PLAIN}.index`, { start: 0, length: 10_000 })).toEqual(layout.index);
  });

  test('I2: a name that is taken stays what it is; the segment gets another', async () => {
    await put(`${PLAIN}.kfs`, Buffer.from('of a namesake'));
    const { suffix } = await write();
    expect(suffix).toMatch(/^[0-9a-f]{8}$/);
    expect(await keys()).toEqual([`${PLAIN}-${suffix}.index`, `${PLAIN}-${suffix}.kfs`, `${PLAIN}.kfs`]);
    expect((await stored.head(`${PLAIN}.kfs`)).sizeBytes).toBe(13);
  });

  test('I2: the same records written at another time are not ours', async () => {
    const earlier = Buffer.concat(layoutAt(clock.now() - 1).body);
    await put(`${PLAIN}.kfs`, earlier);
    expect((await write()).suffix).toBeDefined();
  });

  test('an index that is taken is not used for another segment', async () => {
    await put(`${PLAIN}.index`, Buffer.from('of an orphan'));
    const { suffix } = await write();
    expect(await keys()).toContain(`${PLAIN}-${suffix}.index`);
  });

  test('rule 16: an answer that was lost: what is there is ours', async () => {
    objects.setFaults({ failAfter: 1 });
    const writing = begin();
    await clock.settle();
    expect(await keys()).toEqual([`${PLAIN}.kfs`]);
    objects.setFaults({});
    expect(await clock.until(writing)).toEqual({ ...layout.segment, suffix: undefined });
    expect(await keys()).toEqual([`${PLAIN}.index`, `${PLAIN}.kfs`]);
  });

  test('a merge never takes the plain name', async () => {
    const { suffix } = await write('suffixed');
    expect(await keys()).toEqual([`${PLAIN}-${suffix}.index`, `${PLAIN}-${suffix}.kfs`]);
  });

  test('gives up after some tries, so that the memory is free', async () => {
    objects.setFaults({ failBefore: 1 });
    await expect(write()).rejects.toThrow(ObjectStoreError);
    expect(await keys()).toEqual([]);
  });

  test('stops when it is told to', async () => {
    objects.setFaults({ failBefore: 1 });
    const writing = write();
    abort.abort(new Error('the broker is stopping'));
    await expect(writing).rejects.toThrow('the broker is stopping');
  });
});
