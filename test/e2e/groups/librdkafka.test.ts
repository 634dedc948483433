import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { confluentMember } from '../../support/clients/group-member.js';
import { runProcess } from '../../support/process.js';
import { describeWithTools, toolPath } from '../../support/tools.js';
import { describeMembers, Groups } from './member-suite.js';

const sessions = { 'session.timeout.ms': 10_000, 'heartbeat.interval.ms': 1_000 };

describeMembers(confluentMember, [
  { name: 'default assignors', config: sessions },
  {
    name: 'cooperative sticky',
    config: { ...sessions, 'partition.assignment.strategy': 'cooperative-sticky' },
  },
]);

describeWithTools(['kcat'], 'kcat -G', () => {
  const groups = new Groups();
  groups.use();

  test('reads what the group has not read before', async () => {
    const run = await groups.begin('kcat');
    const load = run.load();
    await run.until('something to read', () => load.written >= 100);
    const written = await load.stop();
    const read = async (count: number) => {
      const args = [
        '-G',
        run.group,
        '-q',
        '-c',
        String(count),
        '-X',
        'auto.offset.reset=earliest',
        '-b',
        run.bootstrap,
      ];
      const { stdout } = await runProcess(join(toolPath('kcat'), 'bin', 'kcat'), [...args, ...run.topics]);
      return stdout.split('\n').filter(Boolean);
    };
    const first = await read(40);
    const second = await read(written - 40);
    expect(new Set([...first, ...second]).size).toBe(written);
    expect(first.length + second.length).toBe(written);
  });
});
