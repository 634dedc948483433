import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { runChaos, type Disturbance } from '../../chaos/run-chaos.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';
import { startProxiedStores, type ProxiedStores } from './proxied-stores.js';

/** Longer than the lease of a broker, 10 s. */
const OUTAGE_MS = 11_000;
const PATIENCE_MS = 30_000;
const TIMEOUT_MS = 120_000;

describeWithTools(['seaweedfs', 'etcd', 'etcd-current'], 'I1 I3 I4 I8: clients at work while etcd fails', () => {
  let stores: ProxiedStores;
  beforeAll(async () => {
    stores = await startProxiedStores({ current: true });
  }, 60_000);
  afterEach(() => stores.toEtcd.restore());
  afterAll(() => stores.stop());

  test(
    'away for longer than the lease: retriable errors only, nothing lost, the same process goes on',
    async () => {
      const report = await runChaos(stores.fresh(), async ({ broker, history }: Disturbance) => {
        await history.moreAcknowledged(20, PATIENCE_MS);
        const refused = history.answeredWith(ErrorCode.NOT_LEADER_OR_FOLLOWER, PATIENCE_MS);
        stores.toEtcd.freeze();
        await delay(OUTAGE_MS);
        await refused;
        await until('the broker to be not ready', async () => {
          const { status } = await fetch(`http://${broker.httpAddress}/readyz`);
          return status === 503 ? true : undefined;
        });
        const acknowledged = history.acknowledged.length;
        await delay(1_000);
        expect(history.acknowledged.length).toBe(acknowledged);
        stores.toEtcd.restore();
        await history.moreAcknowledged(20, PATIENCE_MS);
        expect(broker.isRunning).toBe(true);
      });
      expect(report).toMatchObject({ violations: [], kills: 1 });
    },
    TIMEOUT_MS,
  );

  test(
    'killed while it commits, and started on its data: what it had committed is committed once',
    async () => {
      const report = await runChaos(stores.fresh(), async ({ broker, history }: Disturbance) => {
        for (const hasCommitted of [false, true]) {
          await history.moreAcknowledged(20, PATIENCE_MS);
          // The broker has sent a transaction, and never learns what became of it.
          await stores.toEtcd.holdAnswers();
          // A read comes after the transactions that came before it.
          if (hasCommitted) await stores.etcd.etcdctl('get', '/', '--prefix', '--limit=1');
          await stores.etcd.kill();
          stores.toEtcd.cut();
          await stores.etcd.restart();
          stores.toEtcd.restore();
        }
        await history.moreAcknowledged(20, PATIENCE_MS);
        expect(broker.isRunning).toBe(true);
      });
      expect(report).toMatchObject({ violations: [], kills: 1 });
    },
    TIMEOUT_MS,
  );
});
