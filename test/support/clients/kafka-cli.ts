import { join } from 'node:path';
import { shortLived } from '../apache-kafka.js';
import { runProcess } from '../process.js';
import { toolPath } from '../tools.js';
import { expand } from './scenario.js';
import type {
  ClientProgram,
  ConsumeStep,
  ProduceStep,
  ReceivedRecord,
  RecordToProduce,
  StepResult,
} from './scenario.js';

const NULL = '<null>';

/** The console producer and consumer of Apache Kafka. They don't tell the offsets they were given. */
export const kafkaCli: ClientProgram = {
  name: 'kafka-cli',
  tools: ['apache-kafka'],
  lacks: new Set(['partition', 'timestamp']),
  run: async (bootstrap, steps) => {
    const results: StepResult[] = [];
    for (const step of steps) {
      if (step.op === 'produce') {
        await produce(bootstrap, step);
        results.push({ acked: [], records: [] });
      } else {
        results.push({ acked: [], records: await consume(bootstrap, step) });
      }
    }
    return results;
  },
};

async function produce(bootstrap: string, step: ProduceStep): Promise<void> {
  const args = ['--bootstrap-server', bootstrap, '--topic', step.topic];
  const reader = { 'parse.headers': 'true', 'parse.key': 'true', 'null.marker': NULL };
  for (const [name, value] of Object.entries(reader)) args.push('--reader-property', `${name}=${value}`);
  for (const [name, value] of Object.entries(step.config ?? {})) args.push('--producer-property', `${name}=${value}`);
  if (step.codec !== undefined) args.push('--compression-codec', step.codec);
  await runTool('ConsoleProducer', args, step.records.map(toLine).join(''));
}

function toLine(record: RecordToProduce): string {
  const headers = (record.headers ?? []).map(([name, value]) => `${name}:${value ?? NULL}`).join(',') || NULL;
  return `${headers}\t${expand(record.key) ?? NULL}\t${expand(record.value) ?? NULL}\n`;
}

async function consume(bootstrap: string, step: ConsumeStep): Promise<ReceivedRecord[]> {
  const records: ReceivedRecord[] = [];
  for (const partition of step.partitions) {
    const offset = await position(bootstrap, step, partition);
    const args = ['--bootstrap-server', bootstrap, '--topic', step.topic, '--partition', String(partition)];
    args.push('--offset', offset, '--max-messages', String(step.count), '--timeout-ms', '20000');
    for (const part of ['timestamp', 'partition', 'offset', 'headers', 'key', 'value']) {
      args.push('--formatter-property', `print.${part}=true`);
    }
    args.push('--formatter-property', `null.literal=${NULL}`);
    records.push(...toRecords(await runTool('ConsoleConsumer', args)));
  }
  return records;
}

/** The console consumer can't start at a time; another tool tells the offset of that time. */
async function position(bootstrap: string, step: ConsumeStep, partition: number): Promise<string> {
  if (step.from === 'beginning') return 'earliest';
  if ('offset' in step.from) return String(step.from.offset);
  const where = ['--topic-partitions', `${step.topic}:${partition}`, '--time', String(step.from.timestamp)];
  const line = await runTool('GetOffsetShell', ['--bootstrap-server', bootstrap, ...where]);
  return line.trim().split(':').at(-1)!;
}

function toRecords(output: string): ReceivedRecord[] {
  const records: ReceivedRecord[] = [];
  for (const line of output.split('\n')) {
    const parts = /^CreateTime:(\d+)\tPartition:(\d+)\tOffset:(\d+)\t([^\t]*)\t([^\t]*)\t([^\t]*)$/.exec(line);
    if (parts === null) continue;
    const [timestamp, partition, offset] = parts.slice(1, 4).map(Number) as [number, number, number];
    const [headers, key, value] = parts.slice(4) as [string, string, string];
    records.push({ partition, offset, timestamp, key: orNull(key), value: orNull(value), headers: toHeaders(headers) });
  }
  return records;
}

function toHeaders(text: string): [string, string | null][] {
  if (text === 'NO_HEADERS') return [];
  return text.split(',').map((header) => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon), orNull(header.slice(colon + 1))];
  });
}

function orNull(text: string): string | null {
  return text === NULL ? null : text;
}

async function runTool(name: string, args: readonly string[], input?: string): Promise<string> {
  const classPath = join(toolPath('apache-kafka'), 'lib', '*');
  const java = [...shortLived, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath];
  const options = input === undefined ? {} : { input };
  return (await runProcess('java', [...java, `org.apache.kafka.tools.${className(name)}`, ...args], options)).stdout;
}

/** The consumer's class has a package of its own. */
function className(tool: string): string {
  return tool === 'ConsoleConsumer' ? `consumer.${tool}` : tool;
}
