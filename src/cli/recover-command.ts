import { Command } from 'commander';
import { loadConfigFromProcess } from '../config/environment.js';
import { silentLogger } from '../logging/logger.js';
import { openStores } from '../open-stores.js';
import { applyRecovery } from '../recovery/apply-recovery.js';
import type { RecoveryPlan } from '../recovery/recovery-plan.js';
import { requireNoBrokers, surveyAndPlan } from '../recovery/recover.js';
import { systemClock } from '../time/clock.js';
import { progressOn } from './progress.js';

interface RecoverOptions {
  readonly config?: string;
  readonly apply?: boolean;
  readonly acceptLoss?: boolean;
  readonly json?: boolean;
}

/** `kafscale recover`: brings a metadata store that was lost or restored from an older copy up to what the bucket holds. */
export function recoverCommand(): Command {
  return new Command('recover')
    .description(
      'Bring a metadata store that was lost, or restored from an older copy, up to what the bucket holds. ' +
        'Without --apply it only says what it would do. All brokers must be stopped.',
    )
    .option('--config <file>', 'YAML file with settings; the environment wins over it')
    .option('--apply', 'do it, unless records would be lost')
    .option('--accept-loss', 'do it although objects are gone or damaged, and their records with them')
    .option('--json', 'print the plan as JSON')
    .action((options: RecoverOptions) => recover(options));
}

async function recover(options: RecoverOptions): Promise<void> {
  const { config } = loadConfigFromProcess(options.config);
  const never = new AbortController().signal;
  const { objects, metadata } = await openStores(config, systemClock, silentLogger, never);
  try {
    const { namespace } = config.objects;
    await requireNoBrokers(metadata);
    const plan = await surveyAndPlan({ metadata, objects, namespace });
    process.stdout.write(options.json === true ? `${JSON.stringify(summary(plan), null, 2)}\n` : describe(plan));
    if (options.apply !== true) return;
    const tools = {
      objects,
      namespace,
      segmentBytes: config.log.compaction.segmentBytes,
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      signal: never,
    };
    const progress = progressOn(process.stderr);
    const onProgress = (done: number, all: number) => progress(`${done} of ${all} partitions`, done === all);
    await applyRecovery(metadata, tools, plan, options.acceptLoss === true, onProgress);
    if (options.json !== true) process.stdout.write('Done. Brokers can be started.\n');
  } finally {
    await Promise.all([objects.close(), metadata.close()]);
  }
}

/** The plan for programs. */
function summary(plan: RecoveryPlan) {
  return {
    clusterId: plan.clusterId ?? null,
    newTopics: plan.newTopics.map(({ name, id, partitionCount }) => ({ name, id, partitions: partitionCount })),
    partitions: plan.partitions.map((partition) => ({
      topic: partition.topic.name,
      partition: partition.partition,
      logStartOffset: partition.logStartOffset,
      logEndOffset: partition.endOffset,
      offsetsFromWal: offsetsFromWal(partition),
      leaderEpoch: partition.leaderEpoch,
    })),
    groups: Object.fromEntries(plan.groups),
    problems: problemsOf(plan),
  };
}

function problemsOf({ losses, remarks }: RecoveryPlan): string[] {
  return [...losses, ...remarks];
}

function offsetsFromWal({ endOffset, manifest }: RecoveryPlan['partitions'][number]): number {
  return endOffset - (manifest?.manifest.checkpointOffset ?? 0);
}

/** The plan for people. */
function describe(plan: RecoveryPlan): string {
  const lines = [`Cluster ${plan.clusterId ?? '(a new id)'}`, ''];
  lines.push(row('TOPIC', 'PARTITION', 'LOG START', 'LOG END', 'FROM WAL'));
  for (const partition of plan.partitions) {
    const { topic, logStartOffset, endOffset } = partition;
    lines.push(row(topic.name, partition.partition, logStartOffset, endOffset, offsetsFromWal(partition)));
  }
  lines.push('');
  for (const { name } of plan.newTopics) lines.push(`Topic ${name} is restored from the bucket.`);
  for (const [group, committedAt] of plan.groups) {
    lines.push(
      `Group ${group}: offsets committed ${committedAt === '' ? 'so far' : `after ${committedAt}`} are lost, if there were any.`,
    );
  }
  if (plan.groups.size === 0) lines.push('No offsets of groups are known: those that were committed are lost.');
  for (const problem of problemsOf(plan)) lines.push(`PROBLEM: ${problem}`);
  return `${lines.join('\n')}\n`;
}

function row(topic: string, ...columns: readonly (string | number)[]): string {
  return topic.padEnd(40) + columns.map((column) => String(column).padStart(14)).join('');
}
