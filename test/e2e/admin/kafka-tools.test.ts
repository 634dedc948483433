/**
 * The command line tools of Apache Kafka that administrators use, of the 3.x and of the 4.x line: each ends with the exit
 * code and prints what it prints with Apache Kafka's own brokers (checklist 103).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { KafkaTools, type ToolCall, type ToolResult } from '../../support/clients/kafka-tools.js';
import { describeWithTools } from '../../support/tools.js';

const RECORDS = 500;
const ACK_MS = 60_000;

const GROUP_CONFIGS = 'kafka-configs --entity-type groups --entity-name readers';
/** Earlier tools don't know groups as something that has configurations. */
const groupConfigCalls: Record<string, ToolCall> = {
  'set of a group': `${GROUP_CONFIGS} --alter --add-config consumer.session.timeout.ms=50000,consumer.heartbeat.interval.ms=6000`,
  'group configs': `${GROUP_CONFIGS} --describe`,
  'set too much of a group': `${GROUP_CONFIGS} --alter --add-config consumer.session.timeout.ms=60001`,
  'unset of a group': `${GROUP_CONFIGS} --alter --delete-config consumer.heartbeat.interval.ms`,
  'group configs after': `${GROUP_CONFIGS} --describe --all`,
};

for (const tools of [KafkaTools.v3, KafkaTools.v4]) {
  describeWithTools([tools.tool], `command line tools of Kafka ${tools.version}`, () => {
    let broker: Bootstrap;
    let folder: string;
    let verified: string;
    let results: Map<string, ToolResult>;

    /** In the order in which they run. */
    const script = (): Record<string, ToolCall> => ({
      create: 'kafka-topics --create --topic orders --partitions 3 --replication-factor 1 --config retention.ms=5000',
      'create again': 'kafka-topics --create --topic orders',
      'create if missing': 'kafka-topics --create --if-not-exists --topic orders',
      'create with a bad setting': 'kafka-topics --create --topic bad --config retention.ms=soon',
      list: 'kafka-topics --list',
      describe: 'kafka-topics --describe --topic orders',
      'describe unknown': 'kafka-topics --describe --topic nobody',
      'more partitions': 'kafka-topics --alter --topic orders --partitions 5',
      'fewer partitions': 'kafka-topics --alter --topic orders --partitions 4',
      'describe after': 'kafka-topics --describe --topic orders',

      'topic configs': 'kafka-configs --describe --all --entity-type topics --entity-name orders',
      'add configs':
        'kafka-configs --alter --entity-type topics --entity-name orders --add-config cleanup.policy=[compact,delete],segment.ms=60000',
      'own configs': 'kafka-configs --describe --entity-type topics --entity-name orders',
      'delete configs':
        'kafka-configs --alter --entity-type topics --entity-name orders --delete-config retention.ms,cleanup.policy',
      'own configs after': 'kafka-configs --describe --entity-type topics --entity-name orders',
      'add a bad config':
        'kafka-configs --alter --entity-type topics --entity-name orders --add-config segment.ms=soon',
      'broker configs': `kafka-configs --describe --all --entity-type brokers --entity-name ${brokerId()}`,
      'add a default': 'kafka-configs --alter --entity-type brokers --entity-default --add-config log.roll.jitter.ms=7',
      'broker defaults': 'kafka-configs --describe --entity-type brokers --entity-default',
      'topic configs with a default': 'kafka-configs --describe --all --entity-type topics --entity-name orders',
      'delete a default':
        'kafka-configs --alter --entity-type brokers --entity-default --delete-config log.roll.jitter.ms',
      'broker defaults after': 'kafka-configs --describe --entity-type brokers --entity-default',

      ...(tools === KafkaTools.v4 ? groupConfigCalls : {}),

      'producer perf': `kafka-producer-perf-test --topic perf --num-records ${RECORDS} --record-size 100 --throughput -1`,
      ends: 'kafka-get-offsets --topic-partitions perf:0,verifiable:0',
      'latest time': 'kafka-get-offsets --topic verifiable --time max-timestamp',
      'log dirs': 'kafka-log-dirs --describe --topic-list perf,orders',
      'delete records': ['kafka-delete-records', '--offset-json-file', join(folder, 'offsets.json')],
      starts: 'kafka-get-offsets --topic perf,verifiable --time earliest',
      'log dirs after': 'kafka-log-dirs --describe --topic-list perf',
      producers: 'kafka-transactions describe-producers --topic perf --partition 0',

      'api versions': 'kafka-broker-api-versions',
      'cluster id': 'kafka-cluster cluster-id',
      features: 'kafka-features describe',
      'upgrade beyond support': 'kafka-features upgrade --feature kafscale.format.version=99',
      'elect a leader': 'kafka-leader-election --election-type preferred --topic orders --partition 0',
      'elect all leaders': 'kafka-leader-election --election-type preferred --all-topic-partitions',
      reassignments: 'kafka-reassign-partitions --list',
      acls: 'kafka-acls --list',
      'add an acl': 'kafka-acls --add --allow-principal User:a --operation read --topic orders',
      quotas: 'kafka-configs --describe --entity-type clients',

      delete: 'kafka-topics --delete --topic orders',
      'delete again': 'kafka-topics --delete --topic orders',
      'list after': 'kafka-topics --list',
    });

    beforeAll(async () => {
      broker = await startBootstrap();
      folder = await mkdtemp(join(tmpdir(), 'kafscale-tools-'));
      const partitions = [
        { topic: 'perf', partition: 0, offset: -1 },
        { topic: 'verifiable', partition: 0, offset: 10 },
        { topic: 'orders', partition: 0, offset: 99 },
      ];
      await writeFile(join(folder, 'offsets.json'), JSON.stringify({ version: 1, partitions }));
      verified = await tools.runAlone(
        broker.bootstrap,
        `kafka-verifiable-producer --topic verifiable --max-messages ${RECORDS}`,
      );
      const calls = Object.entries(script());
      const outcomes = await tools.run(
        broker.bootstrap,
        calls.map(([, call]) => call),
      );
      results = new Map(calls.map(([name], index) => [name, outcomes[index]!]));
    }, 180_000);

    afterAll(async () => {
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    }, ACK_MS);

    const succeeded = (name: string): string => {
      const { exitCode, output } = results.get(name)!;
      expect([name, exitCode, exitCode === 0 ? '' : output]).toEqual([name, 0, '']);
      return output;
    };
    const failed = (name: string): string => {
      const { exitCode, output } = results.get(name)!;
      expect([name, exitCode]).toEqual([name, 1]);
      return output;
    };

    test('kafka-topics creates, lists and describes', () => {
      expect(succeeded('create')).toContain('Created topic orders.');
      expect(failed('create again')).toMatch(/Topic ["']orders["'] already exists/);
      succeeded('create if missing');
      expect(failed('create with a bad setting')).toMatch(/Invalid value/);
      expect(lines(succeeded('list'))).toEqual(['orders', 'verifiable']);
      expect(succeeded('describe')).toMatch(
        /Topic: orders\s+TopicId: \S{22}\s+PartitionCount: 3\s+ReplicationFactor: 1\s+Configs: .*retention\.ms=5000/,
      );
      for (const partition of [0, 1, 2]) {
        expect(succeeded('describe')).toMatch(
          new RegExp(`Partition: ${partition}\\s+Leader: \\d+\\s+Replicas: \\d+\\s+Isr: \\d+`),
        );
      }
      expect(failed('describe unknown')).toMatch(/Topic '.*nobody.*' does not exist as expected/);
    });

    test('kafka-topics adds partitions, and deletes', () => {
      succeeded('more partitions');
      expect(failed('fewer partitions')).toMatch(/5|increase|higher/);
      expect(succeeded('describe after')).toContain('PartitionCount: 5');
      succeeded('delete');
      expect(failed('delete again')).toMatch(/Topic '.*orders.*' does not exist as expected/);
      expect(lines(succeeded('list after')).sort()).toEqual(['perf', 'verifiable']);
    });

    test('kafka-configs shows and changes the configurations of a topic', () => {
      const all = succeeded('topic configs');
      expect(all).toContain('retention.ms=5000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5000');
      expect(all).toContain(
        'max.message.bytes=1048588 sensitive=false synonyms={DEFAULT_CONFIG:message.max.bytes=1048588}',
      );
      expect(lines(all).length).toBeGreaterThan(25);
      expect(succeeded('add configs')).toContain('Completed updating config for topic orders.');
      const own = (name: string) =>
        lines(succeeded(name))
          .slice(1)
          .map((line) => line.trim().split(' ')[0])
          .sort();
      expect(own('own configs')).toEqual(['cleanup.policy=compact,delete', 'retention.ms=5000', 'segment.ms=60000']);
      succeeded('delete configs');
      expect(own('own configs after')).toEqual(['segment.ms=60000']);
      expect(failed('add a bad config')).toContain('InvalidConfigurationException');
    });

    // Tools of 3.9 don't know groups as resources.
    if (tools === KafkaTools.v4) {
      test('kafka-configs shows and changes the configurations of a group', () => {
        expect(succeeded('set of a group')).toContain('Completed updating config for group readers.');
        const set = succeeded('group configs');
        expect(set).toContain('consumer.session.timeout.ms=50000');
        expect(set).toContain('consumer.heartbeat.interval.ms=6000');
        expect(failed('set too much of a group')).toContain('InvalidConfigurationException');
        succeeded('unset of a group');
        const after = succeeded('group configs after');
        expect(after).toContain('consumer.session.timeout.ms=50000');
        expect(after).toContain('consumer.heartbeat.interval.ms=5000');
      });
    }

    test('kafka-configs shows brokers, and changes the defaults that they have for topics', () => {
      const all = succeeded('broker configs');
      expect(all).toMatch(/node\.id=\d+ sensitive=false/);
      expect(all).toMatch(/num\.partitions=1 sensitive=false synonyms=\{.*DEFAULT_CONFIG:num\.partitions=1\}/);
      succeeded('add a default');
      expect(succeeded('broker defaults')).toContain('log.roll.jitter.ms=7');
      expect(succeeded('topic configs with a default')).toMatch(
        /segment\.jitter\.ms=7 sensitive=false synonyms=\{DYNAMIC_DEFAULT_BROKER_CONFIG:log\.roll\.jitter\.ms=7/,
      );
      succeeded('delete a default');
      expect(succeeded('broker defaults after')).not.toContain('log.roll.jitter.ms');
    });

    test('the performance and the verifiable producer', () => {
      expect(succeeded('producer perf')).toMatch(new RegExp(`^${RECORDS} records sent, .* 99.9th`, 'm'));
      const events = lines(verified).map((line) => JSON.parse(line) as { name: string; sent?: number });
      expect(events.filter(({ name }) => name === 'producer_send_success')).toHaveLength(RECORDS);
      expect(events.at(-1)).toMatchObject({ name: 'tool_data', sent: RECORDS, acked: RECORDS });
    });

    test('kafka-get-offsets, kafka-delete-records and kafka-log-dirs agree', () => {
      expect(lines(succeeded('ends')).sort()).toEqual([`perf:0:${RECORDS}`, `verifiable:0:${RECORDS}`]);
      expect(succeeded('latest time')).toMatch(/^verifiable:0:\d+$/m);
      const deleted = succeeded('delete records');
      expect(deleted).toContain(`partition: perf-0\tlow_watermark: ${RECORDS}`);
      expect(deleted).toContain('partition: verifiable-0\tlow_watermark: 10');
      expect(deleted).toContain('partition: orders-0\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException');
      expect(lines(succeeded('starts')).sort()).toEqual([`perf:0:${RECORDS}`, 'verifiable:0:10']);
      expect(sizes(succeeded('log dirs')).get('perf-0')).toBeGreaterThan(RECORDS * 100);
      expect(sizes(succeeded('log dirs')).get('orders-4')).toBe(0);
    });

    test('kafka-transactions names the producer of a partition', () => {
      const [, producer] = lines(succeeded('producers'));
      expect(producer).toMatch(/^\d+\s+0\s+-1\s+\d+\s+\d+\s+None/);
    });

    test('kafka-broker-api-versions and kafka-cluster', () => {
      expect(succeeded('api versions')).toMatch(/Produce\(0\): 0 to \d+ \[usable: \d+\]/);
      expect(succeeded('api versions')).toMatch(/DescribeCluster\(60\): 0 to \d/);
      expect(succeeded('cluster id')).toMatch(/^Cluster ID: \S{22}$/m);
    });

    test('kafka-features', () => {
      expect(succeeded('features')).toMatch(/^Feature: group\.version\s+SupportedMinVersion: 0/m);
      expect(failed('upgrade beyond support')).toMatch(/kafscale\.format\.version/);
    });

    test('elections are not needed, and nothing is being moved', () => {
      expect(succeeded('elect a leader')).toContain('Valid replica already elected for partitions orders-0');
      succeeded('elect all leaders');
      expect(succeeded('reassignments')).toContain('No partition reassignments found.');
    });

    test('access rules: an error that says that there are none; quotas: none', () => {
      for (const name of ['acls', 'add an acl']) {
        expect(failed(name)).toMatch(/SecurityDisabledException: No Authorizer is configured/);
      }
      expect(lines(succeeded('quotas'))).toEqual([]);
    });
  });
}

/** Apache Kafka is started with another id than our broker. */
function brokerId(): number {
  return process.env['KAFSCALE_TEST_BOOTSTRAP'] === 'apache' ? 1 : 0;
}

/** What a tool printed, without what its log says. */
function lines(output: string): string[] {
  return output.split('\n').filter((line) => line.trim() !== '' && !/^(\[|SLF4J|log4j)/.test(line));
}

/** Sizes by partition, of the JSON that kafka-log-dirs prints. */
function sizes(output: string): Map<string, number> {
  interface Described {
    brokers: { logDirs: { partitions: { partition: string; size: number }[] }[] }[];
  }
  const { brokers } = JSON.parse(lines(output).at(-1)!) as Described;
  const partitions = brokers.flatMap(({ logDirs }) => logDirs).flatMap((directory) => directory.partitions);
  return new Map(partitions.map(({ partition, size }) => [partition, size]));
}
