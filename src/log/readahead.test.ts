import { describe, expect, test } from '@jest/globals';
import type { Block } from './blocks.js';
import { Readahead } from './readahead.js';

const BLOCK_BYTES = 100;
const PER_BLOCK = 10;

interface KitOptions {
  readonly maxBytes?: number;
  readonly blocks?: number;
  /** How the log finds a block. */
  readonly find?: (block: Block | undefined) => Block | undefined | Promise<Block | undefined>;
}

/** A log of blocks of ten offsets each, whose numbers stand for them here. */
function kit({ maxBytes = 1e9, blocks: count = 100, find = (block) => block }: KitOptions = {}) {
  const blocks = Array.from({ length: count }, (_, i): Block => ({
    object: { key: 'o' },
    position: i * BLOCK_BYTES,
    length: BLOCK_BYTES,
    baseOffset: i * PER_BLOCK,
    lastOffset: (i + 1) * PER_BLOCK - 1,
  }));
  const loaded: number[] = [];
  const room = { isThere: true };
  const readahead = new Readahead(
    {
      blockFrom: (offset) => find(blocks[Math.floor(offset / PER_BLOCK)]),
      blocksIn: (_key, offset, bytes) => blocks.slice(offset / PER_BLOCK, offset / PER_BLOCK + bytes / BLOCK_BYTES),
    },
    {
      catchingUp: { note: () => undefined },
      loadAhead(block) {
        if (room.isThere) loaded.push(block.baseOffset / PER_BLOCK);
        return room.isThere;
      },
    },
    maxBytes,
  );
  const block = (number: number) => blocks[number] as Block;
  return {
    loaded,
    room,
    readahead,
    block,
    read: (number: number) => readahead.wasRead(block(number)),
    /** What has been read ahead since the last call. */
    take: () => loaded.splice(0),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('reading ahead', () => {
  test('begins at the second block in a row and grows, each block once', () => {
    const { read, take } = kit();
    const ahead = [0, 1, 1, 2, 2, 3, 4].map((number) => {
      read(number);
      return take();
    });
    expect(ahead).toEqual([[], [2], [], [3, 4], [], [5, 6, 7], [8, 9, 10, 11, 12]]);
  });

  test('keeps to its bound in bytes', () => {
    const { read, loaded } = kit({ maxBytes: 3 * BLOCK_BYTES + 50 });
    for (let number = 0; number < 20; number += 1) {
      read(number);
      expect(Math.max(0, ...loaded) - number).toBeLessThanOrEqual(3);
    }
    expect(loaded.at(-1)).toBe(22);
  });

  test('a bound of 0 turns it off', () => {
    const { read, loaded } = kit({ maxBytes: 0 });
    for (let number = 0; number < 20; number += 1) read(number);
    expect(loaded).toEqual([]);
  });

  test('who jumps about gets nothing read ahead', () => {
    const { read, loaded } = kit();
    for (const number of [5, 50, 3, 70, 20, 1, 90]) read(number);
    expect(loaded).toEqual([]);
  });

  test('ten readers at the same place are one', () => {
    const { read, loaded } = kit();
    for (let number = 0; number < 30; number += 1) {
      for (let reader = 0; reader < 10; reader += 1) read(number);
    }
    expect(new Set(loaded).size).toBe(loaded.length);
  });

  test('stops at the end of the log and at what is in the tail cache', () => {
    const atEnd = kit({ blocks: 4 });
    for (const number of [0, 1, 2, 3]) atEnd.read(number);
    expect(atEnd.loaded).toEqual([2, 3]);
    const atTail = kit({ find: (block) => block && (block.baseOffset >= 40 ? { ...block, batches: [] } : block) });
    for (const number of [0, 1, 2, 3]) atTail.read(number);
    expect(atTail.loaded).toEqual([2, 3]);
  });

  test('without room it waits for the next read', () => {
    const made = kit();
    made.room.isThere = false;
    for (const number of [0, 1, 2]) made.read(number);
    made.room.isThere = true;
    made.read(2);
    expect(made.loaded).toEqual([3, 4]);
  });

  test('goes on when the store had to be asked where the next block is, and gives up when it fails', async () => {
    const late = kit({ find: (block) => Promise.resolve(block) });
    for (const number of [0, 1, 2, 3]) {
      late.read(number);
      await turn();
    }
    expect(late.loaded).toEqual([2, 3, 4, 5, 6, 7]);
    let failures = 1;
    const failing = kit({
      find: (block) => (failures-- > 0 ? Promise.reject(new Error('no answer')) : Promise.resolve(block)),
    });
    for (const number of [0, 1, 1]) {
      failing.read(number);
      await turn();
    }
    expect(failing.loaded).toEqual([2]);
  });

  test('a reader who is faster than the store is not read behind', async () => {
    const { read, loaded } = kit({ find: (block) => Promise.resolve(block) });
    for (const number of [0, 1, 2, 3, 4]) read(number);
    await turn();
    expect(Math.min(...loaded)).toBe(5);
  });

  test('I6: of many readers the least recent are forgotten', () => {
    const { read, take } = kit({ blocks: 1000 });
    for (let reader = 0; reader < 9; reader += 1) read(reader * 100);
    read(801);
    expect(take()).toEqual([802]);
    read(1);
    expect(take()).toEqual([]);
  });
});

test('who has read four blocks in a row is a backfill reader', () => {
  const { read, block, readahead } = kit({ maxBytes: 0 });
  const classes = [0, 1, 2, 3, 4].map((number) => {
    const readClass = readahead.classOf(block(number));
    read(number);
    return readClass;
  });
  expect(classes).toEqual(['tail', 'tail', 'tail', 'tail', 'backfill']);
  expect(readahead.classOf(block(50))).toBe('tail');
});
