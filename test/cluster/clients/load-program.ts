import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { shortLived } from '../../support/apache-kafka.js';
import { guardFromOrphanhood } from '../../support/orphan-guard.js';
import { toolPath } from '../../support/tools.js';
import type { Recorder } from '../rig/recorder.js';
import type { LoadPlan } from './load-plan.js';
import { keyOfValue } from './values.js';

const sources = join(import.meta.dirname, '..', '..', 'clients');

/** A client library, by how its load program is run (see `test/clients/README.md`). */
export interface LoadLibrary {
  readonly name: string;
  /** The tool it needs, as named in `scripts/tools/`. */
  readonly tool: string | undefined;
  command(): readonly [program: string, ...args: string[]];
}

export const kafkajs: LoadLibrary = {
  name: 'kafkajs',
  tool: undefined,
  command: () => [process.execPath, join(sources, 'kafkajs', 'load.mjs')],
};

export const librdkafka: LoadLibrary = {
  name: 'librdkafka',
  tool: 'python-clients',
  command: () => [join(toolPath('python-clients'), 'bin', 'python'), join(sources, 'python', 'confluent_load.py')],
};

export const franzGo: LoadLibrary = {
  name: 'franz-go',
  tool: 'go-clients',
  command: () => [join(toolPath('go-clients'), 'bin', 'franz-go-load')],
};

export const java: LoadLibrary = {
  name: 'java',
  tool: 'java-load-client',
  command: () => {
    const tool = toolPath('java-load-client');
    const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
    return ['java', ...shortLived, logging, '-cp', `${tool}/lib/*:${tool}/classes`, 'LoadClient'];
  },
};

interface SentLine {
  readonly partition: number;
  readonly first: number;
  readonly count: number;
}

type Line =
  | ({ readonly event: 'sent' } & SentLine)
  | ({ readonly event: 'acked'; readonly offset: number } & SentLine)
  | ({ readonly event: 'failed'; readonly error: string } & SentLine)
  | {
      readonly event: 'records';
      readonly partition: number;
      readonly offset: number;
      readonly values: readonly string[];
    }
  | {
      readonly event: 'assigned' | 'revoked' | 'lost';
      readonly partitions: readonly number[];
      readonly generation?: number;
    }
  | {
      readonly event: 'commit';
      readonly offsets: Readonly<Record<number, number>>;
      readonly outcome: 'ok' | 'unknown';
    }
  | { readonly event: 'error'; readonly error: string }
  | { readonly event: 'closed' };

/** A client library at work, in a process of its own. What it prints becomes the history. */
export class LoadProgram {
  private stderr = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<unknown>;
  private abandoned = false;

  constructor(
    library: LoadLibrary,
    private readonly plan: LoadPlan,
    private readonly recorder: Recorder,
  ) {
    const { name, group } = plan;
    if (plan.role === 'produce') recorder.add({ type: 'producer', producer: name, idempotent: true });
    else recorder.add({ type: 'reader', reader: name, ...(group !== undefined && { group }) });
    const [command, ...args] = library.command();
    const argument = JSON.stringify({ ...plan, bootstrap: plan.bootstrap.join(','), config: plan.config ?? {} });
    this.child = spawn(command, [...args, argument], { stdio: ['pipe', 'pipe', 'pipe'] });
    guardFromOrphanhood(this.child);
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr = (this.stderr + chunk.toString()).slice(-4000)));
    const lines = createInterface({ input: this.child.stdout });
    lines.on('line', (line) => this.take(JSON.parse(line) as Line));
    // All lines have been read when both have happened.
    this.ended = Promise.all([once(this.child, 'close'), once(lines, 'close')]).then(() => this.checkEnd());
  }

  /** A producer ends when all is acknowledged, a member leaves its group. */
  async stop(): Promise<void> {
    this.child.stdin.end('\n');
    await this.ended;
  }

  /** SIGKILL. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private checkEnd(): void {
    if (this.child.exitCode === 0 || this.abandoned) return;
    const error = `ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.stderr}`;
    this.recorder.add({ type: 'surfaced', client: this.plan.name, error });
  }

  private take(line: Line): void {
    const { name } = this.plan;
    switch (line.event) {
      case 'sent':
        this.recorder.add({ type: 'send', ...this.sent(line) });
        break;
      case 'acked':
        this.recorder.add({ type: 'ack', ...this.sent(line), offset: line.offset < 0 ? null : line.offset });
        break;
      case 'failed':
        this.recorder.add({ type: 'unknown', ...this.sent(line), error: line.error });
        this.recorder.add({ type: 'surfaced', client: name, error: line.error });
        break;
      case 'records':
        this.shown(line);
        break;
      case 'assigned':
      case 'revoked':
      case 'lost': {
        const { event: type, generation, partitions } = line;
        this.recorder.add({ type, reader: name, generation, partitions });
        break;
      }
      case 'commit':
        this.recorder.add({ type: 'commit', reader: name, offsets: line.offsets, outcome: line.outcome });
        break;
      case 'error':
        this.recorder.add({ type: 'surfaced', client: name, error: line.error });
        break;
      case 'closed':
    }
  }

  private sent({ partition, first, count }: SentLine) {
    return { producer: this.plan.name, partition, first, count };
  }

  private shown({ partition, offset, values }: Extract<Line, { event: 'records' }>): void {
    const reader = this.plan.name;
    const keys = values.map((value, index) => {
      const key = keyOfValue(value);
      if (key === undefined) {
        this.recorder.add({ type: 'damaged', reader, partition, offset: offset + index, what: value });
      }
      return key ?? value;
    });
    this.recorder.add({ type: 'poll', reader, partition, offset, keys });
  }
}
