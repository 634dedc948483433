import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { crc32c } from '../../src/checksum/crc32c.js';
import { ObjectNotFoundError, type ObjectStore } from '../../src/storage/object-store.js';
import { Circuit } from '../../src/storage/replica/circuit.js';
import { ReplicaReadingObjectStore } from '../../src/storage/replica/replica-reading-object-store.js';
import { S3ObjectStore } from '../../src/storage/s3-object-store.js';
import { systemClock } from '../../src/time/clock.js';
import { startSeaweedFs, type SeaweedFs } from '../support/seaweedfs.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { describeWithTools } from '../support/tools.js';
import { describeObjectStoreContract } from './object-store.contract.js';

/** A real server on a busy machine takes its time. */
jest.setTimeout(60_000);

const BUCKET = 'records';
const REPLICA = 'records-copy';

/** Copies objects as cross-region replication does: later, in its own time; here when the test says so. */
class Replication {
  private pending: string[] = [];

  constructor(
    private readonly from: ObjectStore,
    private readonly to: ObjectStore,
  ) {}

  written(key: string): void {
    this.pending.push(key);
  }

  async catchUp(): Promise<void> {
    for (const key of this.pending.splice(0)) {
      const { bytes } = await this.from.readEnd(key, 1 << 24);
      await this.to.create(key, [bytes], { crc32c: crc32c(bytes) });
    }
  }
}

describeWithTools(['seaweedfs'], 'reads from a replica: two S3 servers', () => {
  let [home, abroad]: SeaweedFs[] = [];
  let proxy: TcpProxy;
  let primary: S3ObjectStore;
  let copy: S3ObjectStore;
  let replication: Replication;
  const stores: ObjectStore[] = [];
  let store: ReplicaReadingObjectStore;
  let outcomes: string[];

  beforeAll(async () => {
    [home, abroad] = await Promise.all([startSeaweedFs(), startSeaweedFs()]);
    await Promise.all([home.createBucket(BUCKET), abroad.createBucket(REPLICA)]);
    proxy = await TcpProxy.start(Number(new URL(abroad.endpoint).port));
    primary = openS3(BUCKET, home);
    copy = openS3(REPLICA, abroad);
    replication = new Replication(primary, copy);
  }, 120_000);

  afterAll(async () => {
    proxy.restore();
    await Promise.all(stores.map((each) => each.close()));
    await proxy.stop();
    await Promise.all([home?.stop(), abroad?.stop()]);
  });

  beforeEach(() => {
    outcomes = [];
    store = open({ patienceMs: 2_000, absenceMs: 0 });
  });

  const openS3 = (bucket: string, { credentials, endpoint }: SeaweedFs, port?: number) => {
    const s3 = new S3ObjectStore({
      bucket,
      credentials,
      endpoint: port === undefined ? endpoint : `http://127.0.0.1:${port}`,
    });
    stores.push(s3);
    return s3;
  };
  const open = (options: { patienceMs: number; absenceMs: number }) => {
    const circuit = new Circuit(systemClock, { failures: 2, firstPauseMs: 100, longestPauseMs: 100 });
    const observer = { replicaRead: (outcome: string) => void outcomes.push(outcome) };
    const replica = openS3(REPLICA, abroad as SeaweedFs, proxy.port);
    return new ReplicaReadingObjectStore(openS3(BUCKET, home as SeaweedFs), replica, {
      clock: systemClock,
      observer,
      circuit,
      ...options,
    });
  };
  const write = async (body: Buffer) => {
    const key = `ns/topic/0/${randomUUID()}.kfs`;
    await store.create(key, [body], { crc32c: crc32c(body) });
    replication.written(key);
    return key;
  };

  describeObjectStoreContract(
    'S3, read from a replica',
    () => Promise.resolve(open({ patienceMs: 2_000, absenceMs: 0 })),
    {
      listsFoldersFirst: true,
    },
  );

  test('what is not replicated yet is read from the primary, and from the replica once it is', async () => {
    const bodies = Array.from({ length: 10 }, (_, i) => Buffer.alloc(100_000 + i, i));
    const keys = await Promise.all(bodies.map(write));
    const readAll = () => Promise.all(keys.map((key) => store.read(key, { start: 10, length: 50_000 })));
    const expected = bodies.map((body) => body.subarray(10, 50_010));
    expect(await readAll()).toEqual(expected);
    expect(outcomes).toEqual(Array(10).fill('absent'));
    await replication.catchUp();
    expect(await readAll()).toEqual(expected);
    expect(outcomes.slice(10)).toEqual(Array(10).fill('hit'));
  });

  test.each<[string, () => void, string]>([
    ['refuses connections', () => proxy.cut(), 'failed'],
    ['answers nothing', () => proxy.freeze(), 'timeout'],
  ])(
    'while the replica %s all is read from the primary; it is asked again when it is back',
    async (_what, fail, why) => {
      const key = await write(Buffer.from('0123456789'));
      await replication.catchUp();
      store = open({ patienceMs: 300, absenceMs: 0 });
      const read = async () => (await store.read(key, { start: 2, length: 4 })).toString();
      expect(await read()).toBe('2345');
      fail();
      for (let i = 0; i < 4; i += 1) expect(await read()).toBe('2345');
      expect(outcomes.slice(0, 3)).toEqual(['hit', why, why]);
      expect(outcomes.slice(3)).toContain('circuit_open');
      proxy.restore();
      const deadline = Date.now() + 30_000;
      while (outcomes.at(-1) !== 'hit' && Date.now() < deadline) expect(await read()).toBe('2345');
      expect(outcomes.at(-1)).toBe('hit');
      expect(store.circuitState).toBe('closed');
    },
  );

  test('what is deleted is gone, whatever the replica still has, for all that decides something', async () => {
    const key = await write(Buffer.from('0123456789'));
    await replication.catchUp();
    await store.delete([key]);
    await expect(store.head(key)).rejects.toThrow(ObjectNotFoundError);
    expect((await copy.head(key)).sizeBytes).toBe(10);
  });
});
