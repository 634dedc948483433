import { setTimeout as delay } from 'node:timers/promises';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { DescribeGroups } from '../../../src/protocol/schema/index.js';
import { assignedPartitions } from '../../../src/groups/consumer-protocol.js';
import { GroupMember, type MemberPlan, type MemberProgram } from '../../support/clients/group-member.js';
import { createTopic } from '../../support/topics.js';
import { WireClient } from '../../support/wire-client.js';

const PATIENCE_MS = 90_000;
const POLL_MS = 100;

/** Records that are written in the background while members come and go. */
export class Load {
  /** How many have been acknowledged; their values are the numbers below it. */
  written = 0;
  private running = true;
  private readonly producer: Producer<string, string, string, string>;
  private readonly done: Promise<void>;

  constructor(
    bootstrap: string,
    private readonly topics: readonly string[],
    private readonly partitions: number,
  ) {
    this.producer = new Producer({
      clientId: 'load',
      bootstrapBrokers: [bootstrap],
      serializers: stringSerializers,
    });
    this.done = this.run();
  }

  async stop(): Promise<number> {
    this.running = false;
    await this.done;
    await this.producer.close();
    return this.written;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const messages = Array.from({ length: 20 }, (_, index) => {
        const number = this.written + index;
        const topic = this.topics[number % this.topics.length]!;
        return { topic, partition: number % this.partitions, value: String(number) };
      });
      await this.producer.send({ messages });
      this.written += messages.length;
      await delay(20);
    }
  }
}

/**
 * Looks at a group all the time, as an administrator would, and notes when two members have the same partition in one
 * generation.
 */
export class Watcher {
  readonly conflicts: string[] = [];
  /** Generations are not shown; changes of a stable group's members or assignments are. */
  stableStates = 0;
  private running = true;
  private last = '';
  private readonly done: Promise<void>;

  constructor(bootstrap: string, group: string) {
    this.done = this.run(bootstrap, group);
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
  }

  private async run(bootstrap: string, group: string): Promise<void> {
    const client = await WireClient.connect(bootstrap);
    while (this.running) {
      const { groups } = await client.send(DescribeGroups, 5, { groups: [group], includeAuthorizedOperations: false });
      const [described] = groups;
      if (described?.groupState === 'Stable') this.look(described.members);
      await delay(POLL_MS);
    }
    client.close();
  }

  private look(members: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[]): void {
    const owners = new Map<string, string>();
    for (const { memberId, memberAssignment } of members) {
      for (const { topic, partitions } of assignedPartitions(memberAssignment) ?? []) {
        for (const partition of partitions) {
          const key = `${topic}-${partition}`;
          const owner = owners.get(key);
          if (owner !== undefined) this.conflicts.push(`${key} is ${owner}'s and ${memberId}'s`);
          owners.set(key, memberId);
        }
      }
    }
    const state = JSON.stringify([...owners]);
    if (state !== this.last) this.stableStates += 1;
    this.last = state;
  }
}

/** A group under test: topics, members, and what they have to do with each other. */
export class GroupRun {
  readonly members: GroupMember[] = [];

  private constructor(
    readonly bootstrap: string,
    readonly group: string,
    readonly topics: readonly string[],
    readonly partitionCount: number,
  ) {}

  static async begin(bootstrap: string, name: string, topicCount = 1, partitionCount = 6): Promise<GroupRun> {
    const unique = `${name}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
    const topics = Array.from({ length: topicCount }, (_, index) => `${unique}-${index}`);
    for (const topic of topics) await createTopic(bootstrap, topic, partitionCount);
    return new GroupRun(bootstrap, unique, topics, partitionCount);
  }

  get partitions(): string[] {
    return this.topics.flatMap((topic) =>
      Array.from({ length: this.partitionCount }, (_, partition) => `${topic}-${partition}`),
    );
  }

  /** @param bootstrap of a broker that lives, where that isn't the one that the run began with */
  load(bootstrap = this.bootstrap): Load {
    return new Load(bootstrap, this.topics, this.partitionCount);
  }

  watch(): Watcher {
    return new Watcher(this.bootstrap, this.group);
  }

  add(program: MemberProgram, plan: Pick<MemberPlan, 'config' | 'pattern'> = {}): GroupMember {
    const member = new GroupMember(program, {
      bootstrap: this.bootstrap,
      group: this.group,
      topics: this.topics,
      ...plan,
    });
    this.members.push(member);
    return member;
  }

  /** Waits until these members, and nobody else, own all partitions, each one of them. */
  async shared(members: readonly GroupMember[]): Promise<void> {
    const all = this.partitions.sort().join();
    await this.until('the partitions to be shared', () => {
      const owned = members.flatMap((member) => [...member.owned]);
      return owned.sort().join() === all && members.every((member) => member.owned.size > 0);
    });
  }

  /** Waits until every record that was written has been read by somebody. */
  async allRead(written: number): Promise<void> {
    await this.until(`${written} records to be read`, () => this.read().size >= written);
  }

  /** Values that any member has read. */
  read(): ReadonlySet<string> {
    return new Set(this.members.flatMap(({ records }) => records.map(({ value }) => value)));
  }

  /** How often members have read what another, or they themselves, had read before. */
  get repeated(): number {
    return this.members.reduce((sum, { records }) => sum + records.length, 0) - this.read().size;
  }

  /** Partitions that two members were given in the same generation, by what they say. */
  conflicts(): string[] {
    const owners = new Map<string, string>();
    const found: string[] = [];
    this.members.forEach((member, index) => {
      // A static member is the same one when it comes back.
      const name = String(member.plan.config?.['group.instance.id'] ?? index);
      for (const { event, generation, partitions } of member.changes) {
        if (event !== 'assigned' || generation === undefined) continue;
        for (const partition of partitions) {
          const key = `${partition} in generation ${generation}`;
          if ((owners.get(key) ?? name) !== name) found.push(key);
          owners.set(key, name);
        }
      }
    });
    return found;
  }

  /** Ends what is left, without waiting for anything. */
  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!condition()) {
      for (const member of this.members) member.check();
      if (performance.now() > deadline) {
        const owned = this.members.map((member) => `${member.program.name}: ${[...member.owned].join(' ')}`);
        throw new Error(`waited ${PATIENCE_MS} ms for ${what}; read ${this.read().size}\n${owned.join('\n')}`);
      }
      await delay(POLL_MS);
    }
  }
}
