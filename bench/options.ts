import { parseArgs } from 'node:util';
import { hasTool } from '../test/support/tool-path.js';
import { BROKER_KINDS } from './brokers/broker-under-test.js';
import type { BrokerKind } from './brokers/broker-under-test.js';
import { scenarios } from './scenarios/index.js';
import type { BenchOptions, Scenario } from './bench.js';

export const USAGE = `usage: npm run --silent bench -- [options]

  --scenario name          measure this only; can be repeated
  --brokers a,b            of ${BROKER_KINDS.join(', ')}; default all
  --bootstrap host:port    measure the broker that runs there instead
  --pid n                  its process on this machine, to measure CPU and memory
  --megabytes n            to move in the throughput scenarios; default 1000
  --seconds n              that the other scenarios run for; default 20
  --env NAME=VALUE         a setting of our broker; can be repeated

Figures go to standard output as JSON, a table for people to standard error. The exit code says whether everything could
be measured, not whether a budget was met.

scenarios:
${scenarios.map(({ name, summary }) => `  ${name.padEnd(24)} ${summary}`).join('\n')}`;

/** The command line asks for something that can't be done; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const TOOLS_OF: Record<BrokerKind, readonly string[]> = {
  'kafscale-s3': ['seaweedfs', 'etcd'],
  'kafscale-local': [],
  'apache-kafka': ['apache-kafka'],
  external: [],
};

export interface Command {
  readonly options: BenchOptions;
  readonly scenarios: readonly Scenario[];
  /** What was asked for and is left out, for people to read. */
  readonly leftOut: readonly string[];
}

/** @returns undefined when help was asked for. @throws UsageError */
export function parseCommand(args: readonly string[]): Command | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const external =
    values.bootstrap === undefined
      ? undefined
      : { bootstrap: values.bootstrap, pid: values.pid === undefined ? undefined : positive('pid', values.pid) };
  const chosen = (values.scenario ?? scenarios.map(({ name }) => name)).map(scenarioNamed);
  const brokers = (values.brokers?.split(',') ?? BROKER_KINDS).map(brokerKind);
  const usable = brokers.filter(hasTools);
  const runnable = chosen.filter(({ oursOnly }) => !oursOnly || (external === undefined && hasTools('kafscale-s3')));
  return {
    options: {
      brokers: usable,
      ...(external !== undefined && { external }),
      environment: Object.fromEntries(values.env.map(splitSetting)),
      transferBytes: positive('megabytes', values.megabytes) * 1e6,
      durationMs: positive('seconds', values.seconds) * 1000,
    },
    scenarios: runnable,
    leftOut: [
      ...brokers
        .filter((kind) => !usable.includes(kind))
        .map((kind) => `${kind}: ${TOOLS_OF[kind].join(', ')} missing`),
      ...chosen.filter((one) => !runnable.includes(one)).map(({ name }) => `${name}: needs our own broker on S3`),
    ],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', multiple: true },
        brokers: { type: 'string' },
        bootstrap: { type: 'string' },
        pid: { type: 'string' },
        megabytes: { type: 'string', default: '1000' },
        seconds: { type: 'string', default: '20' },
        env: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function hasTools(kind: BrokerKind): boolean {
  return TOOLS_OF[kind].every(hasTool);
}

function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new UsageError(`there is no scenario "${name}"`);
  return found;
}

function brokerKind(name: string): BrokerKind {
  const found = BROKER_KINDS.find((kind) => kind === name);
  if (found === undefined) throw new UsageError(`there is no broker "${name}"`);
  return found;
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new UsageError(`--${name} takes a number above 0, not "${value}"`);
  return number;
}

function splitSetting(setting: string): [string, string] {
  const at = setting.indexOf('=');
  if (at < 1) throw new UsageError(`--env takes NAME=VALUE, not "${setting}"`);
  return [setting.slice(0, at), setting.slice(at + 1)];
}
