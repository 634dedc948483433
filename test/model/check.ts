import { parseArgs } from 'node:util';
import { BIG_HAND_OFF_RUNS, HAND_OFF_LEFT_OUT, HAND_OFF_RUNS } from './hand-off/runs.js';
import { ALL_RULES, RULES, without } from './rules.js';
import type { Run } from './runs.js';

/** What `npm run model` runs: every model with all the rules, then without each of them, with the trace of what goes wrong. */

const { values } = parseArgs({
  options: { big: { type: 'boolean', default: false } },
});

for (const run of [...HAND_OFF_RUNS, ...(values.big ? BIG_HAND_OFF_RUNS : [])]) check(run);
for (const { rule, explore } of HAND_OFF_LEFT_OUT) {
  const { violation } = explore(without(rule));
  console.log(`\n${rule} left out (${RULES[rule]}): ${violation?.broken ?? 'nothing goes wrong'}`);
  if (violation === undefined) process.exitCode = 1;
  else printTrace(violation.trace);
}

function check({ what, explore }: Run): void {
  const { states, depth, violation } = explore(ALL_RULES);
  const result = violation?.broken ?? 'sound';
  console.log(`${states.toLocaleString('en')} states, ${depth} steps deep: ${what}: ${result}`);
  if (violation === undefined) return;
  process.exitCode = 1;
  printTrace(violation.trace);
}

function printTrace(trace: readonly string[]): void {
  for (const [index, label] of trace.entries()) console.log(`  ${String(index + 1).padStart(2)}. ${label}`);
}
