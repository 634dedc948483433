import { parseArgs } from 'node:util';
import { runSimulation } from './run-simulation.js';
import { STEPS, type Step } from './sim-steps.js';

/** What `npm run simulate` runs: many seeds, with a line of progress now and then. */

const PROGRESS_EVERY_MS = 10_000;
/** Batches that each producer sends; of every twentieth seed, for segments that gather and are merged. */
const BATCHES = 12;
const BATCHES_OF_LONG_LIFE = 60;

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '10000' }, from: { type: 'string', default: '1' } },
});
const seeds = Number(values.seeds);
const from = Number(values.from);
if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(from) || from < 0) {
  console.error('usage: npm run simulate -- [--seeds N] [--from S]');
  process.exit(2);
}

// A life has thousands of injected failures, and a third of the time would go into their stacks: one seed alone shows them.
if (seeds > 1) Error.stackTraceLimit = 0;

const total = Object.fromEntries(STEPS.map((step) => [step, 0])) as Record<Step, number>;
const startedAt = Date.now();
let shownAt = startedAt;
for (let seed = from; seed < from + seeds; seed += 1) {
  try {
    const { steps } = await runSimulation(seed, seed % 20 === 0 ? BATCHES_OF_LONG_LIFE : BATCHES);
    for (const step of STEPS) total[step] += steps[step];
  } catch (error) {
    console.error(`seed ${seed}:`, error);
    console.error(`Again: npm run simulate -- --seeds 1 --from ${seed}`);
    process.exit(1);
  }
  if (Date.now() - shownAt >= PROGRESS_EVERY_MS) {
    shownAt = Date.now();
    console.log(`${seed - from + 1} of ${seeds} seeds`);
  }
}
console.log(`${seeds} seeds from ${from} in ${Math.round((Date.now() - startedAt) / 1000)} s; nothing was violated`);
for (const step of STEPS) console.log(`  ${String(total[step]).padStart(9)}  ${step}`);
