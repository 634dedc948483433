import { Command } from 'commander';
import { settingsHelp } from '../config/describe.js';
import { VERSION } from '../config/version.js';
import { importCommand } from './import-command.js';
import { recoverCommand } from './recover-command.js';
import { segmentCommand } from './segment/segment-command.js';
import { costCommand } from './cost-command.js';
import { runBroker, type BrokerCommandOptions } from './run-broker.js';

/** Runs the command that the arguments name. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('kafscale')
    .description('A Kafka-protocol broker that keeps no state: records in an object store, metadata in etcd.')
    .version(VERSION);

  program
    .command('broker')
    .description('Run a broker.')
    .option('--config <file>', 'YAML file with settings; the environment wins over it')
    .option('--banner', 'say how to connect, once the broker is ready', process.stdout.isTTY)
    .addHelpText('after', () => `\nSettings, from the environment or the file:\n${settingsHelp()}`)
    .action((options: BrokerCommandOptions) => runBroker(options));

  program.addCommand(segmentCommand());
  program.addCommand(costCommand());
  program.addCommand(recoverCommand());
  program.addCommand(importCommand());

  await program.parseAsync(argv);
}
