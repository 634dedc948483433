import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { startBroker } from '../../support/broker.js';
import { confluentMember, javaMember3, javaMember4 } from '../../support/clients/group-member.js';
import { freePorts } from '../../support/ports.js';
import { describeWithTools } from '../../support/tools.js';
import { GroupRun } from './group-run.js';

jest.setTimeout(240_000);

const programs = [
  { program: javaMember3, name: 'java-3.9', config: {} },
  // Where the only broker is away, Java 4 forgets all metadata by default, and then its leader assigns anew.
  { program: javaMember4, name: 'java-4.x', config: { 'metadata.recovery.strategy': 'none' } },
  { program: javaMember4, name: 'java-4.x, consumer protocol', config: { 'group.protocol': 'consumer' } },
  { program: confluentMember, name: 'confluent-kafka', config: {} },
  { program: confluentMember, name: 'confluent-kafka, consumer protocol', config: { 'group.protocol': 'consumer' } },
];
const cases = programs.flatMap((each) => (['stop', 'kill'] as const).map((how) => ({ ...each, how })));
const tools = [...new Set(programs.flatMap(({ program }) => program.tools))];

describeWithTools(tools, 'members of a broker that ends and comes back', () => {
  test.each(cases)('$name: they keep what they have, and miss nothing ($how)', async ({ program, config, how }) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'kafscale-groups-'));
    const [port] = (await freePorts(1)) as [number];
    const env = { KAFSCALE_DATA_DIR: dataDirectory, KAFSCALE_BROKER_ADDR: `127.0.0.1:${port}` };
    let broker = await startBroker(env);
    const run = await GroupRun.begin(broker.bootstrap, `restart-${program.name}`);
    try {
      const members = [run.add(program, { config }), run.add(program, { config })];
      await run.shared(members);
      const before = run.load();
      await run.until('something to read', () => before.written >= 200);
      const writtenBefore = await before.stop();
      await run.allRead(writtenBefore);
      const changes = members.map((member) => member.changes.length);

      await broker[how]();
      broker = await startBroker(env);

      const after = run.load();
      await run.until('something to read', () => after.written > writtenBefore + 200);
      const writtenAfter = await after.stop();
      await run.allRead(writtenAfter);
      expect(members.map((member) => member.changes.length)).toEqual(changes);
      await Promise.all(members.map((member) => member.leave()));
    } finally {
      await run.end();
      await broker.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});
