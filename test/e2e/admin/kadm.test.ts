/** What franz-go's admin client (kadm) does with topics, records, configurations, groups and offsets. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { runProcess } from '../../support/process.js';
import { describeWithTools, toolPath } from '../../support/tools.js';

describeWithTools(['go-clients'], 'administration with franz-go (kadm)', () => {
  let broker: Bootstrap;
  let results: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    broker = await startBootstrap();
    const program = join(toolPath('go-clients'), 'bin', 'franz-go-admin');
    const { stdout } = await runProcess(program, [broker.bootstrap], { timeoutMs: 60_000 });
    results = JSON.parse(stdout) as Record<string, unknown>;
  }, 90_000);

  afterAll(() => broker.stop(), 60_000);

  test.each([
    ['create', 'NONE'],
    ['create again', 'TOPIC_ALREADY_EXISTS'],
    ['more partitions', 'NONE'],
    ['list', ['orders']],
    ['partitions', 3],
    ['brokers', 1],
    ['delete records', 'NONE'],
    ['start offsets', 4],
    ['end offsets', 10],
    ['offsets after', 7],
    ['log dirs', true],
    ['producers', 1],
    ['alter configs', 'NONE'],
    ['alter badly', 'INVALID_CONFIG'],
    ['own configs', { 'segment.ms': '60000' }],
    ['commit', 'NONE'],
    ['fetch', 7],
    ['lag', 3],
    ['groups', ['readers']],
    ['describe group', 'Empty'],
    ['delete offsets', 'NONE'],
    ['fetch deleted', false],
    ['delete groups', ['NONE', 'GROUP_ID_NOT_FOUND']],
    ['delete topics', ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION']],
    ['list after', []],
  ])('%s: %j', (call, expected) => {
    expect(results[call]).toEqual(expected);
  });
});
