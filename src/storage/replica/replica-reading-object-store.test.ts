import { beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyObjectStore } from '../../../test/support/faulty-object-store.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import type { StoreRequest } from '../../metrics/store-request-metrics.js';
import { checksumOf } from '../pieces.js';
import { MemoryObjectStore } from '../memory-object-store.js';
import { MeteredObjectStore } from '../metered-object-store.js';
import { ObjectNotFoundError, type ObjectStore, type ReadOptions } from '../object-store.js';
import { ReplicaReadingObjectStore } from './replica-reading-object-store.js';

const SEGMENT = 'ns/topic/0/segment-00000000000000000000.kfs';
const WAL = 'ns/_kafscale/wal/inc/00000000000000000000';
const MANIFEST = 'ns/_kafscale/manifests/topic-id/0/1-abcdef01';
const BODY = Buffer.from('0123456789');

let clock: VirtualClock;
let primary: MemoryObjectStore;
let copy: MemoryObjectStore;
let replica: FaultyObjectStore;
let store: ReplicaReadingObjectStore;
/** Requests that reached each of the two. */
let asked: { primary: string[]; replica: string[] };
let outcomes: string[];

const put = (to: ObjectStore, key: string, body = BODY) => to.create(key, [body], { crc32c: checksumOf([body]) });
const read = (key = SEGMENT, options: ReadOptions = {}) => store.read(key, { start: 2, length: 4 }, options);

beforeEach(async () => {
  clock = new VirtualClock();
  primary = new MemoryObjectStore(clock);
  copy = new MemoryObjectStore(clock);
  replica = new FaultyObjectStore(copy, { clock, random: () => 0.25 });
  asked = { primary: [], replica: [] };
  outcomes = [];
  const told = (name: 'primary' | 'replica') => ({
    storeRequest: ({ operation }: StoreRequest) => void asked[name].push(operation),
  });
  store = new ReplicaReadingObjectStore(
    new MeteredObjectStore(primary, told('primary'), clock),
    new MeteredObjectStore(replica, told('replica'), clock),
    { clock, observer: { replicaRead: (outcome) => void outcomes.push(outcome) }, patienceMs: 2_000, absenceMs: 5_000 },
  );
  for (const key of [SEGMENT, WAL, MANIFEST]) await put(primary, key);
});

describe('what is there', () => {
  test.each([SEGMENT, WAL])('records are read from the replica: %s', async (key) => {
    await put(copy, key);
    expect((await read(key)).toString()).toBe('2345');
    expect(asked).toEqual({ primary: [], replica: ['get'] });
    expect(outcomes).toEqual(['hit']);
  });

  test("the end of a segment is read from the replica, a WAL object's footer from the primary", async () => {
    await put(copy, SEGMENT);
    await put(copy, WAL);
    expect((await store.readEnd(SEGMENT, 3)).bytes.toString()).toBe('789');
    expect(asked).toEqual({ primary: [], replica: ['get'] });
    expect((await store.readEnd(WAL, 3)).bytes.toString()).toBe('789');
    expect(asked).toEqual({ primary: ['get'], replica: ['get'] });
  });

  test('I1 I2: what decides something is never asked of the replica', async () => {
    // A replica that holds other bytes everywhere.
    for (const key of [SEGMENT, WAL, MANIFEST]) await put(copy, key, Buffer.from('wrong wrong'));
    expect((await read(MANIFEST)).toString()).toBe('2345');
    expect((await store.readEnd(MANIFEST, 10)).bytes.equals(BODY)).toBe(true);
    expect((await store.readEnd(WAL, 10)).bytes.equals(BODY)).toBe(true);
    expect((await store.head(WAL)).crc32c).toBe(checksumOf([BODY]));
    await expect(put(store, WAL)).rejects.toThrow('exists already');
    await put(store, 'ns/topic/0/new');
    const keys: string[] = [];
    for await (const { key } of store.list('ns/topic/')) keys.push(key);
    expect(keys).toEqual(['ns/topic/0/new', SEGMENT]);
    await store.delete([SEGMENT]);
    await store.check();
    expect(asked.replica).toEqual([]);
  });
});

describe('absence', () => {
  test('what the replica does not have yet comes from the primary, and is not asked for again for a moment', async () => {
    for (let i = 0; i < 3; i += 1) expect((await read()).toString()).toBe('2345');
    expect(outcomes).toEqual(['absent', 'known_absent', 'known_absent']);
    expect(asked.replica).toEqual(['get']);
    await put(copy, SEGMENT);
    await clock.advance(5_000);
    await read();
    expect(outcomes.at(-1)).toBe('hit');
  });

  test('of ever so many objects it does not open the circuit', async () => {
    for (let i = 0; i < 50; i += 1) await put(primary, `ns/topic/0/${i}`);
    for (let i = 0; i < 50; i += 1) await read(`ns/topic/0/${i}`);
    expect(outcomes).toEqual(Array(50).fill('absent'));
    expect(store.circuitState).toBe('closed');
  });

  test('in both is an absence', async () => {
    await expect(read('ns/topic/0/nothing')).rejects.toThrow(ObjectNotFoundError);
  });
});

describe('faults', () => {
  beforeEach(() => put(copy, SEGMENT));

  test('what fails comes from the primary; after some failures the replica is left alone, and tried again later', async () => {
    replica.setFaults({ failBefore: 1 });
    for (let i = 0; i < 8; i += 1) expect((await read()).toString()).toBe('2345');
    expect(outcomes).toEqual([...Array<string>(5).fill('failed'), ...Array<string>(3).fill('circuit_open')]);
    expect(asked.replica).toHaveLength(5);
    await clock.advance(1_000);
    await read();
    await read();
    expect(outcomes.slice(8)).toEqual(['failed', 'circuit_open']);
    replica.setFaults({});
    await clock.advance(2_000);
    expect(store.circuitState).toBe('half-open');
    await read();
    expect(outcomes.at(-1)).toBe('hit');
    expect(store.circuitState).toBe('closed');
  });

  test('one that does not answer costs its patience, and then nothing', async () => {
    replica.setFaults({ latencyMs: [3_600_000, 3_600_000] });
    for (let i = 0; i < 5; i += 1) expect((await clock.until(read())).toString()).toBe('2345');
    expect(clock.monotonic()).toBeGreaterThanOrEqual(5 * 2_000);
    expect(clock.monotonic()).toBeLessThan(5 * 2_100);
    const before = clock.monotonic();
    await clock.until(read());
    expect(clock.monotonic()).toBe(before);
    expect(outcomes).toEqual([...Array<string>(5).fill('timeout'), 'circuit_open']);
  });

  test('a large read may take longer', async () => {
    const large = Buffer.alloc(8 * 1024 * 1024);
    for (const to of [primary, copy]) await put(to, 'ns/topic/0/large', large);
    replica.setFaults({ latencyMs: [3_900, 3_900] });
    await clock.until(store.read('ns/topic/0/large', { start: 0, length: large.length }));
    expect(outcomes).toEqual(['hit']);
  });

  test('I3: what was damaged is read from the primary, and held against the replica', async () => {
    const damaged = new MemoryObjectStore(clock);
    await put(damaged, SEGMENT, Buffer.from('01X3456789'));
    const observer = { replicaRead: (outcome: string) => void outcomes.push(outcome) };
    store = new ReplicaReadingObjectStore(primary, damaged, { clock, observer });
    for (let i = 0; i < 5; i += 1) {
      expect((await read()).toString()).toBe('X345');
      expect((await read(SEGMENT, { wasDamaged: true })).toString()).toBe('2345');
    }
    expect(outcomes).toEqual(Array(5).fill(['hit', 'corrupt']).flat());
    expect(store.circuitState).toBe('open');
    expect((await read()).toString()).toBe('2345');
  });

  test('fewer bytes than asked for are read from the primary', async () => {
    replica.setFaults({ truncate: 1 });
    expect((await read()).toString()).toBe('2345');
    expect((await store.readEnd(SEGMENT, 4)).bytes.toString()).toBe('6789');
    expect(outcomes).toEqual(['short', 'short']);
  });

  test('reading beyond the end is no fault of the replica', async () => {
    for (let i = 0; i < 20; i += 1) {
      expect((await store.read(SEGMENT, { start: 8, length: 10 })).toString()).toBe('89');
    }
    expect(store.circuitState).toBe('closed');
    expect((await store.readEnd(SEGMENT, 100)).bytes.equals(BODY)).toBe(true);
    expect(outcomes.at(-1)).toBe('hit');
  });

  test('a caller that gives up ends the read, asks nobody else and is held against nobody', async () => {
    replica.setFaults({ latencyMs: [1_000, 1_000] });
    for (let i = 0; i < 10; i += 1) {
      const abort = new AbortController();
      const reading = read(SEGMENT, { signal: abort.signal });
      const ended = expect(reading).rejects.toThrow('enough');
      await clock.advance(10);
      abort.abort(new Error('enough'));
      await ended;
    }
    expect(asked.primary).toEqual([]);
    expect(store.circuitState).toBe('closed');
  });
});
