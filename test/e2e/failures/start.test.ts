import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnBroker, type StartingBroker } from '../../support/broker.js';
import { freePort } from '../../support/ports.js';
import { accepts } from '../../support/process.js';
import { createTopic } from '../../support/topics.js';
import { describeWithTools } from '../../support/tools.js';
import { startProxiedStores, type ProxiedStores } from './proxied-stores.js';

const TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 20_000;

type Environment = Readonly<Record<string, string>>;

/** Starts a broker that can't start. @returns all that it says */
async function failedStart(env: Environment): Promise<string> {
  const broker = await spawnBroker({ KAFSCALE_LOG_LEVEL: 'info', KAFSCALE_STARTUP_TIMEOUT_SEC: '1', ...env });
  // One that runs on is killed, and has no exit code then.
  const timer = setTimeout(() => void broker.process.kill('SIGKILL'), END_TIMEOUT_MS);
  try {
    expect(await broker.process.exited()).toBe(1);
    return broker.process.log;
  } finally {
    clearTimeout(timer);
  }
}

async function hasLogged(broker: StartingBroker, text: string): Promise<void> {
  await broker.process.ready(() => Promise.resolve(broker.process.log.includes(text)));
}

describeWithTools(['seaweedfs', 'etcd'], 'a broker whose stores cannot be used at its start', () => {
  let stores: ProxiedStores;
  let deadPort: number;
  beforeAll(async () => {
    [stores, deadPort] = await Promise.all([startProxiedStores(), freePort()]);
  }, 60_000);
  afterAll(() => stores.stop());

  test.each<[string, () => Environment, string]>([
    [
      'a bucket that does not exist',
      () => ({ KAFSCALE_S3_BUCKET: 'no-such-bucket' }),
      'the object store (bucket no-such-bucket at http://127.0.0.1:',
    ],
    ['a wrong secret key', () => ({ KAFSCALE_S3_SECRET_KEY: 'wrong' }), 'the server refuses these credentials'],
    [
      'an S3 server that is not there',
      () => ({ KAFSCALE_S3_ENDPOINT: `http://127.0.0.1:${deadPort}` }),
      'the object store (bucket records at http://127.0.0.1:',
    ],
    [
      'an etcd that is not there',
      () => ({ KAFSCALE_ETCD_ENDPOINTS: `http://127.0.0.1:${deadPort}` }),
      'the metadata store (etcd at http://127.0.0.1:',
    ],
  ])(
    '%s: it says so and ends, and keeps nothing in memory instead',
    async (_what, env, reason) => {
      const log = await failedStart({ ...stores.fresh().env, ...env() });
      expect(log).toContain('KafScale cannot start: ');
      expect(log).toContain(reason);
      expect(log).not.toContain('broker_ready');
    },
    TIMEOUT_MS,
  );

  test(
    'etcd and S3 that come late: it waits for them, and takes no connection before',
    async () => {
      stores.toEtcd.cut();
      stores.toS3.cut();
      const broker = await spawnBroker(stores.fresh().env);
      try {
        await hasLogged(broker, 'waiting for the metadata store');
        await hasLogged(broker, 'waiting for the object store');
        expect(await accepts(Number(broker.bootstrap.split(':')[1]))).toBe(false);
        const probe = (path: string) => fetch(`http://${broker.httpAddress}/${path}`);
        expect((await probe('livez')).status).toBe(200);
        const ready = await probe('readyz');
        expect(ready.status).toBe(503);
        expect(await ready.json()).toMatchObject({
          ready: false,
          problems: [
            'starting: clients cannot connect yet',
            expect.stringContaining('metadata store: '),
            expect.stringContaining('object store: '),
          ],
        });
        expect(await (await probe('health')).json()).toMatchObject({
          status: 'error',
          error: { 'metadata store': { status: 'down' }, 'object store': { status: 'down' } },
        });
        expect(await (await probe('metrics')).text()).toContain('kafscale_broker_uptime_seconds ');
        stores.toEtcd.restore();
        stores.toS3.restore();
        await broker.ready(TIMEOUT_MS);
        expect((await probe('health')).status).toBe(200);
        await createTopic(broker.bootstrap, 'late', 1);
      } finally {
        await broker.process.kill('SIGKILL');
      }
    },
    2 * TIMEOUT_MS,
  );
});

describe('a data directory that cannot be used', () => {
  test(
    'a broker says so and ends, and keeps nothing in memory instead',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'kafscale-start-'));
      try {
        const file = join(directory, 'file');
        await writeFile(file, '');
        const log = await failedStart({ KAFSCALE_DATA_DIR: join(file, 'data') });
        expect(log).toContain(`KafScale cannot start: `);
        expect(log).toContain(file);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
    TIMEOUT_MS,
  );
});
