import { expect, test } from '@jest/globals';
import { franzGoMember, javaMember3, javaMember4, type MemberProgram } from '../../support/clients/group-member.js';
import { describeWithTools } from '../../support/tools.js';
import type { GroupRun } from './group-run.js';
import { Groups } from './member-suite.js';

const programs: readonly MemberProgram[] = [javaMember3, javaMember4, franzGoMember];

describeWithTools(['java-client-3', 'java-client-4', 'go-clients'], 'static members', () => {
  const groups = new Groups();
  groups.use();

  const add = (run: GroupRun, program: MemberProgram, instance: string) =>
    run.add(program, { config: { 'group.instance.id': instance } });

  test.each(programs)(
    '$name: one that dies and is back before its session ends has its partitions, and nobody else is disturbed',
    async (program) => {
      const run = await groups.begin(`static-${program.name}`);
      const load = run.load();
      const [first, second] = [add(run, program, 'one'), add(run, program, 'two')];
      await run.shared([first, second]);
      const owned = [...second.owned];
      const changes = first.changes.length;
      await second.kill();
      const again = add(run, program, 'two');
      await run.shared([first, again]);
      expect([...again.owned].sort()).toEqual(owned.sort());
      expect(first.changes).toHaveLength(changes);
      const written = await load.stop();
      await run.allRead(written);
      expect(run.conflicts()).toEqual([]);
      expect(first.changes).toHaveLength(changes);
    },
  );
});
