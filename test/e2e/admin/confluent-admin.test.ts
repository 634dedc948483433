/** What the admin client of confluent-kafka (librdkafka) does with topics, configurations and records. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { runProcess } from '../../support/process.js';
import { describeWithTools, toolPath } from '../../support/tools.js';

describeWithTools(['python-clients'], 'administration with confluent-kafka', () => {
  let broker: Bootstrap;
  let results: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    broker = await startBootstrap();
    const python = join(toolPath('python-clients'), 'bin', 'python');
    const program = join(import.meta.dirname, '..', '..', 'clients', 'python', 'confluent_admin.py');
    const { stdout } = await runProcess(python, [program, broker.bootstrap], { timeoutMs: 60_000 });
    results = JSON.parse(stdout) as Record<string, unknown>;
  }, 90_000);

  afterAll(() => broker.stop(), 60_000);

  test.each([
    ['validate', 'NONE'],
    ['list before', {}],
    ['create', 'NONE'],
    ['create again', 'TOPIC_ALREADY_EXISTS'],
    ['more partitions', 'NONE'],
    ['fewer partitions', 'INVALID_PARTITIONS'],
    ['list', { orders: 3 }],
    ['alter', 'NONE'],
    ['alter badly', 'INVALID_CONFIG'],
    ['own configs', { 'segment.ms': '60000' }],
    ['alter group', 'NONE'],
    ['alter group badly', 'INVALID_CONFIG'],
    ['own group configs', { 'consumer.session.timeout.ms': '50000' }],
    ['low watermark', 4],
    ['earliest', 4],
    ['latest', 10],
    ['by time', 7],
    ['brokers', 1],
    ['delete', 'NONE'],
    ['delete again', 'UNKNOWN_TOPIC_OR_PART'],
  ])('%s: %j', (call, expected) => {
    expect(results[call]).toEqual(expected);
  });
});
