import { beforeEach, describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { clusterIdOf } from '../metadata/cluster-id.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { MetadataMismatchError } from '../metadata/metadata-store.js';
import { commitKey, REVISION_FLOOR_KEY } from '../metadata/keys.js';
import { encodeIncarnationCommit, encodeRevisionFloor } from '../metadata/records.js';
import { crc32c } from '../checksum/crc32c.js';
import { FaultyObjectStore } from '../../test/support/faulty-object-store.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { ObjectStoreError, type ObjectStore } from '../storage/object-store.js';
import { MemoryObjectStore } from '../storage/memory-object-store.js';
import { walObjectKey } from '../storage/object-keys.js';
import { encodeWalEnd, walHeader } from '../storage/wal-format.js';
import { MetadataMarks } from './metadata-marks.js';
import { verifyMetadata } from './verify-metadata.js';

const NAMESPACE = 'test';
const INCARNATION = 'AAAAAAAAAAAAAAAAAAAAAA';

let clock: VirtualClock;
let objects: MemoryObjectStore;
let metadata: EmbeddedMetadataStore;
let marks: MetadataMarks;

beforeEach(() => {
  clock = new VirtualClock();
  objects = new MemoryObjectStore(clock);
  metadata = EmbeddedMetadataStore.inMemory();
  marks = new MetadataMarks(objects, NAMESPACE);
});

const patience = () => ({ timeoutMs: 30_000, clock, random: () => 0.5, signal: new AbortController().signal });
const verify = (store: ObjectStore = objects) =>
  verifyMetadata({ metadata, objects: store, namespace: NAMESPACE }, patience());
const revision = async () => (await metadata.range('')).revision;
const mark = async (ahead: number, clusterId?: string) =>
  marks.write({
    clusterId: clusterId ?? (await clusterIdOf(metadata, clock)),
    revision: (await revision()) + ahead,
    writtenAt: clock.now(),
  });

async function writeWalObject(sequence: number, metadataRevision: number): Promise<void> {
  const end = encodeWalEnd({
    incarnationId: INCARNATION,
    firstSequence: sequence,
    sequence,
    createdAt: 0,
    metadataRevision,
    entries: [],
  });
  const body = Buffer.concat([walHeader(), end]);
  await objects.create(walObjectKey(NAMESPACE, INCARNATION, sequence), [body], { crc32c: crc32c(body) });
}

const commit = (committedSequence: number) =>
  metadata.txn({
    compare: [],
    success: [
      {
        type: 'put',
        key: commitKey(INCARNATION),
        value: encodeIncarnationCommit({ incarnationId: INCARNATION, committedSequence, brokerId: '0' }),
      },
    ],
  });

describe('a broker starts', () => {
  test('on an empty bucket', async () => {
    await expect(verify()).resolves.toBeUndefined();
  });

  test('with a metadata store that is as new as the mark in the bucket, or newer', async () => {
    await mark(0);
    await expect(verify()).resolves.toBeUndefined();
    await commit(1);
    await expect(verify()).resolves.toBeUndefined();
  });

  test('with objects that were never committed, if the metadata store knows more than who wrote them', async () => {
    await commit(1);
    await writeWalObject(1, 1);
    await writeWalObject(2, await revision());
    await expect(verify()).resolves.toBeUndefined();
  });
});

describe('I1: no broker serves', () => {
  test('with a metadata store that is behind the mark: it was restored from an older copy', async () => {
    await mark(1);
    await expect(verify()).rejects.toThrow(/is at revision \d+, but was at \d+ at 2023.*kafscale recover/);
  });

  test('with an empty metadata store beside a bucket that is in use: it was wiped', async () => {
    await marks.write({ clusterId: 'cluster-that-was-here', revision: 12, writtenAt: clock.now() });
    await expect(verify()).rejects.toThrow(/is empty, but namespace "test".* holds cluster cluster-that-was-here/);
  });

  test('in a namespace of the bucket that belongs to another cluster', async () => {
    await clusterIdOf(metadata, clock);
    await mark(-1, 'another-cluster');
    await expect(verify()).rejects.toThrow(/belongs to cluster another-cluster/);
  });

  test('when a WAL object that is not committed tells of a revision that was lost', async () => {
    await commit(1);
    await writeWalObject(1, (await revision()) + 5);
    await expect(verify()).resolves.toBeUndefined();
    await writeWalObject(2, (await revision()) + 1);
    await expect(verify()).rejects.toThrow(MetadataMismatchError);
  });

  test('when an incarnation that the metadata store has forgotten has written since', async () => {
    await clusterIdOf(metadata, clock);
    await writeWalObject(1, (await revision()) + 1);
    await expect(verify()).rejects.toThrow(MetadataMismatchError);
  });
});

describe('on an object store that fails', () => {
  const flip = (bytes: Buffer) => {
    const damaged = Buffer.from(bytes);
    damaged[damaged.length >> 1]! ^= 1;
    return damaged;
  };

  test('each request is repeated by itself until it is answered', async () => {
    await mark(0);
    for (let sequence = 1; sequence <= 20; sequence += 1) await writeWalObject(sequence, 1);
    const faulty = new FaultyObjectStore(objects, { clock, random: seededRandom(1), faults: { slowDown: 0.4 } });
    await expect(clock.until(verify(faulty))).resolves.toBeUndefined();
  });

  test('until the time is over', async () => {
    const faulty = new FaultyObjectStore(objects, { clock, random: seededRandom(1), faults: { slowDown: 1 } });
    const startedAt = clock.monotonic();
    await expect(clock.until(verify(faulty))).rejects.toThrow(ObjectStoreError);
    expect(clock.monotonic() - startedAt).toBeGreaterThan(20_000);
    expect(clock.monotonic() - startedAt).toBeLessThanOrEqual(30_000);
  });

  test('what arrives damaged is read again, and tells of no other cluster', async () => {
    await mark(0);
    await writeWalObject(1, 1);
    const damagedOnce = new Set<string>();
    const once = (key: string, bytes: Buffer) => (damagedOnce.has(key) ? bytes : (damagedOnce.add(key), flip(bytes)));
    const store = Object.assign(new FaultyObjectStore(objects), {
      read: async (...args: Parameters<ObjectStore['read']>) => once(args[0], await objects.read(...args)),
      readEnd: async (...args: Parameters<ObjectStore['readEnd']>) => {
        const end = await objects.readEnd(...args);
        return { ...end, bytes: once(args[0], end.bytes) };
      },
    });
    await expect(verify(store)).resolves.toBeUndefined();
    expect(damagedOnce.size).toBe(2);
  });

  test('an object that was removed since it was listed tells nothing', async () => {
    await writeWalObject(1, 1);
    const store = Object.assign(new FaultyObjectStore(objects), {
      readEnd: async (...args: Parameters<ObjectStore['readEnd']>) => {
        await objects.delete([args[0]]);
        return objects.readEnd(...args);
      },
    });
    await expect(verify(store)).resolves.toBeUndefined();
  });
});

describe('after a recovery', () => {
  test('revisions go on above those that were seen before', async () => {
    await clusterIdOf(metadata, clock);
    await writeWalObject(1, 1000);
    await expect(verify()).rejects.toThrow(MetadataMismatchError);
    await metadata.txn({
      compare: [],
      success: [{ type: 'put', key: REVISION_FLOOR_KEY, value: encodeRevisionFloor({ floor: 1000 }) }],
    });
    await expect(verify()).resolves.toBeUndefined();
    await mark(1000);
    await expect(verify()).resolves.toBeUndefined();
    await metadata.txn({ compare: [], success: [{ type: 'delete', key: REVISION_FLOOR_KEY }] });
    await expect(verify()).rejects.toThrow(MetadataMismatchError);
  });
});

describe('marks', () => {
  test('only the newest is kept, and writing one again changes nothing', async () => {
    await marks.write({ clusterId: 'c', revision: 9, writtenAt: 1 });
    await marks.write({ clusterId: 'c', revision: 10, writtenAt: 2 });
    await marks.write({ clusterId: 'c', revision: 10, writtenAt: 3 });
    expect(await marks.newest()).toEqual({ clusterId: 'c', revision: 10, writtenAt: 2, formatLevel: 1 });
    const keys = [];
    for await (const { key } of objects.list('')) keys.push(key);
    expect(keys).toHaveLength(1);
  });

  test('one that is damaged is an error with its key', async () => {
    const body = Buffer.from('junk');
    await objects.create(`test/_kafscale/marks/${'1'.padStart(20, '0')}`, [body], { crc32c: crc32c(body) });
    await expect(marks.newest()).rejects.toThrow(/00000000000000000001/);
  });
});
