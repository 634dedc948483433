import { parseArgs } from 'node:util';
import { BIG_GROUP_RUNS, GROUP_LEFT_OUT, GROUP_RUNS } from './groups/runs.js';
import { BIG_HAND_OFF_RUNS, HAND_OFF_LEFT_OUT, HAND_OFF_RUNS } from './hand-off/runs.js';
import { ALL_RULES, RULES, without } from './rules.js';
import type { LeftOut, Run } from './runs.js';
import { BIG_WAL_RUNS, WAL_LEFT_OUT, WAL_RUNS } from './wal/runs.js';

/** What `npm run model` runs: every model with all the rules, then without some of them, with the trace of what goes wrong. */

const { values } = parseArgs({ options: { big: { type: 'boolean', default: false } } });

const runs = [...HAND_OFF_RUNS, ...WAL_RUNS, ...GROUP_RUNS];
const bigRuns = [...BIG_HAND_OFF_RUNS, ...BIG_WAL_RUNS, ...BIG_GROUP_RUNS];
for (const run of values.big ? [...runs, ...bigRuns] : runs) check(run);
for (const leftOut of [...HAND_OFF_LEFT_OUT, ...WAL_LEFT_OUT, ...GROUP_LEFT_OUT]) show(leftOut);

function check({ what, explore }: Run): void {
  const { states, depth, violation } = explore(ALL_RULES);
  const result = violation?.broken ?? 'sound';
  console.log(`${states.toLocaleString('en')} states, ${depth} steps deep: ${what}: ${result}`);
  if (violation === undefined) return;
  process.exitCode = 1;
  printTrace(violation.trace);
}

function show({ what, rules, broken, explore }: LeftOut): void {
  const { violation } = explore(without(...rules));
  console.log(
    `\n${what} (${rules.map((rule) => RULES[rule]).join('; ')}): ${violation?.broken ?? 'sound all the same'}`,
  );
  if (violation?.broken.split(':')[0] !== broken) process.exitCode = 1;
  printTrace(violation?.trace ?? []);
}

function printTrace(trace: readonly string[]): void {
  for (const [index, label] of trace.entries()) console.log(`  ${String(index + 1).padStart(2)}. ${label}`);
}
