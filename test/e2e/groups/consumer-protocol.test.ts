import { describe, expect, test } from '@jest/globals';
import { ConsumerGroupDescribe } from '../../../src/protocol/schema/index.js';
import { confluentMember, javaMember3, javaMember4 } from '../../support/clients/group-member.js';
import { createTopic } from '../../support/topics.js';
import { describeWithTools } from '../../support/tools.js';
import { WireClient } from '../../support/wire-client.js';
import type { GroupRun } from './group-run.js';
import { describeMembers, Groups } from './member-suite.js';

/** Groups of the consumer protocol (KIP-848). How members are to behave, the broker says. */
const SHORT = {
  KAFSCALE_GROUP_CONSUMER_SESSION_TIMEOUT_MS: '10000',
  KAFSCALE_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS: '500',
};

const consumer = { 'group.protocol': 'consumer' };
const classic = { 'session.timeout.ms': '10000', 'heartbeat.interval.ms': '1000' };

async function describeGroup(run: GroupRun) {
  const client = await WireClient.connect(run.bootstrap);
  const { groups } = await client.send(ConsumerGroupDescribe, 1, {
    groupIds: [run.group],
    includeAuthorizedOperations: false,
  });
  client.close();
  return groups[0]!;
}

const variants = [
  { name: 'consumer protocol', config: consumer },
  { name: 'consumer protocol, range', config: { ...consumer, 'group.remote.assignor': 'range' } },
];

describeMembers(javaMember4, variants, SHORT);
describeMembers(confluentMember, variants, SHORT);

describeWithTools(['java-client-4', 'java-client-3', 'python-clients'], 'the consumer protocol', () => {
  const groups = new Groups(SHORT);
  groups.use();

  test('members of different clients are one group', async () => {
    const run = await groups.begin('different');
    const load = run.load();
    const java = run.add(javaMember4, { config: consumer });
    const librdkafka = run.add(confluentMember, { config: consumer });
    await run.shared([java, librdkafka]);
    const described = await describeGroup(run);
    expect(described).toMatchObject({ groupState: 'Stable', assignorName: 'uniform' });
    expect(described.members.map(({ memberType }) => memberType)).toEqual([1, 1]);
    await run.allRead(await load.stop());
    await Promise.all([java.leave(), librdkafka.leave()]);
    expect(run.conflicts()).toEqual([]);
  });

  test('a static member that comes back has what it had, and the others notice nothing', async () => {
    const run = await groups.begin('static');
    const other = run.add(javaMember4, { config: consumer });
    const settings = { ...consumer, 'group.instance.id': 'one' };
    const first = run.add(javaMember4, { config: settings });
    await run.shared([other, first]);
    const [before, changes] = [[...first.owned].sort(), other.changes.length];
    const { groupEpoch } = await describeGroup(run);
    await first.leave();
    const second = run.add(javaMember4, { config: settings });
    await run.shared([other, second]);
    expect([...second.owned].sort()).toEqual(before);
    expect(other.changes).toHaveLength(changes);
    expect((await describeGroup(run)).groupEpoch).toBe(groupEpoch);
  });

  test('a subscription by pattern gets topics that are made later', async () => {
    const run = await groups.begin('pattern');
    const member = run.add(confluentMember, { config: consumer, pattern: `^${run.group}-.*` });
    await run.shared([member]);
    expect((await describeGroup(run)).members[0]!.subscribedTopicRegex).toContain(run.group);
    await createTopic(run.bootstrap, `${run.group}-late`, 1);
    await run.until('the new topic', () => member.owned.has(`${run.group}-late-0`));
  });

  describe.each([
    { name: 'range', strategy: 'org.apache.kafka.clients.consumer.RangeAssignor' },
    { name: 'cooperative sticky', strategy: 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor' },
  ])('a rolling change of protocol ($name)', ({ name, strategy }) => {
    test.each([javaMember3, javaMember4])('of $name, there and back under load', async (program) => {
      const run = await groups.begin(`rolling-${program.name}-${name.replaceAll(/\W+/g, '-')}`);
      const load = run.load();
      const old = { config: { ...classic, 'partition.assignment.strategy': strategy } };
      const first = run.add(program, old);
      const second = run.add(program, old);
      await run.shared([first, second]);

      const third = run.add(javaMember4, { config: consumer });
      await run.shared([first, second, third]);
      expect(new Set((await describeGroup(run)).members.map(({ memberType }) => memberType))).toEqual(new Set([0, 1]));
      await first.leave();
      await run.shared([second, third]);
      await second.leave();
      await run.shared([third]);
      expect((await describeGroup(run)).members.map(({ memberType }) => memberType)).toEqual([1]);

      const fourth = run.add(program, old);
      await run.shared([third, fourth]);
      await third.leave();
      await run.shared([fourth]);
      expect((await describeGroup(run)).errorCode).toBe(69);

      const written = await load.stop();
      await run.allRead(written);
      expect(run.read().size).toBe(written);
      await fourth.leave();
    });
  });
});
