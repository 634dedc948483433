import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { FindCoordinator } from '../../../src/protocol/schema/index.js';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { franzGoMember, javaMember4 } from '../../support/clients/group-member.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';
import { WireClient } from '../../support/wire-client.js';
import { GroupRun } from './group-run.js';

jest.setTimeout(300_000);

const CONSUMER_PROTOCOL = { 'group.protocol': 'consumer' };
const cases = [
  { program: franzGoMember, name: 'franz-go', config: {}, how: 'stop' },
  // After some kills one of its members joins anew; what it reads is whole all the same.
  { program: franzGoMember, name: 'franz-go', config: {}, how: 'kill', mayRejoin: true },
  { program: javaMember4, name: 'java-4.x', config: {}, how: 'stop' },
  { program: javaMember4, name: 'java-4.x, consumer protocol', config: CONSUMER_PROTOCOL, how: 'stop' },
  { program: javaMember4, name: 'java-4.x, consumer protocol', config: CONSUMER_PROTOCOL, how: 'kill' },
] as const;
const tools = ['etcd', ...new Set(cases.flatMap(({ program }) => program.tools))];

describeWithTools(tools, 'members of a group whose coordinator is drained, or killed', () => {
  let etcd: EtcdServer;
  let dataDirectory: string;
  let brokers: RunningBroker[];

  const start = (id: number) =>
    startBroker({
      KAFSCALE_BROKER_ID: String(id),
      KAFSCALE_DATA_DIR: dataDirectory,
      KAFSCALE_ETCD_ENDPOINTS: etcd.endpoint,
      KAFSCALE_ALLOW_MIXED_STORES: 'true',
    });

  beforeAll(async () => {
    etcd = await startEtcd();
    dataDirectory = await mkdtemp(join(tmpdir(), 'kafscale-groups-'));
    brokers = [await start(0), await start(1)];
  }, 120_000);

  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.stop()));
    await etcd.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  /** @returns the coordinator's node id, as a broker tells it; −1 when there is none */
  async function coordinatorOf(group: string, { bootstrap }: RunningBroker): Promise<number> {
    const client = await WireClient.connect(bootstrap);
    try {
      const { coordinators } = await client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: [group] });
      return coordinators[0]?.nodeId ?? -1;
    } finally {
      client.close();
    }
  }

  test.each(cases)('$name: they keep what they have, and miss nothing ($how)', async (member) => {
    const { program, config, how } = member;
    const run = await GroupRun.begin(brokers[0]!.bootstrap, `drain-${program.name}`);
    try {
      const members = [run.add(program, { config }), run.add(program, { config })];
      await run.shared(members);
      const first = await coordinatorOf(run.group, brokers[0]!);
      expect(await coordinatorOf(run.group, brokers[1]!)).toBe(first);
      const before = run.load();
      await run.until('something to read', () => before.written >= 200);
      const writtenBefore = await before.stop();
      await run.allRead(writtenBefore);
      const changes = members.map((member) => member.changes.length);

      // SIGTERM is a drain, then the end; after SIGKILL the lease has to run out.
      await brokers[first]![how]();
      const survivor = 1 - first;
      await until(
        'another coordinator',
        async () => ((await coordinatorOf(run.group, brokers[survivor]!)) === survivor ? survivor : undefined),
        60_000,
      );
      brokers[first] = await start(first);

      const after = run.load(brokers[survivor]!.bootstrap);
      await run.until('something to read', () => after.written > writtenBefore + 200);
      const written = await after.stop();
      await run.allRead(written);
      if (!('mayRejoin' in member)) expect(members.map(({ changes: { length } }) => length)).toEqual(changes);
      await Promise.all(members.map((member) => member.leave()));
    } finally {
      await run.end();
    }
  });
});
