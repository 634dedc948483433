import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startBootstrap, type Bootstrap } from '../../support/bootstrap.js';
import type { MemberPlan, MemberProgram } from '../../support/clients/group-member.js';
import { describeWithTools } from '../../support/tools.js';
import { GroupRun } from './group-run.js';

/** Members of a group that share settings. */
export interface MemberVariant {
  readonly name: string;
  readonly config?: MemberPlan['config'];
}

/** The broker of a test file, and runs of groups on it that end with the test. */
export class Groups {
  private broker: Bootstrap | undefined;
  private readonly runs: GroupRun[] = [];

  /** @param settings of the broker, by their names in the environment */
  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  use(): void {
    jest.setTimeout(240_000);
    beforeAll(async () => {
      this.broker = await startBootstrap(this.settings);
    });
    afterEach(async () => {
      for (const run of this.runs.splice(0)) await run.end();
    });
    afterAll(() => this.broker?.stop());
  }

  async begin(name: string, topicCount?: number, partitionCount?: number): Promise<GroupRun> {
    if (this.broker === undefined) throw new Error('the broker was not started');
    const run = await GroupRun.begin(this.broker.bootstrap, name, topicCount, partitionCount);
    this.runs.push(run);
    return run;
  }
}

/**
 * Tests one client as members of a group that come and go while records are written: every record is read, and no
 * partition belongs to two members in one generation.
 */
export function describeMembers(
  program: MemberProgram,
  variants: readonly MemberVariant[] = [{ name: 'defaults' }],
  settings: Readonly<Record<string, string>> = {},
): void {
  describeWithTools(program.tools, `a group of ${program.name}`, () => {
    const groups = new Groups(settings);
    groups.use();

    describe.each(variants)('$name', ({ name, config = {} }) => {
      test('members come, leave and die under load', async () => {
        const run = await groups.begin(`${program.name}-${name.replaceAll(/\W+/g, '-')}`);
        const load = run.load();
        const watcher = run.watch();
        const whenShared = (...members: ReturnType<GroupRun['add']>[]) =>
          program.tellsAssignments ? run.shared(members) : run.allRead(load.written);

        const first = run.add(program, { config });
        await whenShared(first);
        const second = run.add(program, { config });
        const third = run.add(program, { config });
        await whenShared(first, second, third);
        await second.leave();
        await whenShared(first, third);
        const fourth = run.add(program, { config });
        await whenShared(first, third, fourth);
        await third.kill();
        // Its session has to end first.
        await run.allRead(load.written);
        await whenShared(first, fourth);

        const written = await load.stop();
        await run.allRead(written);
        expect(run.read().size).toBe(written);
        await Promise.all([first.leave(), fourth.leave()]);
        await watcher.stop();
        expect(watcher.conflicts).toEqual([]);
        expect(run.conflicts()).toEqual([]);
      });
    });
  });
}
