/**
 * `npm run bench`: measures our broker, and Apache Kafka beside it.
 *
 *     npm run bench                                       everything
 *     npm run bench -- produce consume                    some scenarios
 *     npm run bench -- produce --bootstrap host:port      a broker that runs already, of any kind
 *
 * Progress goes to stderr; a table for people, or with --json the figures, to stdout. The exit code says whether
 * everything could be measured, not whether a budget was met.
 */
import { parseArgs } from 'node:util';
import { Bench } from './bench.js';
import type { BenchOptions } from './bench.js';
import { BROKER_KINDS } from './brokers/broker-under-test.js';
import type { BrokerKind } from './brokers/broker-under-test.js';
import { describeMachine } from './measure/machine.js';
import { table } from './report.js';
import { scenarios } from './scenarios/index.js';

const USAGE = `usage: npm run bench -- [scenario…] [options]

  --json                   figures as JSON
  --brokers a,b            of ${BROKER_KINDS.join(', ')}; default all
  --bootstrap host:port    measure the broker that runs there instead
  --pid n                  its process on this machine, to measure CPU and memory
  --megabytes n            to move in the throughput scenarios; default 1000
  --env NAME=VALUE         a setting of our broker; can be repeated

scenarios:
${scenarios.map(({ name, summary }) => `  ${name.padEnd(24)} ${summary}`).join('\n')}`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      brokers: { type: 'string' },
      bootstrap: { type: 'string' },
      pid: { type: 'string' },
      megabytes: { type: 'string', default: '1000' },
      env: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const chosen = positionals.length === 0 ? scenarios : scenarios.filter(({ name }) => positionals.includes(name));
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  const brokers = (values.brokers?.split(',') ?? [...BROKER_KINDS]) as BrokerKind[];
  const unknownBrokers = brokers.filter((kind) => !(BROKER_KINDS as readonly string[]).includes(kind));
  const megabytes = Number(values.megabytes);
  if (values.help || unknown.length > 0 || unknownBrokers.length > 0 || !(megabytes > 0)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const pid = values.pid === undefined ? undefined : Number(values.pid);
  const runnable = values.bootstrap === undefined ? chosen : chosen.filter(({ oursOnly }) => !oursOnly);
  const options: BenchOptions = {
    brokers,
    ...(values.bootstrap !== undefined && { external: { bootstrap: values.bootstrap, pid } }),
    environment: Object.fromEntries(values.env.map(splitSetting)),
    transferBytes: megabytes * 1e6,
  };
  return measure(options, runnable, values.json);
}

async function measure(options: BenchOptions, chosen: typeof scenarios, json: boolean): Promise<number> {
  const machine = describeMachine();
  const bench = new Bench(options, (line) => console.error(line));
  let failures = 0;
  try {
    for (const scenario of chosen) {
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
  console.log(json ? JSON.stringify({ machine, figures: bench.figures }, null, 2) : table(bench.figures));
  return failures === 0 ? 0 : 1;
}

function splitSetting(setting: string): [string, string] {
  const at = setting.indexOf('=');
  if (at < 1) throw new Error(`--env takes NAME=VALUE, not ${setting}`);
  return [setting.slice(0, at), setting.slice(at + 1)];
}
