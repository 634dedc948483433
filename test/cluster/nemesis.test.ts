import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { seededRandom } from '../support/seeded-random.js';
import { describeWithTools } from '../support/tools.js';
import { disturb, type FaultCounts } from './nemesis/nemesis.js';
import { runCluster } from './rig/run-cluster.js';

/** Longer with `npm run chaos`, which sets these. */
const SECONDS = Number(process.env['KAFSCALE_CLUSTER_SECONDS'] ?? 30);
const SEED = Number(process.env['KAFSCALE_CLUSTER_SEED'] ?? 8);
const BROKERS = Number(process.env['KAFSCALE_CLUSTER_BROKERS'] ?? 3);
const FOLDER = process.env['KAFSCALE_CLUSTER_FOLDER'];
/** The clients' patience with each other at the end. */
const TIMEOUT_MS = (SECONDS + 1_200) * 1000;

describeWithTools(['seaweedfs', 'etcd'], `I1 I2 I3 I4 I5 I8 I9: ${BROKERS} brokers that are disturbed`, () => {
  test(
    'lose nothing acknowledged, double nothing, keep the order, and no group skips or loses anything',
    async () => {
      const random = seededRandom(SEED);
      let faults: FaultCounts = {};
      const run = { brokers: BROKERS, random: seededRandom(SEED + 1), ...(FOLDER !== undefined && { folder: FOLDER }) };
      const report = await runCluster(run, async ({ cluster, recorder, partitions }) => {
        const progress = (line: string) => {
          if (FOLDER !== undefined) process.stderr.write(`${line}\n`);
        };
        faults = await disturb(cluster, recorder, { random, seconds: SECONDS, partitions, progress });
      }).catch((error: unknown) => {
        throw new Error(`with seed ${SEED}: ${String(error)}`, { cause: error });
      });
      if (FOLDER !== undefined)
        await writeFile(`${FOLDER}/report.json`, JSON.stringify({ seed: SEED, faults, ...report }));
      expect({ seed: SEED, folder: report.folder, violations: report.violations }).toMatchObject({ violations: [] });
      // It would prove nothing if nothing happened.
      expect(Object.keys(faults)).not.toEqual([]);
      expect(report.acknowledgedRecords).toBeGreaterThan(SECONDS);
      expect(report.shownRecords).toBeGreaterThan(report.acknowledgedRecords);
    },
    TIMEOUT_MS,
  );
});
