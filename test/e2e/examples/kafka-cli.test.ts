import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { shortLived } from '../../support/apache-kafka.js';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { runProcess } from '../../support/process.js';
import { describeWithTools, toolPath } from '../../support/tools.js';
import { recipeOf } from '../../../scripts/tools/registry.mjs';
import { exampleFile } from './example-program.js';

jest.setTimeout(180_000);

/** What the scripts in Apache Kafka's `bin` start. */
const TOOLS = {
  'kafka-broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
};

describeWithTools(['apache-kafka'], 'examples/kafka-cli', () => {
  let broker: RunningBroker;
  let bin: string;
  beforeAll(async () => {
    broker = await startBroker();
    bin = await mkdtemp(join(tmpdir(), 'kafscale-kafka-cli-'));
    const java = `java ${shortLived.join(' ')} -cp '${join(toolPath('apache-kafka'), 'lib', '*')}'`;
    for (const [name, main] of Object.entries(TOOLS)) {
      const file = join(bin, `${name}.sh`);
      writeFileSync(file, `#!/bin/sh\nexec ${java} ${main} "$@"\n`);
      chmodSync(file, 0o755);
    }
  });
  afterAll(async () => {
    await broker.stop();
    await rm(bin, { recursive: true, force: true });
  });

  test('what the guide shows, without idempotence and with defaults', async () => {
    const env = { PATH: `${bin}${delimiter}${process.env['PATH']}` };
    const { stdout } = await runProcess(exampleFile('kafka-cli', 'orders.sh'), [broker.bootstrap], {
      env,
      timeoutMs: 120_000,
    });
    const part = (title: string) => stdout.split(`${title}:\n`)[1] ?? '';
    expect(part('a broker answers')).toMatch(/^127\.0\.0\.1:\d+ \(id: 0 .*isFenced: false\) -> \(\n/);
    expect(part('consume')).toMatch(/^hello\nhello again\n/);
    expect(part('topics')).toMatch(/^orders$/m);
    expect(part('topics')).toMatch(/Topic: orders\s+TopicId: \S+\s+PartitionCount: 1\s+ReplicationFactor: 1/);
    expect(part('lag')).toMatch(/^orders-consumer +orders +0 +2 +2 +0 /m);
    const exercised = 'console producer and consumer, topics, consumer groups, API versions';
    const { version } = recipeOf('apache-kafka');
    recordCompatibility({ client: 'Kafka command line', version, exercised, result: 'works' });
  });
});
