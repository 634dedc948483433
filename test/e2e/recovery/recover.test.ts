/** `kafscale recover`: a metadata store that was restored from an older copy, or lost, beside a bucket that is whole. */
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { spawnBroker, startBroker } from '../../support/broker.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { runProcess } from '../../support/process.js';
import { startSeaweedFs, type SeaweedFs } from '../../support/seaweedfs.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';

jest.setTimeout(180_000);

const program = join(import.meta.dirname, '..', '..', '..', 'bin', 'kafscale.js');
const PARTITIONS = 3;

describeWithTools(['seaweedfs', 'etcd'], 'I1: a bucket whose metadata store is behind it', () => {
  let s3: SeaweedFs;
  let etcd: EtcdServer;
  let env: Record<string, string>;
  let run = 0;

  beforeAll(async () => {
    s3 = await startSeaweedFs();
    await s3.createBucket('records');
  }, 60_000);

  beforeEach(async () => {
    etcd = await startEtcd();
    env = {
      KAFSCALE_DATA_DIR: join(tmpdir(), 'kafscale-unused'),
      KAFSCALE_S3_BUCKET: 'records',
      KAFSCALE_S3_REGION: 'us-east-1',
      KAFSCALE_S3_ENDPOINT: s3.endpoint,
      KAFSCALE_S3_ACCESS_KEY: s3.credentials.accessKeyId,
      KAFSCALE_S3_SECRET_KEY: s3.credentials.secretAccessKey,
      KAFSCALE_S3_NAMESPACE: `run-${(run += 1)}`,
      KAFSCALE_ETCD_ENDPOINTS: etcd.endpoint,
    };
  }, 60_000);

  afterEach(() => etcd.stop());
  afterAll(() => s3.stop());

  test('restored from a copy: no broker serves; after the recovery nothing acknowledged is missing', async () => {
    await withBroker('kill', async (kafka) => {
      await produce(kafka, 'orders', 0, 100);
      await commitOffset(kafka, 'billing', 'orders', '10');
      await etcd.copyData();
      // The broker goes on, and so do its clients.
      await produce(kafka, 'orders', 100, 300);
      await produce(kafka, 'created-later', 0, 50);
      await commitOffset(kafka, 'billing', 'orders', '20');
    });
    await etcd.restoreCopy();

    expect(await failedStart()).toMatch(/restored from an older copy.*kafscale recover/);
    const plan = JSON.parse(await recover('--json')) as { partitions: unknown[]; groups: object; problems: string[] };
    expect(plan.problems).toEqual([]);
    expect(plan.partitions).toHaveLength(2 * PARTITIONS);
    expect(Object.keys(plan.groups)).toEqual(['billing']);
    expect(await failedStart()).toContain('kafscale recover');
    expect(await recover('--apply')).toMatch(/Group billing: offsets committed after .* are lost[^]*Done/);

    await withBroker('stop', async (kafka) => {
      expect(await readAll(kafka, 'orders', 300)).toEqual(values(0, 300));
      expect(await readAll(kafka, 'created-later', 50)).toEqual(values(0, 50));
      await produce(kafka, 'orders', 300, 320);
      expect(await readAll(kafka, 'orders', 320)).toEqual(values(0, 320));
    });
    // What was recovered stays, and the metadata store is in step with the bucket again.
    await withBroker('stop', async (kafka) => {
      expect(await readAll(kafka, 'orders', 320)).toEqual(values(0, 320));
    });
  });

  test('lost altogether: it is rebuilt from the bucket, with topics, ids and offsets', async () => {
    const described = await withBroker('kill', async (kafka) => {
      await produce(kafka, 'orders', 0, 200);
      return clusterOf(kafka);
    });
    await etcd.restoreCopy();

    expect(await failedStart()).toMatch(/is empty, but namespace.*kafscale recover/);
    expect(await recover('--apply')).toMatch(/No offsets of groups are known[^]*Done/);

    await withBroker('stop', async (kafka) => {
      expect(await clusterOf(kafka)).toBe(described);
      expect(await readAll(kafka, 'orders', 200)).toEqual(values(0, 200));
      await produce(kafka, 'orders', 200, 210);
      expect(await readAll(kafka, 'orders', 210)).toEqual(values(0, 210));
    });
  });

  async function withBroker<T>(end: 'kill' | 'stop', work: (kafka: Kafka) => Promise<T>): Promise<T> {
    const broker = await startBroker(env);
    try {
      const kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 30 } });
      return await work(kafka);
    } finally {
      await broker[end]();
    }
  }

  /** @returns what the broker logged before it ended */
  async function failedStart(): Promise<string> {
    const { process: server } = await spawnBroker(env);
    const code = await server.exited();
    expect(code).toBe(1);
    return server.log;
  }

  /** Once the lease of the broker that was killed is over. */
  function recover(...args: readonly string[]): Promise<string> {
    return until(
      'the recovery',
      async () => {
        try {
          const options = { env: { ...env, KAFSCALE_LOG_LEVEL: 'silent' }, timeoutMs: 60_000 };
          return (await runProcess(process.execPath, [program, 'recover', ...args], options)).stdout;
        } catch (error) {
          if (String(error).includes('broker(s) are registered')) return undefined;
          throw error;
        }
      },
      60_000,
    );
  }
});

function values(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `value ${from + index}`).sort();
}

async function produce(kafka: Kafka, topic: string, from: number, to: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (let at = from; at < to; at += 10) {
    const messages = Array.from({ length: 10 }, (_, index) => ({ key: `${index}`, value: `value ${at + index}` }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

async function commitOffset(kafka: Kafka, groupId: string, topic: string, offset: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset }] });
  await admin.disconnect();
}

async function clusterOf(kafka: Kafka): Promise<string> {
  const admin = kafka.admin();
  await admin.connect();
  const { clusterId } = await admin.describeCluster();
  await admin.disconnect();
  return clusterId;
}

async function readAll(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: `reader-${topic}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const read: string[] = [];
  await consumer.run({
    eachMessage: ({ message }) => {
      read.push(message.value?.toString() ?? '');
      return Promise.resolve();
    },
  });
  await until(`${count} records of ${topic}`, () => Promise.resolve(read.length >= count ? true : undefined), 60_000);
  await consumer.disconnect();
  return read.sort();
}
