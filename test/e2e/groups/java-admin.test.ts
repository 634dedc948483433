/** What Java's admin client, of the 3.x and the 4.x line, does with consumer groups. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { JAVA_CLIENTS, runJavaScenario } from '../../support/clients/java-scenario.js';
import { describeWithTools } from '../../support/tools.js';

for (const [version, tool] of JAVA_CLIENTS) {
  describeWithTools([tool], `groups and the admin client of Java ${version}`, () => {
    let broker: Bootstrap;
    let results: Readonly<Record<string, string>>;

    beforeAll(async () => {
      broker = await startBootstrap();
      results = await runJavaScenario('GroupAdminScenario', tool, broker.bootstrap);
    }, 120_000);

    afterAll(() => broker.stop(), 60_000);

    const DONE = 'null';
    const is4 = version === '4.x';

    test.each([
      ['list nothing', '[]'],
      ['describe unknown', is4 ? 'GroupIdNotFoundException' : 'Dead  []'],
      ['offsets of unknown', '{}'],
      ['alter offsets', DONE],
      ['alter offsets of an unknown topic', 'UnknownTopicOrPartitionException'],
      ['offsets', '{orders-0=5, orders-1=7, other-1=1}'],
      ['metadata of an offset', 'note'],
      ['offsets of several groups', '[0, 2]'],
      ['describe without members', 'Empty  []'],
      ['is simple', 'true'],
      ['delete offsets', DONE],
      ['delete offsets of unknown', 'GroupIdNotFoundException'],
      ['offsets after', '{orders-0=5, orders-1=7}'],
      ['describe with members', 'Stable range [live-client /127.0.0.1 - 2]'],
      ['describe static members', 'Stable range [static-client /127.0.0.1 one 2]'],
      ['coordinator', 'true'],
      ['operations', '5'],
      ['list', '[live Stable, made Empty, static Stable]'],
      ['list stable', '[live Stable, static Stable]'],
      ['list classic', '[live Stable, made Empty, static Stable]'],
      ['list groups', is4 ? '3' : 'NoSuchMethodException'],
      ['alter offsets with members', 'UnknownMemberIdException'],
      ['delete offsets with members', 'GroupSubscribedToTopicException'],
      ['delete with members', 'GroupNotEmptyException'],
      ['offsets with members', '{orders-0=3}'],
      ['remove an unknown member', 'UnknownMemberIdException'],
      ['remove a static member', DONE],
      ['describe after removal', 'Empty  []'],
      ['remove all members', DONE],
      ['describe after all were removed', 'Empty  []'],
      ['delete', DONE],
      ['delete again', 'GroupIdNotFoundException'],
      ['offsets of deleted', '{}'],
      ['list after', '[]'],
    ])('%s: %s', (call, expected) => {
      expect(results[call]).toBe(expected);
    });
  });
}
