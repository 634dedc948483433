import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ErrorCode } from '../../src/protocol/errors.js';
import { AlterPartitionReassignments, ListPartitionReassignments, Metadata } from '../../src/protocol/schema/index.js';
import { describeWithTools } from '../support/tools.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';
import { Cluster } from './rig/cluster.js';

const TOPIC = 'moved';
const PARTITIONS = 4;
const PATIENCE_MS = 60_000;

describeWithTools(['seaweedfs', 'etcd'], 'partitions that an administrator moves', () => {
  let folder: string;
  let cluster: Cluster;
  const ended: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafscale-reassignment-'));
    const endedByItself = (what: string) => void ended.push(what);
    cluster = await Cluster.start({ brokers: 2, topic: TOPIC, partitions: PARTITIONS, folder, endedByItself });
  }, 300_000);
  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test('get the leader that was asked for, under the next epoch', async () => {
    const client = await WireClient.connect(cluster.bootstrap[0]!);
    const partitionsNow = async () => {
      const { topics } = await client.send(Metadata, 9, { topics: [{ name: TOPIC }] });
      return topics[0]!.partitions;
    };
    const { partitionIndex, leaderId, leaderEpoch } = (await partitionsNow())[0]!;
    const target = 1 - leaderId;
    const topics = [{ name: TOPIC, partitions: [{ partitionIndex, replicas: [target] }] }];
    const answer = await client.send(AlterPartitionReassignments, 0, { topics });
    expect(answer.responses[0]?.partitions[0]?.errorCode).toBe(ErrorCode.NONE);
    const moved = await until(
      'the partition to have its new leader',
      async () =>
        (await partitionsNow()).find((now) => now.partitionIndex === partitionIndex && now.leaderId === target),
      PATIENCE_MS,
    );
    expect(moved.leaderEpoch).toBe(leaderEpoch + 1);
    const under = async () => (await client.send(ListPartitionReassignments, 0, { topics: null })).topics;
    await until('nothing to be under way', async () => ((await under()).length === 0 ? true : undefined), PATIENCE_MS);
    expect(ended).toEqual([]);
    client.close();
  }, 120_000);
});
