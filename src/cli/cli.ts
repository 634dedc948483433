import { Command } from 'commander';
import { VERSION } from '../config/version.js';

/** Each loads what it needs, and nothing else does: a broker alone takes as long to load as most tools to run. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  broker: async () => (await import('./broker-command.js')).brokerCommand(),
  admin: async () => (await import('./admin/admin-command.js')).adminCommand(),
  segment: async () => (await import('./segment/segment-command.js')).segmentCommand(),
  cost: async () => (await import('./cost-command.js')).costCommand(),
  recover: async () => (await import('./recover-command.js')).recoverCommand(),
  import: async () => (await import('./import-command.js')).importCommand(),
};

/** Runs the command that the arguments name. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('kafscale')
    .description('A Kafka-protocol broker that keeps no state: records in an object store, metadata in etcd.')
    .version(VERSION);
  const named = Object.entries(COMMANDS).filter(([name]) => name === argv[2]);
  // Help, and the answer to a name that there is not, list them all.
  for (const [, load] of named.length > 0 ? named : Object.entries(COMMANDS)) program.addCommand(await load());
  await program.parseAsync(argv);
}
