import { join } from 'node:path';
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

/** kcat, in front of the librdkafka that the distribution has. It doesn't tell the offsets it was given. */
export const kcat: ClientProgram = {
  name: 'kcat',
  tools: ['kcat'],
  lacks: new Set(['empty']),
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
  const partitions = Map.groupBy(step.records, (record) => record.partition);
  await Promise.all(
    [...partitions].map(async ([partition, records]) => {
      const where = partition === undefined ? [] : ['-p', String(partition)];
      for (const run of runsOfSameHeaders(records)) await produceRun(bootstrap, step, where, run);
    }),
  );
}

/** Headers are given once for a whole run of the program. */
function runsOfSameHeaders(records: readonly RecordToProduce[]): RecordToProduce[][] {
  const runs: RecordToProduce[][] = [];
  for (const record of records) {
    const previous = runs.at(-1)?.[0];
    const same = previous && JSON.stringify(previous.headers ?? []) === JSON.stringify(record.headers ?? []);
    if (same) runs.at(-1)!.push(record);
    else runs.push([record]);
  }
  return runs;
}

async function produceRun(
  bootstrap: string,
  step: ProduceStep,
  where: readonly string[],
  records: readonly RecordToProduce[],
): Promise<void> {
  const args = ['-P', '-q', '-b', bootstrap, '-t', step.topic, ...where, '-K', '\t', '-Z'];
  if (step.codec !== undefined) args.push('-z', step.codec);
  for (const [name, value] of Object.entries(step.config ?? {})) args.push('-X', `${name}=${value}`);
  for (const [name, value] of records[0]?.headers ?? []) args.push('-H', value === null ? name : `${name}=${value}`);
  const lines = records.map((record) => `${expand(record.key) ?? ''}\t${expand(record.value) ?? ''}\n`);
  await runProcess(program(), args, { input: lines.join('') });
}

async function consume(bootstrap: string, step: ConsumeStep): Promise<ReceivedRecord[]> {
  const perPartition = await Promise.all(
    step.partitions.map(async (partition) => {
      const what = ['-t', step.topic, '-p', String(partition), '-o', position(step.from)];
      const { stdout } = await runProcess(program(), ['-C', '-q', '-e', '-J', '-b', bootstrap, ...what]);
      return stdout.split('\n').filter(Boolean).map(toRecord);
    }),
  );
  return perPartition.flat();
}

function position(from: ConsumeStep['from']): string {
  if (from === 'beginning') return from;
  return 'offset' in from ? String(from.offset) : `s@${from.timestamp}`;
}

function toRecord(line: string): ReceivedRecord {
  const {
    partition,
    offset,
    ts,
    key,
    payload,
    headers = [],
  } = JSON.parse(line) as {
    partition: number;
    offset: number;
    ts: number;
    key: string | null;
    payload: string | null;
    headers?: (string | null)[];
  };
  const pairs = headers.flatMap((name, index): [string, string | null][] =>
    index % 2 === 0 ? [[name!, headers[index + 1] ?? null]] : [],
  );
  return { partition, offset, timestamp: ts, key, value: payload, headers: pairs };
}

function program(): string {
  return join(toolPath('kcat'), 'bin', 'kcat');
}
