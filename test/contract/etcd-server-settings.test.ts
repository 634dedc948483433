import { afterEach, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { silentLogger } from '../../src/logging/logger.js';
import type { EtcdOptions } from '../../src/metadata/etcd-client.js';
import { EtcdMetadataStore } from '../../src/metadata/etcd-metadata-store.js';
import { MetadataStoreError, MetadataUnavailableError } from '../../src/metadata/metadata-store.js';
import { startEtcd, type EtcdServer } from '../support/etcd.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { describeWithTools } from '../support/tools.js';
import { becomes, putValue as put } from './metadata-store-harness.js';
import { RecordingListener } from './recording-listener.js';

const SLOW = 60_000;

describeWithTools(['etcd'], 'EtcdMetadataStore and a server with users, TLS or a quota', () => {
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

  describe('with users', () => {
    const credentials = { username: 'root', password: 'secret' };

    async function startWithUsers(...args: string[]): Promise<EtcdServer> {
      const server = await start({ args });
      await server.etcdctl('user', 'add', 'root:secret');
      await server.etcdctl('user', 'grant-role', 'root', 'root');
      await server.etcdctl('auth', 'enable');
      return server;
    }

    test(
      'needs the right password',
      async () => {
        const { endpoint } = await startWithUsers();
        const endpoints = [endpoint];
        await put(connect({ endpoints, credentials }), 'a', '1');
        await expect(connect({ endpoints }).check()).rejects.toThrow('user name is empty');
        const wrong = connect({ endpoints, credentials: { ...credentials, password: 'wrong' } });
        await expect(wrong.check()).rejects.toThrow(MetadataStoreError);
        await expect(wrong.check()).rejects.toThrow('invalid user ID or password');
      },
      SLOW,
    );

    test(
      'a store with nothing but streams gets over an expired token',
      async () => {
        const server = await startWithUsers('--auth-token-ttl', '1');
        const proxy = await TcpProxy.start(server.port);
        started.push(proxy);
        const watcher = connect({ endpoints: [`127.0.0.1:${proxy.port}`], credentials });
        const listener = new RecordingListener();
        await watcher.watch('', listener).ready;
        const lease = await watcher.grantLease(6_000);
        // etcd tells nobody that it has dropped a token; it does so within a second after the TTL.
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        proxy.cut();
        proxy.restore();
        const confirmed = lease.validUntil;
        const { revision } = await put(connect({ endpoints: [server.endpoint], credentials }), 'a', '1');
        await listener.reaches(revision);
        await becomes(() => lease.validUntil > confirmed);
      },
      SLOW,
    );
  });

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
    'without space left: says so, as of what may be tried again',
    async () => {
      const server = await start({ args: ['--quota-backend-bytes', '1000000'] });
      const store = connect({ endpoints: [server.endpoint] });
      const fill = async () => {
        for (let index = 0; index < 100; index++) await put(store, `a/${index}`, 'x'.repeat(100_000));
      };
      await expect(fill()).rejects.toThrow('etcd has no space left');
      await expect(fill()).rejects.toThrow(MetadataUnavailableError);
      expect(await store.get('a/0')).toBeDefined();
    },
    SLOW,
  );
});
