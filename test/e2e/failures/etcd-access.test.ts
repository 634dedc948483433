import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { buildRecordBatch } from '../../../src/protocol/records/build-batch.js';
import { DeleteTopics, ListOffsets, Metadata, Produce } from '../../../src/protocol/schema/index.js';
import { spawnBroker, startBroker, type RunningBroker } from '../../support/broker.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { describeWithTools } from '../../support/tools.js';
import { createTopic } from '../../support/topics.js';
import { until } from '../../support/until.js';
import { WireClient } from '../../support/wire-client.js';
import { keysIn } from './loaded-brokers.js';

const TIMEOUT_MS = 120_000;

describeWithTools(['etcd'], 'an etcd that others use too', () => {
  let folder: string;
  let etcd: EtcdServer | undefined;
  let brokers: RunningBroker[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafscale-access-'));
    brokers = [];
  });

  afterEach(async () => {
    await Promise.all(brokers.map((broker) => broker.kill()));
    await etcd?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = ({ endpoint }: EtcdServer) => ({
    KAFSCALE_DATA_DIR: folder,
    KAFSCALE_ALLOW_MIXED_STORES: 'true',
    KAFSCALE_ETCD_ENDPOINTS: endpoint,
  });

  test(
    'two clusters under prefixes of their own see nothing of each other, though brokers and topics have the same names',
    async () => {
      etcd = await startEtcd();
      const names = ['one', 'one-b'];
      for (const name of names) {
        const own = { KAFSCALE_ETCD_PREFIX: `/${name}/`, KAFSCALE_S3_NAMESPACE: name, KAFSCALE_BROKER_ID: '0' };
        brokers.push(await startBroker({ ...settings(etcd), ...own }));
      }
      const [one, other] = brokers.map(({ bootstrap }) => bootstrap) as [string, string];
      await createTopic(one, 'topic', 1);
      expect(await topicsOf(other)).toEqual([]);
      await createTopic(other, 'topic', 1);
      await produce(one, 'topic');
      await produce(one, 'topic');
      await produce(other, 'topic');
      expect(await endOf(one, 'topic')).toBe(2);
      expect(await endOf(other, 'topic')).toBe(1);
      expect(await clusterOf(one)).toMatchObject({ ports: [portOf(one)] });
      expect(await clusterOf(other)).toMatchObject({ ports: [portOf(other)] });
      expect((await clusterOf(one)).clusterId).not.toBe((await clusterOf(other)).clusterId);

      await deleteTopic(one, 'topic');
      await until('the end of the topic', async () => ((await topicsOf(one)).length === 0 ? true : undefined));
      await produce(other, 'topic');
      expect(await endOf(other, 'topic')).toBe(2);
      const all = await keysIn(etcd.endpoint, '/');
      expect(all.filter((key) => !names.some((name) => key.startsWith(`/${name}/`)))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'over TLS, as a user who may use the prefix alone',
    async () => {
      etcd = await startEtcd({ autoTls: true });
      await addUsers(etcd);
      const access = {
        ...settings(etcd),
        KAFSCALE_ETCD_TLS_CA_FILE: etcd.certificateFile,
        KAFSCALE_ETCD_USERNAME: 'kafscale',
        KAFSCALE_ETCD_PASSWORD: 'secret',
      };
      const logs = await Promise.all([
        failedStart({ ...access, KAFSCALE_ETCD_PASSWORD: 'wrong' }),
        failedStart({ ...access, KAFSCALE_ETCD_PREFIX: '/elsewhere/' }),
        failedStart({ ...access, KAFSCALE_ETCD_TLS_CA_FILE: '' }),
      ]);
      expect(logs).toEqual([
        expect.stringContaining('invalid user ID or password'),
        expect.stringContaining('permission denied'),
        expect.stringContaining('certificate'),
      ]);
      brokers.push(await startBroker({ ...access, KAFSCALE_BROKER_ID: '0' }));
      brokers.push(await startBroker({ ...access, KAFSCALE_BROKER_ID: '1' }));
      const [one, other] = brokers.map(({ bootstrap }) => bootstrap) as [string, string];
      await createTopic(one, 'topic', 2);
      expect((await clusterOf(other)).ports.sort()).toEqual([portOf(one), portOf(other)].sort());
      // What leads nothing any more gives its place in the cluster back.
      await brokers[1]!.stop();
      await until('one broker', async () => ((await clusterOf(one)).ports.length === 1 ? true : undefined));
      await until(
        'all leaders',
        async () => (await produceIfLed(one, 'topic', 0)) && (await produceIfLed(one, 'topic', 1)),
      );
    },
    TIMEOUT_MS,
  );
});

/** A user `kafscale` who may read and write the default prefix. */
async function addUsers(etcd: EtcdServer): Promise<void> {
  await etcd.etcdctl('user', 'add', 'root:root');
  await etcd.etcdctl('user', 'grant-role', 'root', 'root');
  await etcd.etcdctl('role', 'add', 'kafscale');
  await etcd.etcdctl('role', 'grant-permission', 'kafscale', 'readwrite', '/kafscale/', '--prefix=true');
  await etcd.etcdctl('user', 'add', 'kafscale:secret');
  await etcd.etcdctl('user', 'grant-role', 'kafscale', 'kafscale');
  await etcd.etcdctl('auth', 'enable');
}

/** Starts a broker that can't start. @returns all that it says */
async function failedStart(env: Readonly<Record<string, string>>): Promise<string> {
  const { process } = await spawnBroker({ ...env, KAFSCALE_STARTUP_TIMEOUT_SEC: '1' });
  try {
    expect(await process.exited()).toBe(1);
    return process.log;
  } finally {
    await process.kill('SIGKILL');
  }
}

async function withClient<T>(bootstrap: string, use: (client: WireClient) => Promise<T>): Promise<T> {
  const client = await WireClient.connect(bootstrap);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const portOf = (bootstrap: string) => Number(bootstrap.split(':')[1]);

async function clusterOf(bootstrap: string): Promise<{ readonly clusterId: string | null; readonly ports: number[] }> {
  const { clusterId, brokers } = await withClient(bootstrap, (client) => client.send(Metadata, 9, { topics: [] }));
  return { clusterId, ports: brokers.map(({ port }) => port) };
}

async function topicsOf(bootstrap: string): Promise<readonly (string | null)[]> {
  const { topics } = await withClient(bootstrap, (client) => client.send(Metadata, 9, { topics: null }));
  return topics.map(({ name }) => name);
}

async function produce(bootstrap: string, topic: string): Promise<void> {
  if ((await produceIfLed(bootstrap, topic, 0)) !== true) throw new Error(`${topic} was not written to`);
}

/** Produces one record. @returns undefined when the broker doesn't lead the partition */
async function produceIfLed(bootstrap: string, name: string, index: number): Promise<true | undefined> {
  const records = buildRecordBatch({ records: [{ value: 'value', timestamp: Date.now() }] });
  const topicData = [{ name, partitionData: [{ index, records }] }];
  const request = { transactionalId: null, acks: -1, timeoutMs: 5_000, topicData };
  const { responses } = await withClient(bootstrap, (client) => client.send(Produce, 9, request));
  return responses[0]?.partitionResponses[0]?.errorCode === ErrorCode.NONE ? true : undefined;
}

async function endOf(bootstrap: string, name: string): Promise<number | undefined> {
  const request = { replicaId: -1, topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1 }] }] };
  const { topics } = await withClient(bootstrap, (client) => client.send(ListOffsets, 5, request));
  return topics[0]?.partitions[0]?.offset;
}

async function deleteTopic(bootstrap: string, name: string): Promise<void> {
  const request = { topicNames: [name], timeoutMs: 10_000 };
  const { responses } = await withClient(bootstrap, (client) => client.send(DeleteTopics, 5, request));
  expect(responses[0]?.errorCode).toBe(ErrorCode.NONE);
}
