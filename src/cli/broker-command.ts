import { Command } from 'commander';
import { settingsHelp } from '../config/describe.js';
import type { BrokerCommandOptions } from './run-broker.js';

/** `kafscale broker`. */
export function brokerCommand(): Command {
  return new Command('broker')
    .description('Run a broker.')
    .option('--config <file>', 'YAML file with settings; the environment wins over it')
    .option('--banner', 'say how to connect, once the broker is ready', process.stdout.isTTY)
    .addHelpText('after', () => `\nSettings, from the environment or the file:\n${settingsHelp()}`)
    .action(async (options: BrokerCommandOptions) => {
      const { runBroker } = await import('./run-broker.js');
      await runBroker(options);
    });
}
