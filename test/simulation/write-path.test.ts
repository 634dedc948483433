import { describe, expect, test } from '@jest/globals';
import { runSimulation, type SimulationReport } from './run-simulation.js';

/** More with KAFSCALE_SIMULATION_SEEDS=100000; one again with KAFSCALE_SIMULATION_FIRST_SEED=n and 1 seed. */
const SEEDS = Number(process.env['KAFSCALE_SIMULATION_SEEDS'] ?? 2_000);
const FIRST_SEED = Number(process.env['KAFSCALE_SIMULATION_FIRST_SEED'] ?? 1);
/** For lives so long that segments gather and are merged. */
const LONG_SEEDS = Math.ceil(SEEDS / 20);
const BATCHES = 12;
const BATCHES_OF_LONG_LIFE = 60;

type Totals = { -readonly [key in keyof SimulationReport]: number };

async function runAll(seeds: number, batches: number): Promise<Totals> {
  const total = {
    crashes: 0,
    takeovers: 0,
    leasesLost: 0,
    compactions: 0,
    merges: 0,
    deletions: 0,
    acknowledged: 0,
    records: 0,
  };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
    const report = await runSimulation(seed, batches).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    });
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key];
  }
  return total;
}

describe('I1 I2 I3 I4 I8: the write path and compaction under crashes, take-overs, lost leases and failing stores', () => {
  test(`${SEEDS} seeds from ${FIRST_SEED}`, async () => {
    const total = await runAll(SEEDS, BATCHES);
    // The simulation would prove nothing if nothing happened in it.
    expect(total.crashes).toBeGreaterThan(SEEDS / 2);
    expect(total.takeovers).toBeGreaterThan(SEEDS / 4);
    expect(total.leasesLost).toBeGreaterThan(SEEDS / 10);
    expect(total.compactions).toBeGreaterThan(SEEDS);
    expect(total.deletions).toBeGreaterThan(SEEDS / 4);
    expect(total.acknowledged).toBe(SEEDS * 4 * BATCHES);
  }, 600_000);

  test(`${LONG_SEEDS} longer lives`, async () => {
    const total = await runAll(LONG_SEEDS, BATCHES_OF_LONG_LIFE);
    expect(total.compactions).toBeGreaterThan(LONG_SEEDS * 10);
    expect(total.merges).toBeGreaterThan(LONG_SEEDS / 4);
    expect(total.acknowledged).toBe(LONG_SEEDS * 4 * BATCHES_OF_LONG_LIFE);
  }, 600_000);
});
