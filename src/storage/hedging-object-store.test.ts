import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { HedgingObjectStore } from './hedging-object-store.js';
import { MemoryObjectStore } from './memory-object-store.js';
import { ObjectNotFoundError, type ObjectStore, type ReadOptions } from './object-store.js';

const AFTER_MS = 100;

/** What the n-th read does: takes so long, then answers, or fails. */
interface Script {
  readonly takesMs: number;
  readonly fails?: Error;
}

let clock: VirtualClock;
let script: Script[];
let reads: AbortSignal[];
let hedges: boolean[];
let store: HedgingObjectStore;

beforeEach(() => {
  clock = new VirtualClock();
  script = [];
  reads = [];
  hedges = [];
  const inner: ObjectStore = Object.assign(new MemoryObjectStore(clock), {
    read: (_key: string, _range: unknown, options: ReadOptions) => {
      const { takesMs, fails } = script[reads.length] ?? { takesMs: 0 };
      reads.push(options.signal as AbortSignal);
      const answer = Buffer.from(`answer ${reads.length}`);
      return new Promise<Buffer>((resolve, reject) => {
        clock.setTimer(takesMs, () => (fails === undefined ? resolve(answer) : reject(fails)));
      });
    },
  });
  store = new HedgingObjectStore(inner, {
    afterMs: AFTER_MS,
    clock,
    observer: { hedgedRead: (won) => void hedges.push(won) },
  });
});

const read = async (options: ReadOptions = {}) => {
  return (await store.read('k', { start: 0, length: 1 }, options)).toString();
};

describe('a read', () => {
  test('that is answered in time is sent once', async () => {
    script = [{ takesMs: 99 }];
    expect(await clock.until(read())).toBe('answer 1');
    await clock.advance(1_000);
    expect([reads.length, hedges]).toEqual([1, []]);
  });

  test('that takes long is sent again, and the first answer wins: the other is aborted', async () => {
    script = [{ takesMs: 5_000 }, { takesMs: 50 }];
    expect(await clock.until(read())).toBe('answer 2');
    expect(clock.monotonic()).toBe(150);
    expect(hedges).toEqual([true]);
    expect(reads[0]!.aborted).toBe(true);
  });

  test('may still be answered by the first request', async () => {
    script = [{ takesMs: 120 }, { takesMs: 50 }];
    expect(await clock.until(read())).toBe('answer 1');
    expect(hedges).toEqual([false]);
    expect(reads[1]!.aborted).toBe(true);
  });

  test('that fails before it is sent again has failed', async () => {
    script = [{ takesMs: 50, fails: new Error('reset') }];
    await expect(clock.until(read())).rejects.toThrow('reset');
    await clock.advance(1_000);
    expect(reads).toHaveLength(1);
  });

  test('fails when both requests do, and not before', async () => {
    const [one, other] = [new Error('one'), new Error('other')];
    script = [
      { takesMs: 110, fails: one },
      { takesMs: 50, fails: other },
    ];
    await expect(clock.until(read())).rejects.toBe(other);
    script = [...script, { takesMs: 110, fails: one }, { takesMs: 50 }];
    expect(await clock.until(read())).toBe('answer 4');
  });

  test('of an object that is not there is answered by that', async () => {
    script = [{ takesMs: 5_000 }, { takesMs: 10, fails: new ObjectNotFoundError('k') }];
    await expect(clock.until(read())).rejects.toThrow(ObjectNotFoundError);
    expect(clock.monotonic()).toBe(110);
  });

  test('that its caller gives up aborts both requests', async () => {
    script = [{ takesMs: 5_000 }, { takesMs: 5_000 }];
    const abort = new AbortController();
    const reading = read({ signal: abort.signal });
    const ended = expect(reading).rejects.toThrow('enough');
    await clock.advance(200);
    abort.abort(new Error('enough'));
    await ended;
    expect(reads.map(({ aborted }) => aborted)).toEqual([true, true]);
    await expect(read({ signal: abort.signal })).rejects.toThrow('enough');
    expect(reads).toHaveLength(2);
  });
});

test('I7: a store that is slow for all gets a tenth more requests, and ten at once at most', async () => {
  script = Array.from({ length: 2_000 }, () => ({ takesMs: 500 }));
  for (let i = 0; i < 100; i += 1) {
    const together = Array.from({ length: 10 }, () => read());
    await clock.until(Promise.all(together));
  }
  expect(hedges.length).toBeGreaterThan(90);
  expect(hedges.length).toBeLessThanOrEqual(100 + 10);
  expect(reads.length).toBe(1_000 + hedges.length);
});
