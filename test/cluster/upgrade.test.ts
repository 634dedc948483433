import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ControlClient } from '../../src/control/control-client.js';
import { FORMAT_LEVELS } from '../../src/formats/levels.js';
import { BUILT_MAIN } from '../support/broker.js';
import { runProcess } from '../support/process.js';
import { seededRandom } from '../support/seeded-random.js';
import { describeWithTools } from '../support/tools.js';
import { until } from '../support/until.js';
import type { ClusterBroker } from './rig/cluster-broker.js';
import { buildNextRelease, type NextRelease } from './rig/next-release.js';
import { runCluster, type LoadedCluster } from './rig/run-cluster.js';
import { storedVersions } from './rig/stored-versions.js';

const BROKERS = 3;
const PATIENCE_MS = 120_000;
const LOOK_INTERVAL_MS = 500;
const LEVEL = FORMAT_LEVELS.length;
const FORMATS = Object.keys(FORMAT_LEVELS[0] ?? {});

/** Until there is a release to upgrade from: this one is the older of two, and a copy of it writes all formats anew. */
describeWithTools(['seaweedfs', 'etcd'], 'an upgrade to the next release, under load', () => {
  let next: NextRelease;
  beforeAll(async () => {
    next = await buildNextRelease();
  });
  afterAll(() => next.remove());

  test('I1 I2 I3 I4 I8: there, back, and there again; then older brokers are refused, and nothing is lost or doubled', async () => {
    const seen: Record<string, unknown> = {};
    const report = await runCluster({ brokers: BROKERS, random: seededRandom(1) }, async (loaded) => {
      const { cluster, recorder, partitions } = loaded;
      const [first, second, last] = cluster.brokers as [ClusterBroker, ClusterBroker, ClusterBroker];
      const note = (what: string) => recorder.add({ type: 'disturbance', what });
      const progress = () => recorder.progressEverywhere(partitions, PATIENCE_MS);
      const upgrade = (...options: string[]) => admin(next, first, 'upgrade', ...options);

      await roll(loaded, cluster.brokers, next.main, 'upgrade');
      for (const versions of Object.values(await storedVersions(cluster))) expect(versions).toEqual([LEVEL]);
      await roll(loaded, [last, second], BUILT_MAIN, 'roll back');
      await roll(loaded, [second], next.main, 'upgrade');

      seen['with an older broker'] = await upgrade('--level', String(next.level)).catch(String);
      note('pause the last broker that was not upgraded');
      last.pause();
      // It counts until its lease is over.
      const control = new ControlClient({ server: first.httpAddress });
      const highest = async () => (await control.describeFormatLevel()).highestLevel;
      const isGone = async () => (await highest()) === next.level || undefined;
      await until('the paused broker to be gone', isGone, PATIENCE_MS).finally(() => control.close());
      note('finalize');
      seen['finalized'] = await upgrade();
      await progress();
      const resumedAt = recorder.events.length;
      note('resume');
      last.resume();
      await until(
        'the older broker to end, to be started again, and to be refused',
        () => Promise.resolve(/cannot start/.exec(last.recentLog) ?? undefined),
        PATIENCE_MS,
      );
      seen['log of the older broker'] = last.recentLog;
      seen['ended'] = recorder.events.slice(resumedAt).flatMap((event) => ('what' in event ? [event.what] : []));
      await last.kill();
      last.install(next.main);
      await last.start();
      await last.ready();
      await progress();
      await until(
        'everything to be written at the new level',
        async () => {
          // To look costs the stores something.
          await delay(LOOK_INTERVAL_MS);
          const stored = await storedVersions(cluster);
          seen['stored'] = stored;
          return Object.values(stored).every((versions) => versions.includes(next.level)) || undefined;
        },
        PATIENCE_MS,
      );
    });

    expect({ folder: report.folder, violations: report.violations }).toMatchObject({ violations: [] });
    expect(report.acknowledgedRecords).toBeGreaterThan(0);
    expect(seen['with an older broker']).toMatch(
      new RegExp(`format level ${next.level} cannot be finalized: broker 2 .* supports level ${LEVEL}`),
    );
    expect(JSON.parse(String(seen['finalized']))).toMatchObject({ level: next.level, before: LEVEL });
    expect(seen['ended']).toContain('broker 2 has ended by itself with 1');
    expect(seen['log of the older broker']).toContain(`the cluster is at format level ${next.level}, but KafScale`);
    expect(seen['log of the older broker']).toContain(`run KafScale ${next.version} or newer`);
    expect(Object.keys(seen['stored'] as object)).toEqual(expect.arrayContaining(FORMATS));
  }, 600_000);
});

/** Replaces brokers by another build, one after the other, as an administrator would. */
async function roll(
  { recorder, partitions }: LoadedCluster,
  brokers: readonly ClusterBroker[],
  main: string,
  what: string,
): Promise<void> {
  for (const broker of brokers) {
    recorder.add({ type: 'disturbance', what: `${what} broker ${broker.number}` });
    const { code } = await broker.stop();
    expect(code).toBe(0);
    broker.install(main);
    await broker.start();
    await broker.ready();
    await recorder.progressEverywhere(partitions, PATIENCE_MS);
  }
}

/** `kafscale admin`. @returns what it prints @throws {Error} with its output when it fails */
async function admin(release: NextRelease, broker: ClusterBroker, ...args: readonly string[]): Promise<string> {
  const all = [release.main, 'admin', ...args, '--server', broker.httpAddress, '--json'];
  return (await runProcess(process.execPath, all)).stdout;
}
