import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { Metadata } from '../../../src/protocol/schema/index.js';
import type { StartingBroker } from '../../support/broker.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { describeWithTools } from '../../support/tools.js';
import { createTopic } from '../../support/topics.js';
import { until } from '../../support/until.js';
import { WireClient } from '../../support/wire-client.js';
import { incarnationsIn, keysIn, LoadedBrokers } from './loaded-brokers.js';

/** Longer than the lease of a broker, 10 s. */
const BEYOND_LEASE_MS = 12_000;
const TIMEOUT_MS = 180_000;

describeWithTools(['etcd'], 'I1 I3 I4 I8: two brokers at work while etcd is in trouble', () => {
  let etcd: EtcdServer;
  let proxies: readonly TcpProxy[];
  let loaded: LoadedBrokers;

  beforeEach(async () => {
    etcd = await startEtcd();
    proxies = await Promise.all([TcpProxy.start(etcd.port), TcpProxy.start(etcd.port)]);
    loaded = await LoadedBrokers.start({ etcd: proxies.map(({ port }) => `http://127.0.0.1:${port}`) });
  }, TIMEOUT_MS);

  afterEach(async () => {
    await loaded.stop();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await etcd.stop();
  });

  test(
    'a watch is lost, and what it missed is compacted: the broker learns it all, under its incarnation',
    async () => {
      const before = await incarnationsIn(etcd.endpoint);
      for (const topic of ['missed', 'compacted']) {
        proxies[0]!.cut();
        const created = createTopic(loaded.brokers[1]!.bootstrap, topic, 2);
        await until('the topic', async () => {
          const keys = await keysIn(etcd.endpoint, `/kafscale/topics/${topic}/`);
          return keys.length > 0 ? true : undefined;
        });
        if (topic === 'compacted') await compactAll(etcd);
        proxies[0]!.restore();
        await created;
        await until('the topic at the other broker', () => knows(loaded.brokers[0]!, topic));
      }
      await loaded.progress();
      expect(await loaded.finish()).toEqual([]);
      expect(await incarnationsIn(etcd.endpoint)).toEqual(before);
    },
    TIMEOUT_MS,
  );

  test(
    'every answer takes 300 to 900 ms: slower, and nothing worse; leases survive',
    async () => {
      const before = await incarnationsIn(etcd.endpoint);
      const vary = () => proxies.forEach((proxy) => proxy.slowDown(150 + 300 * Math.random()));
      vary();
      const timer = setInterval(vary, 500);
      try {
        const longEnough = delay(BEYOND_LEASE_MS);
        await createTopic(loaded.brokers[0]!.bootstrap, 'slowly', 2);
        await longEnough;
        await loaded.progress();
      } finally {
        clearInterval(timer);
        for (const proxy of proxies) proxy.restore();
      }
      expect(await loaded.finish()).toEqual([]);
      expect(await incarnationsIn(etcd.endpoint)).toEqual(before);
    },
    TIMEOUT_MS,
  );

  test(
    'etcd is away for longer than the lease: they acknowledge nothing, show what is committed, and come back by themselves',
    async () => {
      const before = await incarnationsIn(etcd.endpoint);
      for (const proxy of proxies) proxy.cut();
      await delay(BEYOND_LEASE_MS);
      for (const broker of loaded.brokers) {
        const { status } = await fetch(`http://${broker.httpAddress}/readyz`);
        expect(status).toBe(503);
      }
      const { acknowledged } = loaded.recorder;
      await delay(1_000);
      expect(loaded.recorder.acknowledged).toBe(acknowledged);
      // What is committed stays so, whoever leads.
      expect(await loaded.readMeanwhile()).toBeGreaterThanOrEqual(acknowledged);
      for (const proxy of proxies) proxy.restore();
      await loaded.progress();
      expect(await loaded.finish()).toEqual([]);
      for (const { process } of loaded.brokers) expect(process.running).toBe(true);
      const after = await incarnationsIn(etcd.endpoint);
      expect(after).toHaveLength(2);
      expect(after.filter((incarnation) => before.includes(incarnation))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

/** Compacts up to now. */
async function compactAll(etcd: EtcdServer): Promise<void> {
  const revision = /"revision":(\d+)/.exec(await etcd.etcdctl('get', 'none', '-w', 'json'))?.[1];
  await etcd.etcdctl('compact', revision!);
}

/** Whether a broker shows a topic, and a leader of each of its partitions. */
async function knows({ bootstrap }: StartingBroker, topic: string): Promise<true | undefined> {
  const client = await WireClient.connect(bootstrap);
  try {
    const request = { topics: [{ name: topic }], allowAutoTopicCreation: false };
    const [shown] = (await client.send(Metadata, 9, request)).topics;
    const hasLeaders = shown?.partitions.every(({ errorCode }) => errorCode === ErrorCode.NONE);
    return shown?.errorCode === ErrorCode.NONE && hasLeaders === true ? true : undefined;
  } finally {
    client.close();
  }
}
