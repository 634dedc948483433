import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { silentLogger, type Logger } from '../../src/logging/logger.js';
import type { EtcdOptions } from '../../src/metadata/etcd-client.js';
import { EtcdMetadataStore } from '../../src/metadata/etcd-metadata-store.js';
import { MetadataStoreError, MetadataUnavailableError } from '../../src/metadata/metadata-store.js';
import type { MetadataStore } from '../../src/metadata/metadata-store.js';
import { startEtcd, type EtcdServer } from '../support/etcd.js';
import { freePort } from '../support/ports.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { describeWithTools } from '../support/tools.js';
import { becomes, putValue as put } from './metadata-store-harness.js';
import { RecordingListener } from './recording-listener.js';

const SLOW = 60_000;

describeWithTools(['etcd', 'etcd-current'], 'EtcdMetadataStore and its server', () => {
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
    server = await startEtcd({ current: true });
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
    'a lease is kept without a gap while one of the endpoints stands still',
    async () => {
      const proxy = await TcpProxy.start(server.port);
      const store = connect({ endpoints: [`127.0.0.1:${proxy.port}`, server.endpoint.slice('http://'.length)] });
      // Which endpoint is asked first is left to chance.
      const leases = await Promise.all(Array.from({ length: 40 }, () => store.grantLease(4_000)));
      const lapsed = () => leases.filter(({ validUntil }) => validUntil < performance.now()).length;
      proxy.freeze();
      const end = performance.now() + 8_000;
      await becomes(() => performance.now() > end || lapsed() > 0);
      expect(lapsed()).toBe(0);
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
