import { Command } from 'commander';
import { loadConfigFromProcess } from '../config/environment.js';
import { silentLogger } from '../logging/logger.js';
import { validateTopicConfigs, type TopicConfigs } from '../metadata/topic-configs.js';
import { openStores } from '../open-stores.js';
import { importTopic, planImport, type ImportedTopic } from '../recovery/import-topics.js';
import { systemClock } from '../time/clock.js';
import { progressOn } from './progress.js';

interface ImportOptions {
  readonly config?: string;
  readonly topic: readonly string[];
  readonly topicConfig: readonly string[];
  readonly apply?: boolean;
  readonly json?: boolean;
}

const collect = (value: string, previous: readonly string[]) => [...previous, value];

/** `kafscale import`: makes topics of the segments that another system of this kind has left in the bucket. */
export function importCommand(): Command {
  return new Command('import')
    .description(
      'Make topics of the .kfs segments that are in the bucket, where they are and with their offsets. ' +
        'Without --apply it reads and verifies them, and says what it would do.',
    )
    .option('--config <file>', 'YAML file with settings; the environment wins over it')
    .option('--topic <name>', 'only this topic; may be repeated', collect, [])
    .option('--topic-config <name=value>', 'a configuration of the new topics; may be repeated', collect, [])
    .option('--apply', 'do it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nTopics are imported with retention.ms=-1 unless --topic-config says otherwise: at the usual seven days the next\n' +
        'cleanup would delete what is older.',
    )
    .action((options: ImportOptions) => runImport(options));
}

async function runImport(options: ImportOptions): Promise<void> {
  const { config } = loadConfigFromProcess(options.config);
  const configs = topicConfigs(options.topicConfig);
  const never = new AbortController().signal;
  const { objects, metadata } = await openStores(config, systemClock, silentLogger, never);
  try {
    const { namespace } = config.objects;
    const progress = progressOn(process.stderr);
    const found = await planImport(metadata, objects, namespace, options.topic, (topic, done, all) =>
      progress(`${topic}: ${done} of ${all} segments`, done === all),
    );
    process.stdout.write(options.json === true ? `${JSON.stringify(found.map(summary), null, 2)}\n` : describe(found));
    if (found.some(({ refusal }) => refusal !== undefined)) process.exitCode = 1;
    if (options.apply !== true) return;
    const tools = { objects, namespace, clock: systemClock, random: Math.random, logger: silentLogger, signal: never };
    for (const topic of found.filter(({ refusal }) => refusal === undefined)) {
      await importTopic(metadata, tools, topic, configs);
      if (options.json !== true) process.stdout.write(`Imported ${topic.name}.\n`);
    }
  } finally {
    await Promise.all([objects.close(), metadata.close()]);
  }
}

/** @throws KafkaError INVALID_CONFIG */
function topicConfigs(given: readonly string[]): TopicConfigs {
  const configs = new Map([['retention.ms', '-1']]);
  for (const text of given) {
    const at = text.indexOf('=');
    configs.set(text.slice(0, at < 0 ? undefined : at), at < 0 ? '' : text.slice(at + 1));
  }
  validateTopicConfigs(configs);
  return configs;
}

/** A topic for programs. */
function summary({ name, partitions, refusal }: ImportedTopic) {
  return {
    topic: name,
    refusal: refusal ?? null,
    partitions: partitions.map(({ partition, segments, remarks, damaged }) => ({
      partition,
      segments: segments.length,
      bytes: segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      logStartOffset: segments[0]?.baseOffset ?? 0,
      logEndOffset: (segments.at(-1)?.lastOffset ?? -1) + 1,
      remarks,
      damaged,
    })),
  };
}

/** The topics for people. */
function describe(found: readonly ImportedTopic[]): string {
  if (found.length === 0) return 'There are no segments in the bucket that no topic owns.\n';
  const lines: string[] = [];
  for (const topic of found) {
    const { refusal, partitions } = summary(topic);
    lines.push(`${topic.name}${refusal === null ? '' : `: NOT imported, ${refusal}`}`);
    for (const { partition, segments, bytes, logStartOffset, logEndOffset, remarks, damaged } of partitions) {
      lines.push(
        `  partition ${partition}: ${segments} segments, ${bytes} bytes, offsets ${logStartOffset} to ${logEndOffset - 1}`,
      );
      for (const remark of remarks) lines.push(`    ${remark}`);
      for (const damage of damaged) lines.push(`    DAMAGED: ${damage}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
