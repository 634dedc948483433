import { beforeEach, describe, expect, test } from '@jest/globals';
import { crc32c } from '../../src/checksum/crc32c.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import { ObjectNotFoundError } from '../../src/storage/object-store.js';
import { FaultyObjectStore, type Faults } from '../support/faulty-object-store.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** The faults have to be what they say they are, or the tests that rest on them prove nothing. */
const BODY = Buffer.from('0123456789');
const checksum = crc32c(BODY);

let clock: VirtualClock;
let inner: MemoryObjectStore;
beforeEach(() => {
  clock = new VirtualClock();
  inner = new MemoryObjectStore(clock);
});

const faulty = (faults: Faults, random = () => 0.25) => new FaultyObjectStore(inner, { faults, clock, random });
const create = (store: FaultyObjectStore, key = 'k', signal?: AbortSignal) =>
  store.create(key, [BODY], { crc32c: checksum, ...(signal && { signal }) });

describe('injected faults', () => {
  test('latency passes in virtual time, part of it before the effect and part after', async () => {
    const created = create(faulty({ latencyMs: [100, 200] }));
    await clock.advance(31);
    await expect(inner.head('k')).rejects.toThrow(ObjectNotFoundError);
    await clock.advance(1);
    expect(await inner.head('k')).toMatchObject({ crc32c: checksum });
    await clock.until(created);
    expect(clock.monotonic()).toBe(125);
  });

  test('a failure before the effect leaves nothing', async () => {
    await expect(create(faulty({ failBefore: 1 }))).rejects.toThrow('fail-before');
    await expect(inner.head('k')).rejects.toThrow(ObjectNotFoundError);
  });

  test('a lost acknowledgement leaves the object', async () => {
    await expect(create(faulty({ failAfter: 1 }))).rejects.toThrow('fail-after');
    expect(await inner.head('k')).toMatchObject({ crc32c: checksum });
  });

  test('a refusal asks to slow down and leaves nothing', async () => {
    await expect(create(faulty({ slowDown: 1 }))).rejects.toMatchObject({ slowDown: true });
    await expect(inner.head('k')).rejects.toThrow(ObjectNotFoundError);
  });

  test('a stalled call fails late, and may have had its effect', async () => {
    const store = faulty({ stall: 1, stallMs: 1_000 });
    const created = create(store).catch((error: unknown) => error);
    await clock.advance(999);
    expect(await inner.head('k')).toMatchObject({ crc32c: checksum });
    expect(await clock.until(created)).toMatchObject({ message: expect.stringContaining('stall') as unknown });
  });

  test.each([
    [0, false],
    [1, true],
  ])('an aborted create lands later with probability %p', async (landsAfterAbort, lands) => {
    const controller = new AbortController();
    const reason = new Error('gone');
    const created = create(faulty({ latencyMs: [100, 100], landsAfterAbort }), 'k', controller.signal);
    const outcome = created.catch((error: unknown) => error);
    await clock.advance(10);
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    await expect(inner.head('k')).rejects.toThrow(ObjectNotFoundError);
    await clock.advance(100);
    const head = inner.head('k').then(
      () => true,
      () => false,
    );
    expect(await head).toBe(lands);
  });

  test('a truncated read is shorter than the object', async () => {
    const store = faulty({});
    await create(store);
    store.setFaults({ truncate: 1 });
    expect((await store.read('k', { start: 0, length: 10 })).toString()).toBe('01');
    expect((await store.readEnd('k', 10)).bytes.toString()).toBe('01');
  });

  test('the same random numbers give the same run', async () => {
    const run = async () => {
      let state = 42;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const store = new FaultyObjectStore(new MemoryObjectStore(), {
        faults: { failBefore: 0.2, failAfter: 0.2, slowDown: 0.2 },
        random,
      });
      const outcomes: string[] = [];
      for (let i = 0; i < 50; i += 1) {
        outcomes.push(
          await create(store, `k${i % 20}`).then(
            () => 'ok',
            (error: unknown) => String(error),
          ),
        );
      }
      return outcomes;
    };
    const first = await run();
    expect(new Set(first.map((outcome) => outcome.split(' ')[0])).size).toBeGreaterThan(2);
    expect(await run()).toEqual(first);
  });
});
