import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Metadata } from '../../src/protocol/schema/index.js';
import { confluent, java4 } from '../support/clients/programs.js';
import { describeWithTools } from '../support/tools.js';
import { WireClient } from '../support/wire-client.js';
import { Cluster } from './rig/cluster.js';
import { rackOf, type ClusterBroker } from './rig/cluster-broker.js';

const TOPIC = 'near';
const RECORDS = 200;
const VALUE_BYTES = 20_000;

describeWithTools(
  ['seaweedfs', 'etcd', ...confluent.tools, ...java4.tools],
  'KIP-392: a consumer that names its rack',
  () => {
    let folder: string;
    let cluster: Cluster;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kafscale-near-'));
      const endedByItself = (what: string) => {
        throw new Error(what);
      };
      cluster = await Cluster.start({ brokers: 2, topic: TOPIC, partitions: 1, folder, endedByItself });
      const records = Array.from({ length: RECORDS }, (_, index) => ({
        partition: 0,
        key: `${index}`,
        value: { repeat: 'x', times: VALUE_BYTES },
      }));
      await confluent.run(cluster.bootstrap[0]!, [{ op: 'produce', topic: TOPIC, codec: 'none', records }]);
    }, 300_000);
    afterAll(async () => {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    async function leaderAndOther(): Promise<[leader: ClusterBroker, other: ClusterBroker]> {
      const client = await WireClient.connect(cluster.bootstrap[0]!);
      const { topics } = await client.send(Metadata, 9, { topics: [{ name: TOPIC }] });
      client.close();
      const { leaderId } = topics[0]!.partitions[0]!;
      return [cluster.brokers[leaderId]!, cluster.brokers[1 - leaderId]!];
    }

    /** Bytes with which a broker has answered fetches. */
    async function fetchedFrom({ httpAddress }: ClusterBroker): Promise<number> {
      const text = await (await fetch(`http://${httpAddress}/metrics`)).text();
      return Number(/^kafscale_sent_bytes_total\{api="Fetch"\} (\S+)$/m.exec(text)?.[1] ?? 0);
    }

    test.each([confluent, java4])(
      '$name reads from the broker there, which does not lead the partition',
      async (program) => {
        const [leader, other] = await leaderAndOther();
        const before = await Promise.all([leader, other].map(fetchedFrom));
        const config = { 'client.rack': rackOf(other.number) };
        const step = {
          op: 'consume',
          topic: TOPIC,
          config,
          partitions: [0],
          from: 'beginning',
          count: RECORDS,
        } as const;
        const [result] = await program.run(leader.bootstrap, [step]);
        expect(result!.records.map(({ offset }) => offset)).toEqual(
          Array.from({ length: RECORDS }, (_, offset) => offset),
        );
        const after = await Promise.all([leader, other].map(fetchedFrom));
        const [fromLeader, fromOther] = after.map((bytes, index) => bytes - before[index]!);
        expect(fromOther).toBeGreaterThan(RECORDS * VALUE_BYTES);
        expect(fromLeader).toBeLessThan(VALUE_BYTES);
      },
      120_000,
    );
  },
);
