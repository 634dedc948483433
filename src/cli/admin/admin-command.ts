import { Command, InvalidArgumentError, Option } from 'commander';
import type { PartitionRef } from '../../control/messages.js';
import type { CallOptions } from './call.js';
import type { AdminOptions } from './admin-options.js';

/** Exit code of a command that was called in a wrong way. */
const USAGE_ERROR = 2;

const EXAMPLES = `
Examples:
  kafscale admin status                                   what the broker at localhost:9093 leads
  kafscale admin brokers --server broker-0:9093           the brokers of the cluster
  kafscale admin partitions --topic orders                who leads the partitions of a topic
  kafscale admin drain --server broker-2:9093             before the broker is stopped
  kafscale admin drain orders:0 orders:3 --deadline 10    some partitions only
  kafscale admin watch --json | jq                        every change of leadership
  kafscale admin upgrade                                  when all brokers run the new version, and it has proved itself

Any broker answers brokers, partitions, watch, features and upgrade; status, drain, undrain and flush are about the broker at --server.
Exit codes: 0 done; 1 failed, or partitions are still pending; 2 wrong arguments.
`;

/** `kafscale admin`: the control services of brokers, from a terminal. */
export function adminCommand(): Command {
  const admin = new Command('admin')
    .description('Look at brokers and partitions, drain or flush brokers, and finalize upgrades.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR))
    .addHelpText('after', EXAMPLES);

  command(admin, 'status', 'What a broker leads, and whether it is ready.').action((options: AdminOptions) =>
    run('status', options),
  );

  command(admin, 'brokers', 'The live brokers of the cluster.').action((options: AdminOptions) =>
    run('brokers', options),
  );

  command(admin, 'partitions', 'Who leads which partition.')
    .option('--topic <name>', 'only this topic')
    .option('--broker <id>', 'only those of this broker')
    .action((options: AdminOptions) => run('partitions', options));

  command(admin, 'watch', 'Who leads which partition now, and every change, until it is interrupted.')
    .option('--topic <name>', 'only this topic')
    .option('--broker <id>', 'only what concerns this broker')
    .action((options: AdminOptions) => run('watch', options));

  partitionsArgument(command(admin, 'drain', 'Have a broker give up everything, or some partitions.'))
    .addOption(
      new Option('--deadline <seconds>', 'how long to wait; 0: as the broker is configured')
        .argParser(deadline)
        .default(0),
    )
    .option('--reason <text>', "for the broker's log", 'kafscale admin drain')
    .addHelpText(
      'after',
      '\nA broker that was drained of everything is not ready, and takes nothing until it restarts or is undrained. Partitions\n' +
        'that were named may come back to it.',
    )
    .action((partitions: readonly PartitionRef[], options: AdminOptions) => run('drain', { ...options, partitions }));

  command(admin, 'undrain', 'Have a drained broker take partitions again.').action((options: AdminOptions) =>
    run('undrain', options),
  );

  partitionsArgument(command(admin, 'flush', 'Have a broker commit what it has accepted, now.')).action(
    (partitions: readonly PartitionRef[], options: AdminOptions) => run('flush', { ...options, partitions }),
  );

  command(admin, 'features', "The cluster's format level, and the levels that its brokers support.").action(
    (options: AdminOptions) => run('features', options),
  );

  command(admin, 'upgrade', 'Finalize a format level: the last step of an upgrade.')
    .addOption(
      new Option('--level <number>', 'the level; default: the highest that all brokers support').argParser(level),
    )
    .option('--dry-run', 'only say whether it could be done')
    .addHelpText(
      'after',
      '\nUntil then brokers write what the versions before them read too, and can be replaced by those. Afterwards older versions\n' +
        'are refused, for good. Run it when all brokers have the new version, and nobody wants to go back.',
    )
    .action((options: AdminOptions & { level?: number; dryRun?: boolean }) => run('upgrade', options));

  return admin;
}

function command(admin: Command, name: string, description: string): Command {
  return admin
    .command(name)
    .description(description)
    .option('--server <host:port>', "a broker's control address", 'localhost:9093')
    .option('--token <token>', 'the control token; better in the environment, as KAFSCALE_CONTROL_TOKEN')
    .option('--tls', 'TLS, with a certificate that one of the usual authorities has signed')
    .option('--ca <file>', 'TLS; PEM file with the authority of the broker')
    .option('--cert <file>', 'TLS; PEM file with a certificate of our own')
    .option('--key <file>', 'TLS; PEM file with its private key')
    .option('--json', 'print JSON: one document, or one a line for watch');
}

function partitionsArgument(to: Command): Command {
  return to.argument('[topic:partition...]', 'partitions; none: all', partitionRef, []);
}

function partitionRef(text: string, before: readonly PartitionRef[]): readonly PartitionRef[] {
  const match = /^([A-Za-z0-9._-]{1,249}):(\d{1,9})$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be a topic and a number, such as orders:3.');
  return [...before, { topic: match[1] ?? '', partition: Number(match[2]) }];
}

function deadline(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('It must be a whole number of seconds from 0 to 3600.');
}

function level(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

/** What it needs is loaded when it is used. */
async function run(name: string, options: AdminOptions & CallOptions): Promise<void> {
  const { runAdmin } = await import('./run-admin.js');
  await runAdmin(name, options);
}
