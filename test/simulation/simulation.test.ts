import { describe, expect, test } from '@jest/globals';
import { runSimulation } from './run-simulation.js';
import { STEPS, type Step } from './sim-steps.js';

/** More by `npm run simulate`. */
const SEEDS = 300;
/** For lives so long that segments gather and are merged. */
const LONG_SEEDS = 20;
const BATCHES = 12;
const BATCHES_OF_LONG_LIFE = 60;

async function runAll(seeds: number, batches: number): Promise<Record<Step, number>> {
  const total = Object.fromEntries(STEPS.map((step) => [step, 0])) as Record<Step, number>;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { steps, acknowledged } = await runSimulation(seed, batches).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    });
    expect(acknowledged).toBe(4 * batches);
    for (const step of STEPS) total[step] += steps[step];
  }
  return total;
}

/** The simulation would prove nothing of what never happened in it. */
function expectAllSteps(total: Record<Step, number>): void {
  expect(STEPS.filter((step) => total[step] === 0)).toEqual([]);
}

describe('I1 I2 I3 I4 I5 I7 I8: the log and its cleanup under crashes, take-overs, lost leases and failing stores', () => {
  test(`${SEEDS} lives`, async () => {
    const total = await runAll(SEEDS, BATCHES);
    expectAllSteps(total);
  }, 600_000);

  test(`${LONG_SEEDS} longer lives`, async () => {
    const total = await runAll(LONG_SEEDS, BATCHES_OF_LONG_LIFE);
    expectAllSteps(total);
  }, 600_000);

  test.each([
    [1367, 'partitions are opened for an incarnation that has ended: its own records must not look missing'],
    [3764, 'an incarnation that was replaced, and does not know, reads what its successor has claimed'],
    [15939, 'a claim of a topic that was deleted is applied late, to a namesake'],
  ])('seed %i: %s', async (seed) => {
    await runSimulation(seed, BATCHES);
  });
});
