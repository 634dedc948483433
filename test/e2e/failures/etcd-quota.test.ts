import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLogger } from '../../../src/logging/logger.js';
import { EtcdMetadataStore } from '../../../src/metadata/etcd-metadata-store.js';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { CreateTopics, OffsetCommit } from '../../../src/protocol/schema/index.js';
import { ClusterConnections } from '../../cluster/clients/cluster-connections.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';
import { incarnationsIn, LoadedBrokers } from './loaded-brokers.js';

const QUOTA_BYTES = 16 * 1024 * 1024;
/** Longer than the lease of a broker, 10 s. */
const BEYOND_LEASE_MS = 11_000;
const TIMEOUT_MS = 180_000;

describeWithTools(['etcd'], 'I1 I3 I4 I8: two brokers at work while the quota of etcd is used up', () => {
  let etcd: EtcdServer;
  let loaded: LoadedBrokers;
  let connections: ClusterConnections;

  beforeEach(async () => {
    etcd = await startEtcd({ args: ['--quota-backend-bytes', String(QUOTA_BYTES)] });
    loaded = await LoadedBrokers.start({ etcd: [etcd.endpoint, etcd.endpoint] });
    connections = new ClusterConnections(loaded.bootstrap, 'load');
  }, TIMEOUT_MS);

  afterEach(async () => {
    connections.reset();
    await loaded.stop();
    await etcd.stop();
  });

  test(
    'writes are answered with retriable errors, reads as ever; after the alarm all goes on, without a restart',
    async () => {
      const { recorder } = loaded;
      await commitsOffset(connections);
      const before = await incarnationsIn(etcd.endpoint);

      await fill(etcd);
      const full = delay(BEYOND_LEASE_MS);
      // What was under way is answered within a moment.
      await delay(1_000);
      const { acknowledged } = recorder;
      const [created, committed] = await Promise.all([createTopic(connections), commitOffset(connections)]);
      expect(created).toBe(ErrorCode.REQUEST_TIMED_OUT);
      expect(committed).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
      expect(await loaded.readMeanwhile()).toBeGreaterThanOrEqual(acknowledged);
      await full;
      expect(recorder.acknowledged).toBe(acknowledged);
      const unknown = recorder.events.filter((event) => event.type === 'unknown');
      expect(unknown).toContainEqual(expect.objectContaining({ error: 'REQUEST_TIMED_OUT' }));
      expect(await incarnationsIn(etcd.endpoint)).toEqual(before);

      await makeRoom(etcd);
      await loaded.progress();
      await commitsOffset(connections);
      expect(await loaded.finish()).toEqual([]);
      expect(await incarnationsIn(etcd.endpoint)).toEqual(before);
    },
    TIMEOUT_MS,
  );
});

/** Somebody else's keys use up the quota. */
async function fill({ endpoint }: EtcdServer): Promise<void> {
  const store = new EtcdMetadataStore({ endpoints: [endpoint], prefix: '/junk/' }, silentLogger);
  const value = Buffer.alloc(1_000_000);
  try {
    const puts = async () => {
      for (let index = 0; index < 100; index += 1) {
        await store.txn({ compare: [], success: [{ type: 'put', key: String(index), value }] });
      }
    };
    await expect(puts()).rejects.toThrow('no space left');
  } finally {
    await store.close();
  }
}

/** What an operator does. */
async function makeRoom(etcd: EtcdServer): Promise<void> {
  await etcd.etcdctl('del', '/junk/', '--prefix');
  const revision = /"revision":(\d+)/.exec(await etcd.etcdctl('get', 'none', '-w', 'json'))?.[1];
  await etcd.etcdctl('compact', '--physical', revision!);
  await etcd.etcdctl('defrag');
  await etcd.etcdctl('alarm', 'disarm');
}

async function createTopic(connections: ClusterConnections): Promise<number | undefined> {
  const client = await connections.toAny();
  const { topics } = await client.send(CreateTopics, 7, {
    topics: [{ name: 'another', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 2_000,
  });
  return topics[0]?.errorCode;
}

/** Resolves when an offset is committed. Group slots get their coordinators some time after the start. */
async function commitsOffset(connections: ClusterConnections): Promise<void> {
  await until('a committed offset', async () => {
    const code = await commitOffset(connections).catch(() => undefined);
    return code === ErrorCode.NONE ? true : undefined;
  });
}

async function commitOffset(connections: ClusterConnections): Promise<number | undefined> {
  const client = await connections.toCoordinator('group');
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }];
  const request = {
    groupId: 'group',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [{ name: 'load', partitions }],
  };
  const { topics } = await client.send(OffsetCommit, 8, request);
  return topics[0]?.partitions[0]?.errorCode;
}
