import { expect, test } from '@jest/globals';
import { confluentMember, javaMember3, javaMember4 } from '../../support/clients/group-member.js';
import { createTopic } from '../../support/topics.js';
import { describeWithTools } from '../../support/tools.js';
import { Groups } from './member-suite.js';

describeWithTools(['java-client-3', 'java-client-4', 'python-clients'], 'subscriptions by pattern', () => {
  const groups = new Groups();
  groups.use();

  test.each([
    { program: javaMember3, config: { 'metadata.max.age.ms': '1000' } },
    { program: javaMember4, config: { 'metadata.max.age.ms': '1000' } },
    { program: javaMember4, config: { 'group.protocol': 'consumer' }, resolvedBy: 'broker' },
    { program: confluentMember, config: { 'topic.metadata.refresh.interval.ms': 1000 } },
  ])('$program.name $config: a topic that comes later is shared out, too', async ({ program, config, resolvedBy }) => {
    const run = await groups.begin(`pattern-${program.name}`, 2, 3);
    const pattern = `^${run.group}-.*`;
    const plan = { config, ...(resolvedBy === 'broker' ? { re2Pattern: pattern } : { pattern }) };
    const members = [run.add(program, plan), run.add(program, plan)];
    await run.shared(members);
    const late = `${run.group}-late`;
    await createTopic(run.bootstrap, late, 2);
    const ownedOfLate = () =>
      members.flatMap(({ owned }) => [...owned]).filter((partition) => partition.startsWith(late));
    await run.until('the new topic', () => ownedOfLate().length === 2);
    expect(ownedOfLate().sort()).toEqual([`${late}-0`, `${late}-1`]);
    expect(run.conflicts()).toEqual([]);
  });
});
