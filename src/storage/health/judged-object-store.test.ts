import { beforeEach, describe, expect, test } from '@jest/globals';
import { FaultyObjectStore } from '../../../test/support/faulty-object-store.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { MemoryObjectStore } from '../memory-object-store.js';
import { ObjectStoreError } from '../object-store.js';
import { checksumOf } from '../pieces.js';
import { HealthProber } from './health-prober.js';
import { JudgedObjectStore, StoreNotAskedError } from './judged-object-store.js';
import { StoreHealth } from './store-health.js';

const THRESHOLDS = {
  windowMs: 60_000,
  latencyWarnMs: 500,
  latencyCritMs: 3_000,
  errorRateWarn: 0.2,
  errorRateCrit: 0.6,
};
const BODY = [Buffer.from('0123456789')];

let clock: VirtualClock;
let faulty: FaultyObjectStore;
let health: StoreHealth;
let store: JudgedObjectStore;
let changes: string[];
let written: number;

beforeEach(async () => {
  clock = new VirtualClock();
  faulty = new FaultyObjectStore(new MemoryObjectStore(clock), { clock, random: () => 0.25 });
  health = new StoreHealth(THRESHOLDS, clock);
  changes = [];
  health.onChange((direction, state) => void changes.push(`${direction} ${state}`));
  store = new JudgedObjectStore(faulty, health);
  written = 0;
  await store.create('there', BODY, { crc32c: checksumOf(BODY) });
});

const read = () => store.read('there', { start: 0, length: 10 });
const write = () => store.create(`w${(written += 1)}`, BODY, { crc32c: checksumOf(BODY) });
const outcomeOf = (call: Promise<unknown>) => {
  return clock.until(
    call.then(
      () => 'ok',
      (error: unknown) => (error as Error).name,
    ),
  );
};
/** Calls one after the other, `gapMs` apart. */
async function many(count: number, gapMs: number, call: () => Promise<unknown>): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < count; i += 1) {
    outcomes.push(await outcomeOf(call()));
    await clock.advance(gapMs);
  }
  return outcomes;
}

test('a read that insists goes out while others are not asked, and its answers end the outage', async () => {
  const insist = () => store.readEnd('there', 10, { insists: true });
  faulty.setFaults({ failBefore: 1 });
  await many(20, 300, insist);
  expect(await many(2, 0, read)).toEqual(['StoreNotAskedError', 'StoreNotAskedError']);
  faulty.setFaults({});
  await clock.advance(THRESHOLDS.windowMs);
  expect(await many(5, 300, insist)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(health.reads.state).not.toBe('unavailable');
});

test('reads that fail say nothing of writes; the whole is as bad as the worse', async () => {
  faulty.setFaults({ failBefore: 1 });
  await many(20, 300, read);
  expect(health.report()).toMatchObject({ state: 'unavailable', reads: 'unavailable', writes: 'healthy' });
  expect(health.report().errorRate).toBeGreaterThan(0.9);
  expect(health.writes.admit()).toBe(true);
  expect(changes).toEqual(['reads unavailable']);
});

test('answers that say no, listings and deletions count for nothing', async () => {
  const refusals = [
    () => store.read('nothing', { start: 0, length: 1 }),
    () => store.readEnd('nothing', 1),
    () => store.head('nothing'),
    () => store.create('there', BODY, { crc32c: checksumOf(BODY) }),
  ];
  for (const refusal of refusals) await many(20, 10, refusal);
  faulty.setFaults({ failBefore: 1 });
  await many(40, 100, () => store.delete(['there']));
  await many(40, 100, () => store.list('')[Symbol.asyncIterator]().next());
  expect(health.report()).toMatchObject({ state: 'healthy', errorRate: 0 });
});

test('while reading is unavailable few reads go out; the others fail at once, and may be tried again', async () => {
  faulty.setFaults({ failBefore: 1 });
  await many(20, 300, read);
  const before = clock.monotonic();
  expect(await many(5, 0, read)).toEqual(Array(5).fill('StoreNotAskedError'));
  expect(clock.monotonic()).toBe(before);
  await expect(read()).rejects.toThrow(ObjectStoreError);
  await expect(read()).rejects.toThrow(StoreNotAskedError);
});

test('creates always go out: the object that failed is the one to try again (rule 3), and tells that the store is back', async () => {
  faulty.setFaults({ failBefore: 1 });
  expect(await many(20, 300, write)).toEqual(Array(20).fill('ObjectStoreError'));
  expect(health.writes.state).toBe('unavailable');
  faulty.setFaults({});
  expect(await many(40, 300, write)).toEqual(Array(40).fill('ok'));
  expect(health.writes.state).toBe('degraded');
});

describe('probing', () => {
  let prober: HealthProber;
  let probes: number[];
  let probeWorks: boolean;
  beforeEach(() => {
    probes = [];
    probeWorks = false;
    const check = () => {
      probes.push(clock.monotonic());
      return probeWorks ? Promise.resolve() : Promise.reject(new Error('still away'));
    };
    prober = new HealthProber(health, check, clock);
  });

  test('I7: none while the store works', async () => {
    await many(50, 1_000, write);
    await clock.advance(600_000);
    expect(probes).toEqual([]);
  });

  test('none while an upload is tried again and again, however well probes would go', async () => {
    faulty.setFaults({ failBefore: 1 });
    probeWorks = true;
    await many(100, 1_000, write);
    expect([probes, health.writes.state, health.writes.admit()]).toEqual([[], 'unavailable', false]);
  });

  test('where nobody tries, every two seconds; with the first success one request may go out, its success opens up', async () => {
    faulty.setFaults({ failBefore: 1 });
    await many(20, 300, write);
    await clock.advance(30_000);
    expect(probes.length).toBeGreaterThanOrEqual(10);
    expect(probes.length).toBeLessThanOrEqual(15);
    expect(health.writes.admit()).toBe(false);
    faulty.setFaults({});
    probeWorks = true;
    await clock.advance(2_000);
    expect([health.writes.admit(), health.writes.admit()]).toEqual([true, false]);
    for (let i = 0; i < 5; i += 1) {
      await outcomeOf(write());
      expect(health.writes.admit()).toBe(true);
    }
    expect(health.writes.state).toBe('degraded');
    await clock.advance(20_000);
    expect(health.state).toBe('healthy');
  });

  test('it ends with the outage, and when it is stopped', async () => {
    faulty.setFaults({ failBefore: 1 });
    await many(20, 300, read);
    probeWorks = true;
    await clock.advance(60_000);
    expect(health.state).toBe('healthy');
    const sent = probes.length;
    await clock.advance(600_000);
    expect(probes).toHaveLength(sent);
    await many(40, 300, read);
    expect(health.state).toBe('unavailable');
    prober.stop();
    const sentUntilStop = probes.length;
    await clock.advance(600_000);
    expect(probes).toHaveLength(sentUntilStop);
  });

  test('one without an answer has failed after three seconds', async () => {
    prober.stop();
    const hanging = new HealthProber(health, () => new Promise(() => undefined), clock);
    faulty.setFaults({ failBefore: 1 });
    await many(20, 300, read);
    await clock.advance(120_000);
    expect(health.reads.admit()).toBe(false);
    hanging.stop();
  });
});
