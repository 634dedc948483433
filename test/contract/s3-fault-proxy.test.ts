/** What the object store makes of each fault; and so that the fault proxy does what it says. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { crc32c } from '../../src/checksum/crc32c.js';
import { ObjectExistsError, ObjectNotFoundError, ObjectStoreError } from '../../src/storage/object-store.js';
import { S3ObjectStore } from '../../src/storage/s3-object-store.js';
import { S3FaultProxy, type S3Fault } from '../support/s3-fault-proxy.js';
import { startSeaweedFs, type SeaweedFs } from '../support/seaweedfs.js';
import { seededRandom } from '../support/seeded-random.js';
import { describeWithTools } from '../support/tools.js';

jest.setTimeout(60_000);

describeWithTools(['seaweedfs'], 'S3 behind faults', () => {
  const bytes = Buffer.alloc(100_000, 'some bytes ');
  let server: SeaweedFs;
  let proxy: S3FaultProxy;
  let store: S3ObjectStore;

  beforeAll(async () => {
    server = await startSeaweedFs();
    await server.createBucket('faults');
    proxy = await S3FaultProxy.start(server.endpoint, seededRandom(1));
    store = new S3ObjectStore({ bucket: 'faults', endpoint: proxy.endpoint, credentials: server.credentials });
    await store.check();
  }, 120_000);

  afterEach(() => proxy.setFaults({}));

  afterAll(async () => {
    await store.close();
    await proxy.stop();
    await server.stop();
  });

  const create = (key: string) => store.create(key, [bytes], { crc32c: crc32c(bytes) });
  const read = (key: string) => store.read(key, { start: 0, length: bytes.length });

  async function stored(): Promise<string> {
    const key = `test/${randomUUID()}`;
    await create(key);
    return key;
  }

  async function failureOf(fault: S3Fault, action: () => Promise<unknown>): Promise<ObjectStoreError> {
    proxy.setFaults({ [fault]: 1 });
    const outcome = await action().then(
      () => undefined,
      (error: unknown) => error,
    );
    proxy.setFaults({});
    expect(outcome).toBeInstanceOf(ObjectStoreError);
    return outcome as ObjectStoreError;
  }

  test('without faults everything goes through, and is counted', async () => {
    const before = { ...proxy.requests };
    const key = await stored();
    expect(await read(key)).toEqual(bytes);
    expect((await store.head(key)).crc32c).toBe(crc32c(bytes));
    expect(proxy.requests.put - before.put).toBe(1);
    expect(proxy.requests.get - before.get).toBe(1);
  });

  test('slowDown: says so, and nothing is stored', async () => {
    const key = `test/${randomUUID()}`;
    expect((await failureOf('slowDown', () => create(key))).slowDown).toBe(true);
    await expect(store.head(key)).rejects.toThrow(ObjectNotFoundError);
  });

  test('reset: an error, and nothing is stored', async () => {
    const key = `test/${randomUUID()}`;
    await failureOf('reset', () => create(key));
    await expect(store.head(key)).rejects.toThrow(ObjectNotFoundError);
  });

  test('lostAnswer: an error, and the object is there', async () => {
    const key = `test/${randomUUID()}`;
    await failureOf('lostAnswer', () => create(key));
    await expect(create(key)).rejects.toThrow(ObjectExistsError);
    expect(await read(key)).toEqual(bytes);
  });

  test('lateSuccess: an error, and the object is there later', async () => {
    const key = `test/${randomUUID()}`;
    await failureOf('lateSuccess', () => create(key));
    await expect(store.head(key)).rejects.toThrow(ObjectNotFoundError);
    await proxy.lateRequestsDone();
    expect(await read(key)).toEqual(bytes);
  });

  test('stall: nothing but a delay', async () => {
    proxy.setFaults({ stall: 1 });
    expect(await read(await stored())).toEqual(bytes);
    expect(proxy.injected.stall).toBeGreaterThan(0);
  });

  test('truncated: an error, not fewer bytes', async () => {
    const key = await stored();
    await failureOf('truncated', () => read(key));
    await failureOf('truncated', () => store.readEnd(key, 5_000));
  });

  test('wrongBit in an upload: refused by its checksum, and nothing is stored', async () => {
    const key = `test/${randomUUID()}`;
    await failureOf('wrongBit', () => create(key));
    await expect(store.head(key)).rejects.toThrow(ObjectNotFoundError);
  });

  test('wrongBit in what is read arrives: readers have checksums of their own', async () => {
    const key = await stored();
    proxy.setFaults({ wrongBit: 1 });
    const read1 = await read(key);
    expect(read1).toHaveLength(bytes.length);
    expect(read1.equals(bytes)).toBe(false);
  });
});
