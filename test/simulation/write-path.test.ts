import { describe, expect, test } from '@jest/globals';
import { runSimulation } from './run-simulation.js';

/** More with KAFSCALE_SIMULATION_SEEDS=100000; one again with KAFSCALE_SIMULATION_FIRST_SEED=n and 1 seed. */
const SEEDS = Number(process.env['KAFSCALE_SIMULATION_SEEDS'] ?? 2_000);
const FIRST_SEED = Number(process.env['KAFSCALE_SIMULATION_FIRST_SEED'] ?? 1);

describe('I1 I2 I3 I4 I8: the write path under crashes, take-overs, lost leases and failing stores', () => {
  test(`${SEEDS} seeds from ${FIRST_SEED}`, async () => {
    const total = { crashes: 0, takeovers: 0, leasesLost: 0, acknowledged: 0, records: 0 };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const report = await runSimulation(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      });
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key];
    }
    // The simulation would prove nothing if nothing happened in it.
    expect(total.crashes).toBeGreaterThan(SEEDS / 2);
    expect(total.takeovers).toBeGreaterThan(SEEDS / 4);
    expect(total.leasesLost).toBeGreaterThan(SEEDS / 10);
    expect(total.acknowledged).toBe(SEEDS * 4 * 12);
  }, 600_000);
});
