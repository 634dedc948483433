/** The program behind `npm run bench`; see `options.ts` for what it can be asked. */
import { Bench } from './bench.js';
import { describeMachine } from './measure/machine.js';
import type { Command } from './options.js';
import { parseCommand, USAGE, UsageError } from './options.js';
import { table } from './report.js';

// The servers that were started end when this process exits; a signal alone would leave them behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const command = parseCommand(args);
    if (command !== undefined) return await measure(command, args);
    console.log(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function measure({ options, scenarios, leftOut }: Command, args: readonly string[]): Promise<number> {
  for (const what of leftOut) console.error(`left out: ${what}`);
  const machine = describeMachine();
  const bench = new Bench(options, (line) => console.error(line));
  let failures = 0;
  try {
    for (const scenario of scenarios) {
      try {
        await bench.run(scenario);
      } catch (error) {
        failures += 1;
        console.error(`${scenario.name} failed:`, error);
      }
    }
  } finally {
    await bench.stop();
  }
  console.error(`\n${table(bench.figures)}`);
  const command = ['npm run --silent bench --', ...args].join(' ');
  console.log(JSON.stringify({ command, machine, figures: bench.figures }, null, 2));
  return failures === 0 ? 0 : 1;
}
