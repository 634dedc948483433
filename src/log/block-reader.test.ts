import { describe, expect, test } from '@jest/globals';
import { CountingObjectStore } from '../../test/support/counting-object-store.js';
import { batchOf } from '../../test/support/log-kit.js';
import { silentLogger } from '../logging/logger.js';
import { ObjectNotFoundError } from '../storage/object-store.js';
import { checksumOf } from '../storage/pieces.js';
import { ReplicaReadingObjectStore } from '../storage/replica/replica-reading-object-store.js';
import { systemClock } from '../time/clock.js';
import { BlockReader } from './block-reader.js';
import { CorruptBlockError, type Block } from './blocks.js';

const MIB = 1024 * 1024;

/** An object of blocks, one after the other, of one batch each. */
async function objectOf(
  store: CountingObjectStore,
  key: string,
  sizes: readonly number[],
  gapBytes = 0,
): Promise<Block[]> {
  const pieces: Buffer[] = [];
  const blocks: Block[] = [];
  let position = 0;
  for (const [offset, size] of sizes.entries()) {
    const batch = batchOf(['x'.repeat(size)]);
    batch.assignOffset(offset, 0);
    const length = batch.sizeInBytes;
    blocks.push({ object: { key }, position, length, baseOffset: offset, lastOffset: offset });
    pieces.push(batch.bytes, Buffer.alloc(gapBytes));
    position += length + gapBytes;
  }
  await store.create(key, pieces, { crc32c: checksumOf(pieces) });
  return blocks;
}

function readerOf(store: CountingObjectStore, cacheBytes = 64 * MIB, maxConcurrentReads = 16): BlockReader {
  return new BlockReader(store, silentLogger, { cacheBytes, maxConcurrentReads });
}

const loadAll = (reader: BlockReader, blocks: readonly Block[]) =>
  Promise.all(blocks.map((block) => reader.load(block)));

describe('requests', () => {
  test('neighbours that are wanted in the same turn are read together, in whatever order', async () => {
    const store = new CountingObjectStore();
    const blocks = await objectOf(store, 'a', Array<number>(8).fill(1000));
    const reader = readerOf(store);
    const loaded = await loadAll(
      reader,
      [3, 1, 0, 2, 7, 6, 4, 5].map((index) => blocks[index] as Block),
    );
    expect(store.reads).toHaveLength(1);
    expect(loaded.map((batches) => batches.length)).toEqual(Array(8).fill(1));
    expect(blocks.map((block) => reader.cached(block)?.length)).toEqual(Array(8).fill(1));
  });

  test.each([
    [64 * 1024, 1],
    [64 * 1024 + 1, 2],
  ])('a gap of %d bytes makes them %d requests', async (gapBytes, requests) => {
    const store = new CountingObjectStore();
    const blocks = await objectOf(store, 'a', [1000, 1000], gapBytes);
    await loadAll(readerOf(store), blocks);
    expect(store.reads).toHaveLength(requests);
  });

  test('one request joins 16 MiB at most', async () => {
    const store = new CountingObjectStore();
    const blocks = await objectOf(store, 'a', Array<number>(6).fill(5 * MIB));
    await loadAll(readerOf(store, 256 * MIB), blocks);
    expect(store.reads.map(({ length }) => Math.round(length / MIB))).toEqual([15, 15]);
  });

  test('what waits for others is read together with neighbours that are asked for later', async () => {
    const store = new CountingObjectStore();
    const [first] = await objectOf(store, 'a', [1000]);
    const blocks = await objectOf(store, 'b', [1000, 1000, 1000]);
    const reader = readerOf(store, 64 * MIB, 1);
    store.holdReads();
    const loads = [reader.load(first as Block)];
    for (const block of blocks) {
      await Promise.resolve();
      loads.push(reader.load(block));
    }
    store.letGo();
    await Promise.all(loads);
    expect(store.keysRead).toEqual(['a', 'b']);
  });

  test('neighbours wait until there is room for all of them', async () => {
    const store = new CountingObjectStore();
    const [first] = await objectOf(store, 'a', [5 * MIB]);
    const blocks = await objectOf(store, 'b', [2 * MIB, 2 * MIB, 2 * MIB]);
    const reader = readerOf(store, 32 * MIB);
    store.holdReads();
    const loads = Promise.all([reader.load(first as Block), ...blocks.map((block) => reader.load(block))]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.keysRead).toEqual(['a']);
    store.letGo();
    await loads;
    expect(store.keysRead).toEqual(['a', 'b']);
  });

  test('ten readers of the same blocks cost the requests of one', async () => {
    const store = new CountingObjectStore();
    const blocks: Block[] = [];
    for (const key of ['a', 'b', 'c', 'd']) blocks.push(...(await objectOf(store, key, [MIB])));
    const reader = readerOf(store);
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (const block of blocks) await reader.load(block);
      }),
    );
    expect(store.reads).toHaveLength(4);
  });
});

describe('classes of readers', () => {
  test('backfill readers do not take the places of tail readers', async () => {
    const store = new CountingObjectStore();
    const reader = readerOf(store, 64 * MIB, 2);
    const load = async (key: string, readClass: 'tail' | 'backfill') => {
      const [block] = await objectOf(store, key, [1000]);
      return reader.load(block as Block, { readClass });
    };
    store.holdReads();
    const backfill = Promise.all(['a', 'b', 'c'].map((key) => load(key, 'backfill')));
    const tail = Promise.all(['d', 'e', 'f'].map((key) => load(key, 'tail')));
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.keysRead.sort()).toEqual(['a', 'd', 'e']);
    store.letGo();
    await Promise.all([backfill, tail]);
    expect(store.reads).toHaveLength(6);
  });

  test('a tail reader who wants what a backfill reader waits for need not wait as long', async () => {
    const store = new CountingObjectStore();
    const reader = readerOf(store, 64 * MIB, 2);
    const [a] = await objectOf(store, 'a', [1000]);
    const [b] = await objectOf(store, 'b', [1000]);
    store.holdReads();
    const loads = [a, b].map((block) => reader.load(block as Block, { readClass: 'backfill' }));
    loads.push(reader.load(b as Block));
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.keysRead).toEqual(['b', 'a']);
    store.letGo();
    await Promise.all(loads);
  });

  test('maintenance evicts nothing from the cache, unless a consumer wants the same', async () => {
    const store = new CountingObjectStore();
    const reader = readerOf(store);
    const [block] = await objectOf(store, 'a', [1000]);
    await reader.load(block as Block, { readClass: 'maintenance' });
    expect(reader.cached(block as Block)).toBeUndefined();
    await Promise.all([
      reader.load(block as Block, { readClass: 'maintenance' }),
      reader.load(block as Block, { readClass: 'tail' }),
    ]);
    expect(reader.cached(block as Block)).toHaveLength(1);
    expect(store.reads).toHaveLength(2);
  });
});

describe('damage', () => {
  const flip = (bytes: Buffer) => {
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    return bytes;
  };
  const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length - 1);

  test.each([
    ['a wrong byte', flip],
    ['a short answer', cut],
  ])('%s is asked for again once', async (_name, damage) => {
    const store = new CountingObjectStore();
    const blocks = await objectOf(store, 'a', [1000, 1000]);
    const reader = readerOf(store);
    store.damage.push(damage);
    const loaded = await loadAll(reader, blocks);
    expect(loaded.map((batches) => batches.length)).toEqual([1, 1]);
    // The first block was whole: only the second is read again.
    expect(store.reads.slice(1)).toEqual([{ key: 'a', start: blocks[1]?.position, length: blocks[1]?.length }]);
  });

  test('I3: a copy that is damaged for good is read once more from the original', async () => {
    const [original, copy] = [new CountingObjectStore(), new CountingObjectStore()];
    const blocks = await objectOf(original, 'ns/topic/0/a', [1000]);
    await objectOf(copy, 'ns/topic/0/a', [1000]);
    copy.damage.push(flip, flip);
    const observer = { replicaRead: () => undefined };
    const store = new ReplicaReadingObjectStore(original, copy, { clock: systemClock, observer });
    const reader = new BlockReader(store, silentLogger, { cacheBytes: MIB, maxConcurrentReads: 16 });
    expect((await loadAll(reader, blocks)).map((batches) => batches.length)).toEqual([1]);
    expect([copy.reads.length, original.reads.length]).toEqual([1, 1]);
  });

  test('lasting damage is an error, and is not kept', async () => {
    const store = new CountingObjectStore();
    const [block] = (await objectOf(store, 'a', [1000])) as [Block];
    const reader = readerOf(store);
    store.damage.push(flip, flip);
    await expect(reader.load(block)).rejects.toThrow(CorruptBlockError);
    expect(store.reads).toHaveLength(2);
    expect(reader.cached(block)).toBeUndefined();
    await expect(reader.load(block)).resolves.toHaveLength(1);
  });

  test('a missing object is told as such', async () => {
    const store = new CountingObjectStore();
    const [block] = (await objectOf(store, 'a', [1000])) as [Block];
    await store.delete(['a']);
    await expect(readerOf(store).load(block)).rejects.toThrow(ObjectNotFoundError);
  });
});

describe('I6: memory', () => {
  test('cache and reads on their way keep to the bound together', async () => {
    const store = new CountingObjectStore();
    const blocks: Block[] = [];
    for (let object = 0; object < 10; object += 1) {
      blocks.push(...(await objectOf(store, `object-${object}`, [100_000, 300_000, 200_000, 250_000])));
    }
    const bound = 4 * MIB;
    const reader = readerOf(store, bound, 4);
    let most = 0;
    const watched = blocks.map(async (block, index) => {
      await new Promise((resolve) => setImmediate(resolve));
      await reader.load(block, { readClass: index % 3 === 0 ? 'backfill' : 'tail' });
      most = Math.max(most, reader.usedBytes);
    });
    await Promise.all(watched);
    expect(most).toBeGreaterThan(bound / 2);
    expect(most).toBeLessThanOrEqual(bound);
    expect(store.mostBytesAtOnce).toBeLessThanOrEqual(bound / 2);
  });

  test('blocks that share the memory of one request are counted until the last of them has gone', async () => {
    const store = new CountingObjectStore();
    const blocks = await objectOf(store, 'a', [100_000, 100_000, 100_000]);
    const others = await objectOf(store, 'b', [100_000, 100_000]);
    const reader = readerOf(store, 450_000);
    await loadAll(reader, blocks);
    reader.cached(blocks[0] as Block);
    // The two others of the three go, but their memory is still in use: the first has to go as well.
    await loadAll(reader, others);
    expect(reader.usedBytes).toBeLessThanOrEqual(450_000);
    expect(blocks.map((block) => reader.cached(block))).toEqual([undefined, undefined, undefined]);
  });
});
