import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { describeWithTools } from '../support/tools.js';
import { killRepeatedly, runChaos, type ChaosReport } from './run-chaos.js';
import { startStores, type StoresKind } from './stores.js';

/** More with `npm run chaos:kill`, which sets these. */
const KILLS = Number(process.env['KAFSCALE_CHAOS_KILLS'] ?? 10);
const REPORT_PREFIX = process.env['KAFSCALE_CHAOS_REPORT'];
const TIMEOUT_MS = 60_000 + KILLS * 30_000;

async function killUnderLoad(kind: StoresKind): Promise<ChaosReport> {
  const stores = await startStores(kind);
  try {
    const report = await runChaos(stores, (disturbance) => killRepeatedly(disturbance, KILLS, tellProgress(kind)));
    if (REPORT_PREFIX !== undefined) await writeFile(`${REPORT_PREFIX}${kind}.json`, JSON.stringify(report));
    return report;
  } finally {
    await stores.stop();
  }
}

function tellProgress(kind: StoresKind): (killed: number) => void {
  return (killed) => {
    if (REPORT_PREFIX !== undefined && killed % 10 === 0) process.stderr.write(`${kind}: ${killed} kills\n`);
  };
}

function check(report: ChaosReport): void {
  expect(report.violations).toEqual([]);
  // It would prove nothing if nothing happened.
  expect(report.kills).toBe(KILLS);
  expect(report.acknowledgedBatches).toBeGreaterThan(KILLS);
  expect(report.lostConnections).toBeGreaterThan(0);
}

describe('I1 I2 I3 I5 I8: kill -9 under load, local stores', () => {
  test(
    `${KILLS} kills lose nothing acknowledged and double nothing`,
    async () => check(await killUnderLoad('local')),
    TIMEOUT_MS,
  );
});

describeWithTools(['seaweedfs', 'etcd'], 'I1 I2 I3 I5 I8: kill -9 under load, S3 and etcd', () => {
  test(
    `${KILLS} kills lose nothing acknowledged and double nothing`,
    async () => check(await killUnderLoad('s3')),
    TIMEOUT_MS,
  );
});
