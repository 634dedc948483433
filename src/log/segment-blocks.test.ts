import { describe, expect, test } from '@jest/globals';
import { CountingObjectStore } from '../../test/support/counting-object-store.js';
import { batchOf } from '../../test/support/log-kit.js';
import { silentLogger } from '../logging/logger.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { ObjectNotFoundError } from '../storage/object-store.js';
import { checksumOf } from '../storage/pieces.js';
import { segmentFooter, segmentHeader } from '../storage/segment-format.js';
import { encodeSegmentIndex, SegmentIndexBuilder } from '../storage/segment-index.js';
import { BlockReader } from './block-reader.js';
import { CorruptBlockError } from './blocks.js';
import type { SegmentRef } from './segment-cut.js';

const MIB = 1024 * 1024;
const BASE = 1000;

interface SegmentOptions {
  readonly batchBytes?: number;
  /** Records between two entries of the index. */
  readonly interval?: number;
  /** Offsets that no batch has, before each batch. */
  readonly gap?: number;
  readonly withIndex?: boolean;
}

async function stored(store: CountingObjectStore, key: string, pieces: readonly Buffer[]): Promise<void> {
  await store.create(key, pieces, { crc32c: checksumOf(pieces) });
}

/** Stores a segment of batches of one record each. */
async function segmentOf(store: CountingObjectStore, count: number, options: SegmentOptions = {}) {
  const { batchBytes = MIB / 2, interval = 1, gap = 0, withIndex = true } = options;
  const index = new SegmentIndexBuilder(interval);
  const template = batchOf(['x'.repeat(batchBytes)]).bytes;
  const batches: RecordBatch[] = [];
  let position = 32;
  for (let i = 0; i < count; i += 1) {
    const batch = new RecordBatch(Buffer.from(template));
    batch.assignOffset(BASE + i * (gap + 1), 0);
    index.add(batch.baseOffset, 1, position);
    position += batch.sizeInBytes;
    batches.push(batch);
  }
  const body = batches.map(({ bytes }) => bytes);
  const lastOffset = batches.at(-1)?.lastOffset ?? BASE;
  const header = segmentHeader({ baseOffset: BASE, recordCount: count, createdAt: 1 });
  const footer = segmentFooter({ bodyCrc32c: checksumOf(body), lastOffset });
  await stored(store, 's.kfs', [header, ...body, footer]);
  if (withIndex) await stored(store, 's.index', [encodeSegmentIndex(index.build())]);
  const segment = { key: 's.kfs', indexKey: 's.index', baseOffset: BASE, lastOffset, sizeBytes: position + 16 };
  return { segment, batches };
}

function readerOf(store: CountingObjectStore, cacheBytes = 256 * MIB) {
  const seen = { rebuilt: 0, damaged: 0 };
  const observer = {
    segmentIndexRebuilt: () => (seen.rebuilt += 1),
    segmentDamaged: () => (seen.damaged += 1),
    blockServed: () => undefined,
  };
  return { reader: new BlockReader(store, silentLogger, { cacheBytes, maxConcurrentReads: 16 }, observer), seen };
}

/** Base offsets of all batches, block after block. */
async function readAll(reader: BlockReader, segment: SegmentRef): Promise<number[]> {
  const offsets: number[] = [];
  for (const block of await reader.segments.load(segment)) {
    for (const batch of await reader.load(block)) offsets.push(Number(batch.readBigInt64BE(0)));
  }
  return offsets;
}

const offsetsOf = (batches: readonly RecordBatch[]) => batches.map(({ baseOffset }) => baseOffset);

async function damageStored(store: CountingObjectStore, key: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const { bytes } = await store.readEnd(key, 1024 * MIB);
  await store.delete([key]);
  await stored(store, key, [change(bytes)]);
}

describe('blocks by the index', () => {
  test.each([
    ['of the usual interval', { batchBytes: 1024 * 99, interval: 1 }, 660],
    ['of large batches', { batchBytes: MIB, interval: 1 }, 63],
    ['of entries that are 3 MiB apart', { batchBytes: MIB / 2, interval: 6 }, 127],
  ])('a segment of 64 MiB %s costs eight requests', async (_name, options, count) => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, count, options);
    expect(segment.sizeBytes / MIB).toBeGreaterThan(62);
    const { reader } = readerOf(store);
    expect(reader.segments.cached(segment)).toBeUndefined();
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(store.reads.length).toBeLessThanOrEqual(8);
    expect(reader.segments.cached(segment)).toBeDefined();
  });

  test('a small segment is read by one request, without its index', async () => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 22, { withIndex: false });
    const { reader } = readerOf(store);
    expect(reader.segments.cached(segment)).toHaveLength(1);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(store.reads).toEqual([{ key: 's.kfs', start: 32, length: segment.sizeBytes - 48 }]);
  });

  test('the blocks lie one behind the other and cover the segment', async () => {
    const store = new CountingObjectStore();
    const { segment } = await segmentOf(store, 60, { interval: 3, gap: 4 });
    const blocks = await readerOf(store).reader.segments.load(segment);
    expect(blocks.length).toBeGreaterThan(2);
    let position = 32;
    let offset = BASE;
    for (const block of blocks) {
      expect([block.position, block.baseOffset]).toEqual([position, offset]);
      position += block.length;
      offset = block.lastOffset + 1;
    }
    expect([position, offset]).toEqual([segment.sizeBytes - 16, segment.lastOffset + 1]);
  });

  test('readers who want the index at the same time share one request', async () => {
    const store = new CountingObjectStore();
    const { segment } = await segmentOf(store, 40);
    const { reader } = readerOf(store);
    await Promise.all([1, 2, 3].map(() => reader.segments.load(segment)));
    expect(store.keysRead).toEqual(['s.index']);
  });

  test('an index of more entries than are asked for at first is read in full', async () => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 30_000, { batchBytes: 400 });
    const { reader } = readerOf(store);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(store.keysRead.slice(0, 2)).toEqual(['s.index', 's.index']);
  });

  test('I6: an index that says to be longer than its segment is not asked for', async () => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 30_000, { batchBytes: 400 });
    await damageStored(store, 's.index', (bytes) => (bytes.writeInt32BE(0x7fffffff, 6), bytes));
    const { reader } = readerOf(store);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(Math.max(...store.reads.map(({ length }) => length))).toBeLessThanOrEqual(segment.sizeBytes);
  });
});

describe('segments without a usable index', () => {
  const damages: [string, ((bytes: Buffer) => Buffer) | undefined][] = [
    ['missing', undefined],
    ['cut short', (bytes) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['of another segment', (bytes) => (bytes.writeBigInt64BE(0n, 16), bytes)],
    ['beyond the end', (bytes) => (bytes.writeInt32BE(0x7fffffff, bytes.length - 4), bytes)],
  ];

  test.each(damages)('%s: the segment is read once, and is known then', async (_name, change) => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 60, { gap: 2 });
    if (change === undefined) await store.delete(['s.index']);
    else await damageStored(store, 's.index', change);
    const { reader, seen } = readerOf(store);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    const bytesRead = store.reads.reduce((sum, { key, length }) => sum + (key === 's.kfs' ? length : 0), 0);
    expect(bytesRead).toBeLessThan(segment.sizeBytes + 4 * MIB);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(store.keysRead.filter((key) => key === 's.kfs').length).toBeLessThanOrEqual(4);
    expect(seen).toEqual({ rebuilt: 1, damaged: 0 });
  });

  test('an index that leads to the wrong bytes is no longer used', async () => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 60);
    // All entries but the first are one byte off.
    await damageStored(store, 's.index', (bytes) => {
      for (let at = 28; at < bytes.length; at += 12) bytes.writeInt32BE(bytes.readInt32BE(at + 8) + 1, at + 8);
      return bytes;
    });
    const { reader, seen } = readerOf(store);
    await expect(readAll(reader, segment)).rejects.toThrow(CorruptBlockError);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(seen.rebuilt).toBe(1);
  });

  test('a batch larger than a block is read whole', async () => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 3, { batchBytes: 14 * MIB, withIndex: false });
    const { reader } = readerOf(store);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
  });

  test('what comes before damage can be read, and the damage is told', async () => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 60, { withIndex: false });
    const size = batches[0]?.sizeInBytes ?? 0;
    await damageStored(store, 's.kfs', (bytes) => (bytes.writeInt8(9, 32 + 50 * size + 16), bytes));
    const { reader, seen } = readerOf(store);
    const blocks = await reader.segments.load(segment);
    const read = await Promise.allSettled(blocks.map((block) => reader.load(block)));
    expect(read.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(blocks.at(-1)).toMatchObject({ baseOffset: BASE + 50, lastOffset: BASE + 59 });
    expect(seen).toEqual({ rebuilt: 1, damaged: 1 });
  });

  test.each([
    ['header', 15],
    ['footer', -16],
  ])('a wrong %s is told', async (_name, position) => {
    const store = new CountingObjectStore();
    const { segment, batches } = await segmentOf(store, 30, { withIndex: false });
    await damageStored(store, 's.kfs', (bytes) => {
      const at = position < 0 ? bytes.length + position : position;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes;
    });
    const { reader, seen } = readerOf(store);
    expect(await readAll(reader, segment)).toEqual(offsetsOf(batches));
    expect(seen).toEqual({ rebuilt: 1, damaged: 1 });
  });

  test('a segment that is gone is told as such', async () => {
    const store = new CountingObjectStore();
    const { segment } = await segmentOf(store, 30);
    await store.delete(['s.kfs', 's.index']);
    const { reader, seen } = readerOf(store);
    await expect(reader.segments.load(segment)).rejects.toThrow(ObjectNotFoundError);
    expect(seen).toEqual({ rebuilt: 0, damaged: 0 });
  });
});
