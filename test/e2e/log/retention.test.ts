import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, ListObjectsV2Command, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Admin } from '@platformatic/kafka';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { Fetch } from '../../../src/protocol/schema/index.js';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { confluent } from '../../support/clients/programs.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { startSeaweedFs, type SeaweedFs } from '../../support/seaweedfs.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';
import { WireClient } from '../../support/wire-client.js';

jest.setTimeout(180_000);

const BUCKET = 'records';
const PATIENCE_MS = 60_000;
/** Everything that takes minutes takes a second or two. */
const SETTINGS = {
  KAFSCALE_SEGMENT_BYTES: '1Mi',
  KAFSCALE_WAL_OBJECT_BYTES: '64Ki',
  KAFSCALE_COMPACT_AFTER_SEC: '1',
  KAFSCALE_COMPACTION_PUTS_PER_SEC: '1000',
  KAFSCALE_RETENTION_CHECK_INTERVAL_MS: '500',
  KAFSCALE_DELETE_GRACE_SEC: '2',
  KAFSCALE_CACHE_BYTES: '0',
};

describeWithTools(['seaweedfs', 'etcd', ...confluent.tools], 'what is not needed any more', () => {
  let s3: SeaweedFs;
  let etcd: EtcdServer;
  let client: S3Client;
  let broker: RunningBroker;
  let env: Record<string, string>;
  beforeAll(async () => {
    [s3, etcd] = await Promise.all([startSeaweedFs(), startEtcd()]);
    await s3.createBucket(BUCKET);
    const region = 'us-east-1';
    client = new S3Client({ endpoint: s3.endpoint, region, credentials: s3.credentials, forcePathStyle: true });
    env = {
      ...SETTINGS,
      // Nothing is written there; the setting only keeps the default away.
      KAFSCALE_DATA_DIR: join(tmpdir(), 'kafscale-unused'),
      KAFSCALE_S3_BUCKET: BUCKET,
      KAFSCALE_S3_REGION: region,
      KAFSCALE_S3_ENDPOINT: s3.endpoint,
      KAFSCALE_S3_ACCESS_KEY: s3.credentials.accessKeyId,
      KAFSCALE_S3_SECRET_KEY: s3.credentials.secretAccessKey,
      KAFSCALE_S3_NAMESPACE: randomBytes(4).toString('hex'),
      KAFSCALE_ETCD_ENDPOINTS: `http://127.0.0.1:${etcd.port}`,
    };
    broker = await startBroker(env);
  }, 90_000);
  afterAll(async () => {
    await broker.stop();
    client.destroy();
    await Promise.all([s3.stop(), etcd.stop()]);
  });

  /** Keys of the bucket below the namespace. */
  async function keys(prefix: string): Promise<string[]> {
    const namespace = `${env['KAFSCALE_S3_NAMESPACE']}/`;
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: namespace + prefix }),
    );
    return Contents.map(({ Key = '' }) => Key.slice(namespace.length));
  }

  async function withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin({ clientId: 'retention', bootstrapBrokers: [broker.bootstrap] });
    try {
      return await use(admin);
    } finally {
      await admin.close();
    }
  }

  async function createTopic(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await withAdmin((admin) => admin.createTopics({ topics: [topic], partitions: 1, replicas: 1, configs: entries }));
  }

  /** Where the partition begins. */
  async function logStart(topic: string): Promise<number> {
    return withAdmin(async (admin) => {
      const partitions = [{ partitionIndex: 0, timestamp: -2n }];
      const [offsets] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
      return Number(offsets!.partitions[0]!.offset);
    });
  }

  async function produce(topic: string, count: number): Promise<void> {
    const records = Array.from({ length: count }, (_, index) => ({
      partition: 0,
      key: `${index}`,
      value: { repeat: 'x', times: 20_000 },
    }));
    await confluent.run(broker.bootstrap, [{ op: 'produce', topic, codec: 'none', records }]);
  }

  /** What a consumer is told that fetches from an offset. */
  async function fetchError(topic: string, fetchOffset: number): Promise<number> {
    const wire = await WireClient.connect(broker.bootstrap);
    try {
      const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1 << 20 }];
      const limits = { maxWaitMs: 500, minBytes: 1, maxBytes: 1 << 20 };
      const answer = await wire.send(Fetch, 12, { ...limits, topics: [{ topic, partitions }] });
      return answer.responses[0]!.partitions[0]!.errorCode;
    } finally {
      wire.close();
    }
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`http://${broker.httpAddress}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  }

  test('old segments leave the bucket, the log start moves, and a restart keeps it', async () => {
    await createTopic('aging', { 'retention.ms': '8000' });
    await produce('aging', 50);
    await until('segments', async () => ((await keys('aging/')).length > 0 ? true : undefined), PATIENCE_MS);
    await until('the log start', async () => ((await logStart('aging')) === 50 ? true : undefined), PATIENCE_MS);
    await until('an empty folder', async () => ((await keys('aging/')).length === 0 ? true : undefined), PATIENCE_MS);
    expect(await metric('kafscale_log_start_moves_total{reason="time"}')).toBeGreaterThan(0);
    expect(await metric('kafscale_removed_objects_total{reason="retired"}')).toBeGreaterThan(1);
    await broker.stop();
    broker = await startBroker(env);
    expect(await logStart('aging')).toBe(50);
    await produce('aging', 1);
    const step = { op: 'consume', topic: 'aging', partitions: [0], from: 'beginning', count: 1 } as const;
    const [result] = await confluent.run(broker.bootstrap, [step]);
    expect(result!.records.map(({ offset }) => offset)).toEqual([50]);
  });

  test('by size: the newest segments stay, and can be read', async () => {
    await createTopic('sized', { 'retention.ms': '-1', 'retention.bytes': '2000000' });
    for (let round = 0; round < 4; round += 1) {
      await produce('sized', 60);
      const segments = round + 1;
      await until('segments', async () => ((await keys('sized/')).length >= segments ? true : undefined), PATIENCE_MS);
    }
    const start = await until(
      'the log start',
      async () => {
        const offset = await logStart('sized');
        return offset > 60 ? offset : undefined;
      },
      PATIENCE_MS,
    );
    expect(start).toBeLessThan(200);
    const count = 240 - start;
    const step = { op: 'consume', topic: 'sized', partitions: [0], from: 'beginning', count } as const;
    const [result] = await confluent.run(broker.bootstrap, [step]);
    expect(result!.records[0]!.offset).toBeGreaterThanOrEqual(start);
    expect(result!.records.at(-1)!.offset).toBe(239);
  });

  test('the WAL stays small under constant traffic', async () => {
    await createTopic('busy', {});
    for (let round = 0; round < 8; round += 1) await produce('busy', 40);
    const removed = await metric('kafscale_removed_objects_total{reason="wal"}');
    await until(
      'WAL objects to be deleted',
      async () => {
        const left = await keys('_kafscale/wal/');
        return left.length === 0 ? true : undefined;
      },
      PATIENCE_MS,
    );
    expect(await metric('kafscale_removed_objects_total{reason="wal"}')).toBeGreaterThan(removed);
    expect(await metric('kafscale_wal_kept_objects')).toBe(0);
  });

  test('fault 14: segments that somebody deletes in the bucket move the log start', async () => {
    await createTopic('ruled', { 'retention.ms': '-1' });
    await produce('ruled', 120);
    const first = await until(
      'segments',
      async () => {
        const segments = (await keys('ruled/')).filter((key) => key.endsWith('.kfs')).sort();
        return segments.length > 1 ? segments[0] : undefined;
      },
      PATIENCE_MS,
    );
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: `${env['KAFSCALE_S3_NAMESPACE']}/${first}` }));
    const isOutOfRange = async () =>
      (await fetchError('ruled', 0)) === ErrorCode.OFFSET_OUT_OF_RANGE ? true : undefined;
    await until('OFFSET_OUT_OF_RANGE', isOutOfRange, PATIENCE_MS);
    const start = await logStart('ruled');
    expect(start).toBeGreaterThan(0);
    const count = 120 - start;
    const step = { op: 'consume', topic: 'ruled', partitions: [0], from: 'beginning', count } as const;
    const [result] = await confluent.run(broker.bootstrap, [step]);
    expect(result!.records.map(({ offset }) => offset)).toEqual(Array.from({ length: count }, (_, i) => start + i));
  });

  test('a deleted topic leaves nothing in the bucket, nor in the metadata store’s notes', async () => {
    await createTopic('short-lived', { 'retention.ms': '-1' });
    await produce('short-lived', 60);
    await until('segments', async () => ((await keys('short-lived/')).length > 0 ? true : undefined), PATIENCE_MS);
    const manifests = (await keys('_kafscale/manifests/')).length;
    await withAdmin((admin) => admin.deleteTopics({ topics: ['short-lived'] }));
    await until(
      'an empty folder',
      async () => ((await keys('short-lived/')).length === 0 ? true : undefined),
      PATIENCE_MS,
    );
    expect((await keys('_kafscale/manifests/')).length).toBeLessThan(manifests + 1);
    // A segment and its index at least: the manifest may not have been written when the topic was deleted.
    expect(await metric('kafscale_removed_objects_total{reason="topic"}')).toBeGreaterThan(1);
  });
});
