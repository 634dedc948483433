/** What the admin client of confluent-kafka (librdkafka) does with consumer groups. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { runProcess } from '../../support/process.js';
import { describeWithTools, toolPath } from '../../support/tools.js';

const PROGRAM = join(import.meta.dirname, '..', '..', 'clients', 'python', 'confluent_group_admin.py');

describeWithTools(['python-clients'], 'groups and the admin client of confluent-kafka', () => {
  let broker: Bootstrap;
  let results: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    broker = await startBootstrap();
    const python = join(toolPath('python-clients'), 'bin', 'python');
    const { stdout } = await runProcess(python, [PROGRAM, broker.bootstrap], { timeoutMs: 60_000 });
    results = JSON.parse(stdout) as Record<string, unknown>;
  }, 90_000);

  afterAll(() => broker.stop(), 60_000);

  test.each([
    ['alter', [null]],
    ['offsets', { 'orders-0': 4 }],
    ['list', ['live STABLE', 'made EMPTY']],
    ['list stable', ['live STABLE']],
    ['describe with members', ['STABLE', 'range', [['live-client', '/127.0.0.1', 2]]]],
    ['describe without members', ['EMPTY', '', []]],
    ['describe unknown', ['DEAD', '', []]],
    ['delete with members', 'NON_EMPTY_GROUP'],
    ['describe after close', ['EMPTY', '', []]],
    ['delete', [null, null]],
    ['delete again', 'GROUP_ID_NOT_FOUND'],
    ['list after', []],
  ])('%s: %j', (call, expected) => {
    expect(results[call]).toEqual(expected);
  });
});
