import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { shortLived } from '../apache-kafka.js';
import { guardFromOrphanhood } from '../orphan-guard.js';
import { toolPath } from '../tools.js';

const sources = join(import.meta.dirname, '..', '..', 'clients');

/** What a member of a group does. */
export interface MemberPlan {
  readonly bootstrap: string;
  readonly group: string;
  readonly topics: readonly string[];
  /** Topics by a regular expression instead, where the client knows that. */
  readonly pattern?: string;
  /** An RE2 pattern, which the broker resolves (KIP-848): Java's SubscriptionPattern. */
  readonly re2Pattern?: string;
  /** Consumer settings by the library's own names. */
  readonly config?: Readonly<Record<string, string | number>>;
}

/** A client that can be a member of a group, in a process of its own. */
export interface MemberProgram {
  readonly name: string;
  /** Tools it needs, as named in `scripts/tools/`. */
  readonly tools: readonly string[];
  /** Whether it tells of the partitions that it is assigned. */
  readonly tellsAssignments: boolean;
  command(plan: MemberPlan): readonly [program: string, ...args: string[]];
}

export interface MemberRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

type MemberEvent =
  | ({ readonly event: 'record' } & MemberRecord)
  | {
      readonly event: 'assigned' | 'revoked' | 'lost';
      readonly partitions: readonly string[];
      readonly generation?: number;
    }
  | { readonly event: 'closed' };

/** A change of what a member owns. */
export interface Change {
  readonly event: 'assigned' | 'revoked' | 'lost';
  /** As `topic-partition`. */
  readonly partitions: readonly string[];
  /** Where the client tells it. */
  readonly generation: number | undefined;
}

/** A running member of a group. */
export class GroupMember {
  readonly records: MemberRecord[] = [];
  readonly changes: Change[] = [];
  /** As `topic-partition`. */
  readonly owned = new Set<string>();
  private stderr = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<unknown>;
  private expected = false;

  constructor(
    readonly program: MemberProgram,
    readonly plan: MemberPlan,
  ) {
    const [command, ...args] = program.command({ ...plan, config: plan.config ?? {} });
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    guardFromOrphanhood(this.child);
    this.ended = once(this.child, 'close');
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr = (this.stderr + chunk.toString()).slice(-4000)));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.take(JSON.parse(line) as MemberEvent));
  }

  /** Has the member leave the group and end. @throws {Error} when it fails */
  async leave(): Promise<void> {
    this.expected = true;
    this.child.stdin.end('\n');
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(this.failure());
  }

  /** Ends the member with SIGKILL: the group learns of it by its silence. */
  async kill(): Promise<void> {
    this.expected = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** @throws {Error} when the member has ended without having been told to */
  check(): void {
    const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
    if (hasEnded && !this.expected) throw new Error(this.failure());
  }

  private failure(): string {
    return `${this.program.name} ended with ${this.child.exitCode ?? this.child.signalCode}:\n${this.stderr}`;
  }

  private take(event: MemberEvent): void {
    if (event.event === 'closed') return;
    if (event.event === 'record') {
      const { topic, partition, offset, value } = event;
      this.records.push({ topic, partition, offset, value });
      return;
    }
    this.changes.push({ event: event.event, partitions: event.partitions, generation: event.generation });
    for (const partition of event.partitions) {
      if (event.event === 'assigned') this.owned.add(partition);
      else this.owned.delete(partition);
    }
  }
}

function javaMember(name: string, tool: string): MemberProgram {
  return {
    name,
    tools: [tool],
    tellsAssignments: true,
    command: (plan) => {
      const classPath = `${toolPath(tool)}/lib/*:${toolPath(tool)}/classes`;
      const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
      return ['java', ...shortLived, logging, '-cp', classPath, 'GroupMember', JSON.stringify(plan)];
    },
  };
}

function goMember(name: string, program: string, tellsAssignments: boolean): MemberProgram {
  return {
    name,
    tools: ['go-clients'],
    tellsAssignments,
    command: (plan) => [join(toolPath('go-clients'), 'bin', program), JSON.stringify(plan)],
  };
}

export const javaMember3 = javaMember('java-3.9', 'java-client-3');
export const javaMember4 = javaMember('java-4.x', 'java-client-4');
export const franzGoMember = goMember('franz-go', 'franz-go-group', true);
export const saramaMember = goMember('sarama', 'sarama-group', true);
export const kafkaGoMember = goMember('kafka-go', 'kafka-go-group', false);

export const kafkajsMember: MemberProgram = {
  name: 'kafkajs',
  tools: [],
  tellsAssignments: true,
  command: (plan) => [process.execPath, join(sources, 'kafkajs', 'group-member.mjs'), JSON.stringify(plan)],
};

function pythonMember(name: string, program: string): MemberProgram {
  return {
    name,
    tools: ['python-clients'],
    tellsAssignments: true,
    command: (plan) => {
      const python = join(toolPath('python-clients'), 'bin', 'python');
      return [python, join(sources, 'python', program), JSON.stringify(plan)];
    },
  };
}

export const confluentMember = pythonMember('confluent-kafka', 'group_member.py');
export const aiokafkaMember = pythonMember('aiokafka', 'aio_kafka_group.py');
export const kafkaPythonMember = pythonMember('kafka-python', 'kafka_python_group.py');
