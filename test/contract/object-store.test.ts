import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { crc32c } from '../../src/checksum/crc32c.js';
import { composeObjectStore } from '../../src/storage/compose-object-store.js';
import { StoreHealth } from '../../src/storage/health/store-health.js';
import { MeteredObjectStore } from '../../src/storage/metered-object-store.js';
import { ObjectStoreError, type ObjectStore } from '../../src/storage/object-store.js';
import { LocalObjectStore } from '../../src/storage/local-object-store.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import type { S3Options } from '../../src/storage/s3-client.js';
import { S3ObjectStore } from '../../src/storage/s3-object-store.js';
import { systemClock } from '../../src/time/clock.js';
import { FaultyObjectStore } from '../support/faulty-object-store.js';
import { startSeaweedFs, type SeaweedFs } from '../support/seaweedfs.js';
import { describeWithTools } from '../support/tools.js';
import { describeObjectStoreContract } from './object-store.contract.js';

const HEALTH = { windowMs: 60_000, latencyWarnMs: 500, latencyCritMs: 3000, errorRateWarn: 0.2, errorRateCrit: 0.6 };

/** A real server on a busy machine takes its time. */
jest.setTimeout(60_000);

describeObjectStoreContract('memory', () => Promise.resolve(new MemoryObjectStore()));

describe('local directory', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kafscale-objects-'));
  });
  afterAll(async () => rm(directory, { recursive: true, force: true }));

  describeObjectStoreContract('directory', () => LocalObjectStore.open(join(directory, 'a/b')));
});

describeObjectStoreContract('metered', () => {
  const observer = { storeRequest: () => undefined };
  return Promise.resolve(new MeteredObjectStore(new MemoryObjectStore(), observer, systemClock));
});

describeObjectStoreContract('judged, hedged, and read from a replica that lags behind', () => {
  const observer = { storeRequest: () => undefined, hedgedRead: () => undefined, replicaRead: () => undefined };
  const health = new StoreHealth(HEALTH, systemClock);
  const stores = { objects: new MemoryObjectStore(), replica: new MemoryObjectStore() };
  const options = {
    requests: observer,
    metrics: { ...observer, showCircuit: () => undefined },
    health,
    hedgeAfterMs: 1,
  };
  return Promise.resolve(composeObjectStore(stores, { ...options, clock: systemClock }));
});

describeObjectStoreContract('faulty, without faults', () =>
  Promise.resolve(new FaultyObjectStore(new MemoryObjectStore())),
);

describeWithTools(['seaweedfs'], 'S3', () => {
  const bucket = 'kafscale-test';
  let server: SeaweedFs;
  beforeAll(async () => {
    server = await startSeaweedFs();
    await server.createBucket(bucket);
  }, 120_000);
  afterAll(async () => server.stop());

  const openS3 = (options: Partial<S3Options> = {}) =>
    new S3ObjectStore({ bucket, endpoint: server.endpoint, credentials: server.credentials, ...options });
  const one = Buffer.from('1');
  const putOne = (store: ObjectStore) => store.create(`test/${randomUUID()}`, [one], { crc32c: crc32c(one) });

  describeObjectStoreContract('S3 (SeaweedFS)', () => Promise.resolve(openS3()), { listsFoldersFirst: true });

  test('fault 13: a missing bucket is an error that names it, and is not created', async () => {
    const store = openS3({ bucket: 'no-such-bucket' });
    const said = `bucket "no-such-bucket" at ${server.endpoint}: the bucket does not exist`;
    await expect(putOne(store)).rejects.toThrow(said);
    await expect(store.check()).rejects.toThrow(`cannot use ${said}`);
    await expect(store.read('a', { start: 0, length: 1 })).rejects.toThrow(said);
    await expect(store.readEnd('a', 1)).rejects.toThrow(said);
    await expect(store.head('a')).rejects.toThrow(said);
    await expect(store.list('a')[Symbol.asyncIterator]().next()).rejects.toThrow(said);
    await store.close();

    const client = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials });
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual([bucket]);
    client.destroy();
  });

  test.each([
    ['secret key', { accessKeyId: 'test', secretAccessKey: 'wrong' }, 'wrong secret key'],
    ['access key', { accessKeyId: 'nobody', secretAccessKey: 'testtest' }, 'unknown access key'],
  ])('a wrong %s is named', async (_what, credentials, reason) => {
    const store = openS3({ credentials });
    await expect(store.check()).rejects.toThrow(ObjectStoreError);
    await expect(store.check()).rejects.toThrow(
      `cannot use bucket "${bucket}" at ${server.endpoint}: the server refuses these credentials: ${reason}`,
    );
    await expect(putOne(store)).rejects.toThrow(reason);
    await expect(store.head('a')).rejects.toThrow('the server refuses these credentials');
    await store.close();
  });

  test('can be used by two stores at once, and by none after it is closed', async () => {
    const [a, b] = [openS3(), openS3({ concurrency: 1 })];
    await Promise.all(Array.from({ length: 20 }, (_, i) => putOne(i % 2 === 0 ? a : b)));
    await a.close();
    await expect(a.check()).rejects.toThrow('the store is closed');
    await b.check();
    await b.close();
  });
});
