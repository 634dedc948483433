import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeWithTools } from '../support/tools.js';
import { runChaos, type Disturbance } from './run-chaos.js';
import { startStores, type Stores } from './stores.js';

/** Longer than the lease of a broker, 10 s. */
const PAUSE_MS = 12_000;
const PATIENCE_MS = 60_000;

/** The broker stands still until its lease has run out, and goes on. */
async function pause({ broker, history, done }: Disturbance): Promise<void> {
  await history.moreAcknowledged(20, PATIENCE_MS);
  broker.pause();
  await delay(PAUSE_MS);
  broker.resume();
  done.pauses += 1;
  await history.moreAcknowledged(20, PATIENCE_MS);
}

/** A second broker takes over while the first stands still; the first then goes on where it was. */
async function replaceWhilePaused({ broker, history, done, another, moveClientsTo }: Disturbance): Promise<void> {
  await history.moreAcknowledged(20, PATIENCE_MS);
  broker.pause();
  const successor = await another();
  await successor.spawn();
  await successor.ready();
  moveClientsTo(successor);
  // At once: clients still wait for the answers to what the first broker had accepted.
  broker.resume();
  done.pauses += 1;
  // It must learn that its time is over.
  await broker.ended(PATIENCE_MS);
  await history.moreAcknowledged(20, PATIENCE_MS);
}

describe('a broker that stands still for longer than its lease lasts, local stores', () => {
  test('I1 I3 I8: goes on without losing or doubling anything', async () => {
    const stores = await startStores('local');
    try {
      const report = await runChaos(stores, pause);
      expect(report).toMatchObject({ violations: [], pauses: 1 });
    } finally {
      await stores.stop();
    }
  }, 180_000);
});

describeWithTools(['seaweedfs', 'etcd'], 'a broker that stands still for longer than its lease lasts, etcd', () => {
  let stores: Stores;
  beforeEach(async () => {
    stores = await startStores('s3');
  }, 60_000);
  afterEach(() => stores.stop());

  test.each([
    ['I1 I3 I8: goes on without losing or doubling anything', pause],
    ['fault 3, I4: replaced meanwhile, it commits nothing more and ends', replaceWhilePaused],
  ])(
    '%s',
    async (_name, disturb) => {
      const report = await runChaos(stores, disturb);
      expect(report).toMatchObject({ violations: [], pauses: 1 });
    },
    180_000,
  );
});
