import { expect, test } from '@jest/globals';
import { seededRandom } from '../support/seeded-random.js';
import { describeWithTools } from '../support/tools.js';
import { runCluster } from './rig/run-cluster.js';

const BROKERS = 3;
/** `KAFSCALE_DRAIN_TIMEOUT_SEC` */
const DRAIN_TIMEOUT_SEC = 20;
const PATIENCE_MS = 60_000;

describeWithTools(['seaweedfs', 'etcd'], 'a rolling restart under load', () => {
  test('I1 I8 I9: no client with default retries notices, and each broker ends by itself in time', async () => {
    const stops: { readonly ms: number; readonly code: number }[] = [];
    const run = {
      brokers: BROKERS,
      random: seededRandom(1),
      defaultRetries: true,
      settings: { KAFSCALE_DRAIN_TIMEOUT_SEC: String(DRAIN_TIMEOUT_SEC) },
    };
    const report = await runCluster(run, async ({ cluster, recorder, partitions }) => {
      for (const broker of cluster.brokers) {
        recorder.add({
          type: 'disturbance',
          what: `restart broker ${broker.number}`,
        });
        stops.push(await broker.stop());
        await broker.start();
        await broker.ready();
        await recorder.progressEverywhere(partitions, PATIENCE_MS);
      }
    });
    expect({
      folder: report.folder,
      violations: report.violations,
    }).toMatchObject({ violations: [] });
    // Clients stay connected until the end: it does not wait for them.
    expect(stops.map(({ code }) => code)).toEqual(stops.map(() => 0));
    for (const { ms } of stops) expect(ms).toBeLessThan((DRAIN_TIMEOUT_SEC + 5) * 1000);
    expect(report.acknowledgedRecords).toBeGreaterThan(0);
  }, 600_000);
});
