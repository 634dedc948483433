/**
 * The command line tools of Apache Kafka that work with consumer groups, of the 3.x and of the 4.x line: groups without
 * members, and one that has a member all the time.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { chosenBootstrap, startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { GroupMember, kafkajsMember } from '../../support/clients/group-member.js';
import { KafkaTools, type ToolCall, type ToolResult } from '../../support/clients/kafka-tools.js';
import { describeWithTools } from '../../support/tools.js';
import { createTopic } from '../../support/topics.js';
import { until } from '../../support/until.js';

/** Records of each of the two partitions: half of them an hour apart from MIDNIGHT on, the others of this hour. */
const RECORDS = 20;
const OLD_RECORDS = 10;
const MIDNIGHT = Date.UTC(2024, 0, 1);

const readers = '--group readers --topic orders';
const reset = `kafka-consumer-groups --reset-offsets ${readers}`;

for (const tools of [KafkaTools.v3, KafkaTools.v4]) {
  describeWithTools([tools.tool], `group tools of Kafka ${tools.version}`, () => {
    let broker: Bootstrap;
    let folder: string;
    let results: Map<string, ToolResult>;

    /** In the order in which they run. */
    const script = (): Record<string, ToolCall> => ({
      'list one': 'kafka-consumer-groups --list',
      consume: `kafka-console-consumer --topic orders --group readers --from-beginning --max-messages ${2 * RECORDS} --timeout-ms 20000`,
      'consume again': 'kafka-console-consumer --topic orders --group readers --from-beginning --timeout-ms 1000',
      list: 'kafka-consumer-groups --list',
      'list states': 'kafka-consumer-groups --list --state',
      'list empty': 'kafka-consumer-groups --list --state Empty',
      'list types': 'kafka-consumer-groups --list --type classic',
      describe: 'kafka-consumer-groups --describe --group readers',
      'describe members': 'kafka-consumer-groups --describe --group readers --members',
      'describe state': 'kafka-consumer-groups --describe --group readers --state',
      'describe unknown': 'kafka-consumer-groups --describe --group nobody',
      'describe all': 'kafka-consumer-groups --describe --all-groups --offsets',

      'dry run': `${reset} --to-earliest --dry-run`,
      'offsets after the dry run': 'kafka-consumer-groups --describe --group readers --offsets',
      'to earliest': `${reset} --to-earliest --execute`,
      'offsets after the reset': 'kafka-consumer-groups --describe --group readers --offsets',
      'to latest': `${reset} --to-latest --execute`,
      'to an offset': `${reset} --to-offset 7 --execute`,
      'shift forwards': `${reset} --shift-by 5 --execute`,
      'shift too far backwards': `${reset} --shift-by -100 --execute`,
      'to a time': `${reset} --to-datetime 2024-01-01T05:00:00.000 --execute`,
      'by a duration': `${reset} --by-duration P1D --execute`,
      'one partition too far':
        'kafka-consumer-groups --reset-offsets --group readers --topic orders:1 --to-offset 99 --execute',
      'to current': `${reset} --to-current --execute`,
      export: `${reset} --to-current --export`,
      'from a file': [
        'kafka-consumer-groups',
        ...`--reset-offsets --group readers --from-file ${join(folder, 'plan.csv')} --execute`.split(' '),
      ],
      'a new group': 'kafka-consumer-groups --reset-offsets --group made --topic orders --to-offset 3 --execute',
      'all topics': 'kafka-consumer-groups --reset-offsets --group made --all-topics --shift-by 1 --execute',
      'describe the new group': 'kafka-consumer-groups --describe --group made',

      'live: describe': 'kafka-consumer-groups --describe --group live',
      'live: members': 'kafka-consumer-groups --describe --group live --members --verbose',
      'live: state': 'kafka-consumer-groups --describe --group live --state',
      'live: list': 'kafka-consumer-groups --list --state stable',
      'live: reset': 'kafka-consumer-groups --reset-offsets --group live --topic orders --to-earliest --execute',
      'live: delete offsets': 'kafka-consumer-groups --delete-offsets --group live --topic orders',
      'live: delete': 'kafka-consumer-groups --delete --group live',
      'live: state after': 'kafka-consumer-groups --describe --group live --state',

      perf: `kafka-consumer-perf-test --topic orders --group perf --messages ${2 * RECORDS} --timeout 20000`,
      verifiable: `kafka-verifiable-consumer --topic orders --group-id verifiable --reset-policy earliest --max-messages ${2 * RECORDS} --verbose`,
      'streams reset':
        'kafka-streams-application-reset --application-id readers --input-topics orders --to-offset 4 --force',
      'offsets after the streams reset': 'kafka-consumer-groups --describe --group readers --offsets',

      'delete offsets': 'kafka-consumer-groups --delete-offsets --group readers --topic orders:0',
      'delete unknown offsets': 'kafka-consumer-groups --delete-offsets --group readers --topic nothing',
      'offsets after': 'kafka-consumer-groups --describe --group readers --offsets',
      delete: 'kafka-consumer-groups --delete --group readers --group verifiable',
      'delete again': 'kafka-consumer-groups --delete --group readers',
      'list after': 'kafka-consumer-groups --list',
    });

    beforeAll(async () => {
      broker = await startBootstrap();
      folder = await mkdtemp(join(tmpdir(), 'kafscale-group-tools-'));
      await writeFile(join(folder, 'plan.csv'), 'orders,0,8\norders,1,9\n');
      await createTopic(broker.bootstrap, 'orders', 2);
      await fill(broker.bootstrap);
      const live = new GroupMember(kafkajsMember, { bootstrap: broker.bootstrap, group: 'live', topics: ['orders'] });
      try {
        await until('the member to have read everything', () =>
          Promise.resolve(live.records.length === 2 * RECORDS || undefined),
        );
        const calls = Object.entries(script());
        const outcomes = await tools.run(
          broker.bootstrap,
          calls.map(([, call]) => call),
        );
        results = new Map(calls.map(([name], index) => [name, outcomes[index]!]));
        await live.leave();
      } finally {
        await live.kill();
      }
    }, 180_000);

    afterAll(async () => {
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    const output = (name: string): string => {
      const { exitCode, output: text } = results.get(name)!;
      expect([name, exitCode, exitCode === 0 ? '' : text]).toEqual([name, 0, '']);
      return text;
    };
    /** Offsets of the topic's partitions, as `partition:offset`. */
    const offsets = (name: string): string => {
      const found = [...output(name).matchAll(/\borders\s+(\d)\s+(\d+)/g)];
      return found.map(([, partition, offset]) => `${partition}:${offset}`).join(' ');
    };
    /** What follows the name of a group in a table. */
    const row = (name: string, group: string): string[] => rows(output(name), group)[0] ?? [];
    const ids = (name: string): string[] => lines(output(name)).sort();

    test('the console consumer reads all, once, and leaves a group that has no members', () => {
      expect(output('consume').match(/^value-\d+$/gm)).toHaveLength(2 * RECORDS);
      expect(output('consume again')).not.toContain('value-');
      expect(ids('list one')).toEqual(['live']);
      expect(ids('list')).toEqual(['live', 'readers']);
    });

    test('--list by state and by type', () => {
      expect(row('list states', 'live')).toEqual(['Stable']);
      expect(row('list states', 'readers')).toEqual(['Empty']);
      expect(row('list empty', 'readers')).toEqual(['Empty']);
      expect(rows(output('list empty'), 'live')).toEqual([]);
      expect(row('list types', 'readers')).toEqual(['Classic']);
      expect(row('live: list', 'live')).toEqual(['Stable']);
      expect(rows(output('live: list'), 'readers')).toEqual([]);
    });

    test('--describe a group without members: its offsets and its lag', () => {
      expect(output('describe')).toContain("Consumer group 'readers' has no active members.");
      expect(rows(output('describe'), 'readers')).toEqual([
        ['orders', '0', '20', '20', '0', '-', '-', '-'],
        ['orders', '1', '20', '20', '0', '-', '-', '-'],
      ]);
      expect(rows(output('describe members'), 'readers')).toEqual([]);
      expect(row('describe state', 'readers').slice(-2)).toEqual(['Empty', '0']);
      expect(output('describe unknown')).toMatch(/Group nobody not found|group 'nobody' does not exist/);
      expect(rows(output('describe all'), 'readers')).toHaveLength(2);
      expect(rows(output('describe all'), 'live')).toHaveLength(2);
    });

    test('--reset-offsets in all of its modes', () => {
      expect(offsets('dry run')).toBe('0:0 1:0');
      expect(offsets('offsets after the dry run')).toBe('0:20 1:20');
      expect(offsets('to earliest')).toBe('0:0 1:0');
      expect(row('offsets after the reset', 'readers').slice(0, 5)).toEqual(['orders', '0', '0', '20', '20']);
      expect(offsets('to latest')).toBe('0:20 1:20');
      expect(offsets('to an offset')).toBe('0:7 1:7');
      expect(offsets('shift forwards')).toBe('0:12 1:12');
      expect(offsets('shift too far backwards')).toBe('0:0 1:0');
      expect(offsets('to a time')).toBe('0:5 1:5');
      expect(offsets('by a duration')).toBe('0:10 1:10');
      expect(offsets('one partition too far')).toBe('1:20');
      expect(offsets('to current')).toBe('0:10 1:20');
      expect(output('export')).toContain('orders,0,10\norders,1,20\n');
      expect(offsets('from a file')).toBe('0:8 1:9');
      expect(offsets('a new group')).toBe('0:3 1:3');
      expect(offsets('all topics')).toBe('0:4 1:4');
      expect(row('describe the new group', 'made').slice(0, 5)).toEqual(['orders', '0', '4', '20', '16']);
    });

    test('a group with a member: described with client and host', () => {
      const [, , current, end, lag, memberId, host, clientId] = row('live: describe', 'live');
      expect([current, end, lag, host, clientId]).toEqual(['20', '20', '0', '/127.0.0.1', 'kafkajs']);
      expect(memberId).toMatch(/^kafkajs-[0-9a-f-]{36}$/);
      expect(row('live: members', 'live').slice(0, 4)).toEqual([memberId, '/127.0.0.1', 'kafkajs', '2']);
      expect(output('live: members')).toMatch(/[(:]0,1\b/);
      expect(row('live: state', 'live')).toEqual([
        broker.bootstrap,
        `(${BROKER_ID})`,
        'RoundRobinAssigner',
        'Stable',
        '1',
      ]);
    });

    test('a group with a member: neither reset nor deleted', () => {
      expect(output('live: reset')).toContain(
        "Assignments can only be reset if the group 'live' is inactive, but the current state is Stable.",
      );
      expect(output('live: delete offsets')).toContain('GroupSubscribedToTopicException');
      expect(output('live: delete')).toContain('GroupNotEmptyException');
      expect(row('live: state after', 'live').slice(-2)).toEqual(['Stable', '1']);
    });

    test('the performance and the verifiable consumer', () => {
      expect(output('perf').split(', ')).toContain(String(2 * RECORDS));
      const events = lines(output('verifiable')).filter((line) => line.startsWith('{'));
      const parsed = events.map((line) => JSON.parse(line) as { name: string; count?: number; success?: boolean });
      expect(parsed.filter(({ name }) => name === 'record_data')).toHaveLength(2 * RECORDS);
      const commits = parsed.filter(({ name }) => name === 'offsets_committed');
      expect(commits.at(-1)).toMatchObject({ success: true });
      expect(parsed.at(-1)).toMatchObject({ name: 'shutdown_complete' });
    });

    test('the reset of a Streams application', () => {
      expect(output('streams reset')).toContain('Topic: orders Partition: 0 Offset: 4');
      expect(offsets('offsets after the streams reset')).toBe('0:4 1:4');
    });

    test('--delete-offsets and --delete', () => {
      expect(output('delete offsets')).toMatch(/orders\s+0\s+Successful/);
      expect(output('delete unknown offsets')).toContain('UnknownTopicOrPartitionException');
      expect(offsets('offsets after')).toBe('1:4');
      expect(output('delete')).toMatch(/Deletion of requested consumer groups \(.*\) was successful/);
      expect(output('delete again')).toContain('GroupIdNotFoundException');
      expect(ids('list after')).toEqual(['live', 'made', 'perf']);
    });
  });
}

/** Apache Kafka is started with another id than our broker. */
const BROKER_ID = chosenBootstrap === 'apache' ? 1 : 0;

/** What a tool printed, without what its log says. */
function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^(\[|SLF4J|log4j)/.test(line));
}

/** The cells that follow the name of a group in the lines of a table that begin with it. */
function rows(text: string, group: string): string[][] {
  return lines(text)
    .map((line) => line.trim().split(/\s+/))
    .filter(([first]) => first === group)
    .map(([, ...cells]) => cells);
}

async function fill(bootstrap: string): Promise<void> {
  const producer = new Producer({ clientId: 'filler', bootstrapBrokers: [bootstrap], serializers: stringSerializers });
  const now = Date.now();
  const messages = Array.from({ length: 2 * RECORDS }, (_, number) => {
    const index = Math.floor(number / 2);
    const timestamp = index < OLD_RECORDS ? MIDNIGHT + index * 3_600_000 : now - 60_000 * (RECORDS - index);
    return { topic: 'orders', partition: number % 2, value: `value-${number}`, timestamp: BigInt(timestamp) };
  });
  await producer.send({ messages });
  await producer.close();
}
