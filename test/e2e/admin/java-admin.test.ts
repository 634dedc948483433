/** Java's admin client, of the 3.x and the 4.x line, at its default settings. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chosenBootstrap, startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import { JAVA_CLIENTS, runJavaScenario } from '../../support/clients/java-scenario.js';
import { describeWithTools } from '../../support/tools.js';

for (const [version, tool] of JAVA_CLIENTS) {
  describeWithTools([tool], `admin client of Java ${version}`, () => {
    let broker: Bootstrap;
    let results: Readonly<Record<string, string>>;

    beforeAll(async () => {
      broker = await startBootstrap();
      results = await runJavaScenario('AdminScenario', tool, broker.bootstrap);
    }, 120_000);

    afterAll(() => broker.stop(), 60_000);

    const DONE = 'null';

    test.each([
      ['validate topic', DONE],
      ['list nothing', '[]'],
      ['create topic', '2 1 5000'],
      ['create topic again', 'TopicExistsException'],
      ['list', '[orders]'],
      ['describe topic', '2 false null'],
      ['describe topic by id', 'orders'],
      ['describe unknown topic', 'UnknownTopicOrPartitionException'],
      ['validate partitions', DONE],
      ['create partitions', DONE],
      ['create partitions again', 'InvalidPartitionsException'],
      ['partitions', '3'],
      ['describe topic config', '5000 DYNAMIC_TOPIC_CONFIG LONG DYNAMIC_TOPIC_CONFIG true'],
      ['describe broker config', '1 true'],
      ['alter configs', DONE],
      ['own configs', '[cleanup.policy=delete,compact, segment.ms=60000]'],
      ['subtract', DONE],
      ['own configs after', '[cleanup.policy=delete, segment.ms=60000]'],
      ['alter with a bad value', 'InvalidConfigurationException'],
      ['validate configs', DONE],
      ['own configs unchanged', '[cleanup.policy=delete, segment.ms=60000]'],
      ['offsets', '[0, 5, 4, 2, -1]'],
      ['producers', '0 4 OptionalLong.empty'],
      ['size before', 'true'],
      ['delete records', '2'],
      ['earliest after', '2'],
      ['delete too many records', 'OffsetOutOfRangeException'],
      ['delete all records', '5'],
      ['cluster', '1 22 true true'],
      ['features', 'true'],
      ['elect leader', 'ElectionNotNeededException'],
      ['elect all leaders', '0'],
      ['reassignments', '0'],
      ['reassign', 'InvalidReplicaAssignmentException'],
      ['stop a reassignment', 'NoReassignmentInProgressException'],
      ['acls', 'SecurityDisabledException'],
      ['delete acls', 'SecurityDisabledException'],
      ['quotas', '0'],
      ['set a quota', chosenBootstrap === 'apache' ? DONE : 'UnsupportedVersionException'],
      ['delete topic by id', DONE],
      ['delete topic again', 'UnknownTopicOrPartitionException'],
      ['list after', '[]'],
    ])('%s: %s', (call, expected) => {
      expect(results[call]).toBe(expected);
    });
  });
}
