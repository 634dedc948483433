import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { describeWithTools } from '../support/tools.js';
import { soak } from './soak.js';

/** Longer with `npm run soak`, which sets these. */
const SECONDS = Number(process.env['KAFSCALE_SOAK_SECONDS'] ?? 30);
const SEED = Number(process.env['KAFSCALE_SOAK_SEED'] ?? 1);
const REPORT = process.env['KAFSCALE_SOAK_REPORT'];

describeWithTools(['seaweedfs', 'etcd'], 'I1 I2 I3 I5 I8: an object store that fails', () => {
  test(
    'loses nothing acknowledged, doubles nothing, and shows nothing wrong',
    async () => {
      const report = await soak(SEED, SECONDS, (line) => {
        if (REPORT !== undefined) process.stderr.write(`${line}\n`);
      });
      if (REPORT !== undefined) await writeFile(REPORT, JSON.stringify(report));
      // It would prove nothing if nothing happened.
      expect(report.acknowledgedBatches).toBeGreaterThan(SECONDS);
      expect(report.rereads).toBeGreaterThan(0);
      expect(report.retainedLogStart).toBeGreaterThan(0);
      expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(SECONDS / 2);
    },
    (SECONDS + 300) * 1000,
  );
});
