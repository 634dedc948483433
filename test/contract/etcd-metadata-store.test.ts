import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { silentLogger, type Logger } from '../../src/logging/logger.js';
import type { EtcdOptions } from '../../src/metadata/etcd-client.js';
import { EtcdMetadataStore } from '../../src/metadata/etcd-metadata-store.js';
import { MetadataStoreError, MetadataUnavailableError } from '../../src/metadata/metadata-store.js';
import type { Lease, MetadataStore } from '../../src/metadata/metadata-store.js';
import { startEtcd, type EtcdServer } from '../support/etcd.js';
import { freePort } from '../support/ports.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { describeWithTools } from '../support/tools.js';
import { RecordingListener } from './recording-listener.js';

const SLOW = 60_000;

function put(store: MetadataStore, key: string, value: string, lease?: Lease) {
  const bound = lease === undefined ? {} : { lease };
  return store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(value), ...bound }] });
}

describeWithTools(['etcd'], 'EtcdMetadataStore and its server', () => {
  let server: EtcdServer;
  let prefixes = 0;
  let stores: MetadataStore[] = [];

  function connect(options: Partial<EtcdOptions> = {}, logger = silentLogger): EtcdMetadataStore {
    const prefix = `/${prefixes}/`;
    const store = new EtcdMetadataStore({ endpoints: [server.endpoint], prefix, ...options }, logger);
    stores.push(store);
    return store;
  }

  /** Puts until it succeeds. */
  async function putSoon(store: MetadataStore, key: string, value: string) {
    for (;;) {
      try {
        return await put(store, key, value);
      } catch (error) {
        if (!(error instanceof MetadataUnavailableError)) throw error;
      }
    }
  }

  beforeAll(async () => {
    server = await startEtcd();
  }, SLOW);

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    stores = [];
    prefixes += 1;
  });

  afterAll(() => server.stop());

  test('stores under different prefixes see nothing of each other', async () => {
    const names = ['/app', '/app/', '/app2', '/app/nested'];
    const [app, same, other, nested] = names.map((prefix) => connect({ prefix }));
    const listener = new RecordingListener();
    await other!.watch('', listener).ready;
    await put(app!, 'a', 'app');
    await put(other!, 'a', 'other');
    expect((await same!.get('a'))?.value.toString()).toBe('app');
    expect((await other!.get('a'))?.value.toString()).toBe('other');
    expect(await nested!.get('a')).toBeUndefined();
    await app!.txn({ compare: [], success: [{ type: 'deletePrefix', prefix: '' }] });
    const { entries, revision } = await other!.range('');
    expect(entries.map(({ key }) => key)).toEqual(['a']);
    await listener.reaches(revision - 1);
    expect(listener.changed.map(({ changes }) => changes)).toEqual([['put a other']]);
  });

  describe('when etcd is killed and comes back', () => {
    test(
      'a watch goes on without missing, doubling or reordering anything',
      async () => {
        const store = connect();
        const writer = connect();
        const listener = new RecordingListener();
        await store.watch('', listener).ready;
        await put(writer, 'a', '1');
        await put(writer, 'b', '1');
        for (let round = 2; round < 4; round++) {
          await server.kill();
          await server.restart();
          await putSoon(writer, 'a', String(round));
        }
        const { revision } = await putSoon(writer, 'b', '9');
        await listener.reaches(revision);
        const changes = listener.changed.flatMap((change) => change.changes);
        // A repeated put may have been applied twice, by the server.
        expect([...new Set(changes)]).toEqual(['put a 1', 'put b 1', 'put a 2', 'put a 3', 'put b 9']);
        expect(listener.snapshots).toHaveLength(1);
      },
      SLOW,
    );

    test(
      'a lease lives on, and counts as valid only as far as etcd has confirmed (I4)',
      async () => {
        let failedKeepAlives = 0;
        const logger: Logger = {
          ...silentLogger,
          warn: ({ event }) => (failedKeepAlives += +(event === 'lease_keepalive_failed')),
        };
        const store = connect({ callTimeoutMs: 500 }, logger);
        const lease = await store.grantLease(6_000);
        await put(store, 'leased', '', lease);
        await server.kill();
        const confirmed = lease.validUntil;
        await expect(store.get('leased')).rejects.toThrow(MetadataUnavailableError);
        await becomes(() => failedKeepAlives >= 2);
        expect(lease.validUntil).toBe(confirmed);
        await server.restart();
        await becomes(() => lease.validUntil > confirmed);
        expect(await store.get('leased')).toBeDefined();
        expect(lease.validUntil).toBeLessThanOrEqual(performance.now() + 6_000);
        await lease.revoke();
        expect(await store.get('leased')).toBeUndefined();
      },
      SLOW,
    );
  });

  test(
    'a lease that is kept outlives its TTL, one that is not ends with its keys',
    async () => {
      const store = connect();
      const holder = connect();
      const listener = new RecordingListener();
      await store.watch('', listener).ready;
      await put(store, 'kept', '', await store.grantLease(2_000));
      await put(holder, 'left', '', await holder.grantLease(2_000));
      await holder.close();
      await listener.until(() => listener.mirror.has('left'));
      await listener.until(() => !listener.mirror.has('left'));
      expect(await store.get('kept')).toBeDefined();
    },
    SLOW,
  );

  test(
    'a holder that was cut off for longer than the TTL learns that its lease is lost (I4)',
    async () => {
      const proxy = await TcpProxy.start(server.port);
      const holder = connect({ endpoints: [`127.0.0.1:${proxy.port}`], callTimeoutMs: 500 });
      const lease = await holder.grantLease(2_000);
      const store = connect();
      const listener = new RecordingListener();
      await put(holder, 'leased', '', lease);
      await store.watch('', listener).ready;
      proxy.freeze();
      await listener.until(() => !listener.mirror.has('leased'));
      expect(lease.validUntil).toBeLessThan(performance.now());
      proxy.restore();
      await lease.lost;
      await proxy.stop();
    },
    SLOW,
  );

  test(
    'compaction of what a watch has missed leads to a new snapshot',
    async () => {
      const proxy = await TcpProxy.start(server.port);
      const store = connect({ endpoints: [`127.0.0.1:${proxy.port}`] });
      const writer = connect();
      const listener = new RecordingListener();
      await put(writer, 'gone', '1');
      await store.watch('', listener).ready;
      proxy.cut();
      await put(writer, 'a', '1');
      await writer.txn({ compare: [], success: [{ type: 'delete', key: 'gone' }] });
      const { revision } = await put(writer, 'a', '2');
      await server.etcdctl('compact', String(revision));
      proxy.restore();
      await listener.reaches(revision);
      expect(listener.snapshots).toHaveLength(2);
      expect([...listener.mirror]).toEqual([['a', '2']]);
      expect(listener.changed).toEqual([]);
      const next = await put(writer, 'a', '3');
      await listener.reaches(next.revision);
      expect([...listener.mirror]).toEqual([['a', '3']]);
      await proxy.stop();
    },
    SLOW,
  );

  describe('without an answer', () => {
    test('calls fail as unavailable when nothing listens', async () => {
      const store = connect({ endpoints: [`127.0.0.1:${await freePort()}`] });
      await expect(store.check()).rejects.toThrow(MetadataUnavailableError);
      await expect(put(store, 'a', '')).rejects.toThrow(MetadataUnavailableError);
      await expect(store.grantLease(1_000)).rejects.toThrow(MetadataUnavailableError);
    });

    test(
      'calls fail as unavailable in time when the server hangs',
      async () => {
        const proxy = await TcpProxy.start(server.port);
        const store = connect({ endpoints: [`127.0.0.1:${proxy.port}`], callTimeoutMs: 300 });
        await store.check();
        proxy.freeze();
        const begin = performance.now();
        const results = await Promise.allSettled([
          store.get('a'),
          store.range(''),
          put(store, 'a', ''),
          store.check(),
          store.grantLease(1_000),
        ]);
        for (const result of results) {
          expect(result).toMatchObject({ reason: { name: 'MetadataUnavailableError' } });
        }
        expect(performance.now() - begin).toBeLessThan(10_000);
        proxy.restore();
        await store.check();
        await proxy.stop();
      },
      SLOW,
    );

    test(
      'another endpoint is used',
      async () => {
        const store = connect({
          endpoints: [`127.0.0.1:${await freePort()}`, server.endpoint.slice('http://'.length)],
        });
        let failures = 0;
        for (let index = 0; index < 20; index++) await store.get('a').catch(() => (failures += 1));
        expect(failures).toBeLessThanOrEqual(1);
      },
      SLOW,
    );
  });

  test('what etcd refuses is an error of its own', async () => {
    const store = connect();
    await expect(put(store, 'a', 'x'.repeat(2_000_000))).rejects.toThrow(MetadataStoreError);
    await expect(put(store, 'a', 'x'.repeat(2_000_000))).rejects.toThrow('request is too large');
  });
});

describeWithTools(['etcd'], 'EtcdMetadataStore and a server of another kind', () => {
  const started: { stop(): Promise<void> }[] = [];

  async function start(options: Parameters<typeof startEtcd>[0]): Promise<EtcdServer> {
    const server = await startEtcd(options);
    started.push(server);
    return server;
  }

  function connect(options: Omit<EtcdOptions, 'prefix'>): EtcdMetadataStore {
    const store = new EtcdMetadataStore({ prefix: '/kafscale/', ...options }, silentLogger);
    started.push({ stop: () => store.close() });
    return store;
  }

  afterEach(async () => {
    for (const each of started.reverse()) await each.stop();
    started.length = 0;
  });

  test(
    'with users: needs the right password, and survives a restart of etcd',
    async () => {
      const server = await start({});
      await server.etcdctl('user', 'add', 'root:secret');
      await server.etcdctl('user', 'grant-role', 'root', 'root');
      await server.etcdctl('auth', 'enable');
      const endpoints = [server.endpoint];
      const store = connect({ endpoints, credentials: { username: 'root', password: 'secret' } });
      await put(store, 'a', '1');
      const listener = new RecordingListener();
      await store.watch('', listener).ready;

      await expect(connect({ endpoints }).check()).rejects.toThrow('user name is empty');
      const wrong = connect({ endpoints, credentials: { username: 'root', password: 'wrong' } });
      await expect(wrong.check()).rejects.toThrow(MetadataStoreError);
      await expect(wrong.check()).rejects.toThrow('invalid user ID or password');

      const watcher = connect({ endpoints, credentials: { username: 'root', password: 'secret' } });
      const mirror = new RecordingListener();
      await watcher.watch('', mirror).ready;
      const lease = await watcher.grantLease(6_000);
      const confirmed = lease.validUntil;
      await server.kill();
      await server.restart();
      await becomes(async () => (await store.get('a').catch(() => undefined)) !== undefined);
      const { revision } = await put(store, 'a', '2');
      await listener.reaches(revision);
      // Whoever has nothing but streams gets along too.
      await mirror.reaches(revision);
      await becomes(() => lease.validUntil > confirmed);
    },
    SLOW,
  );

  test(
    'with TLS: trusts the given authority only',
    async () => {
      const server = await start({ autoTls: true });
      const endpoints = [server.endpoint];
      const store = connect({ endpoints, tls: { ca: await readFile(server.certificateFile) } });
      await put(store, 'a', '1');
      await expect(connect({ endpoints, callTimeoutMs: 1_000 }).check()).rejects.toThrow(/certificate/);
    },
    SLOW,
  );

  test(
    'without space left: says so',
    async () => {
      const server = await start({ args: ['--quota-backend-bytes', '1000000'] });
      const store = connect({ endpoints: [server.endpoint] });
      const fill = async () => {
        for (let index = 0; index < 100; index++) await put(store, `a/${index}`, 'x'.repeat(100_000));
      };
      await expect(fill()).rejects.toThrow('etcd has no space left');
      await expect(fill()).rejects.toThrow(MetadataStoreError);
    },
    SLOW,
  );
});

/** Resolves when the condition holds, which is looked at every 20 ms. */
async function becomes(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
