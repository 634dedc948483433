import { expect, test } from '@jest/globals';
import { seededRandom } from '../../test/support/seeded-random.js';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { assignmentKey, incarnationKey, topicConfigKey } from '../metadata/keys.js';
import { decodeAssignmentRecord, encodeAssignmentRecord } from '../metadata/partition-assignment.js';
import { encodeTopic } from '../metadata/topic.js';
import { AssignedPartitions } from './assigned-partitions.js';
import type { ClusterMirror, MirroredAssignment } from './cluster-mirror.js';
import type { PartitionHost } from './partition-host.js';

const INCARNATION = { id: 'inc-1', brokerId: 1, isLive: () => true };
const TOPIC = {
  name: 'orders',
  id: 'AAECAwQFBgcICQoLDA0ODw',
  partitionCount: 1,
  replicationFactor: 1,
  configs: new Map<string, string>(),
  createdAt: '',
};

test('I1 I3: the tenure that is closed is the one that was led, though the mirror still shows a deleted namesake', async () => {
  const clock = new VirtualClock();
  const store = EmbeddedMetadataStore.inMemory();
  const key = assignmentKey(TOPIC.name, 0);
  const tenure = { incarnationId: INCARNATION.id, epoch: 0, fromOffset: 0, toOffset: undefined };
  const record = {
    brokerId: '1',
    incarnationId: INCARNATION.id,
    epoch: 0,
    tenures: [tenure],
    moveTo: '',
    assignedAt: '',
  };
  await store.txn({
    compare: [],
    success: [
      { type: 'put', key: incarnationKey(INCARNATION.id), value: Buffer.from('x') },
      { type: 'put', key: topicConfigKey(TOPIC.name), value: encodeTopic(TOPIC) },
      { type: 'put', key, value: encodeAssignmentRecord(record) },
    ],
  });
  // Two records were committed under epoch 0. What the mirror shows is the namesake's partition, under epoch 1.
  let mirrored: MirroredAssignment = {
    ...{ topicName: TOPIC.name, partition: 0, brokerId: 1, incarnationId: INCARNATION.id },
    ...{ epoch: 1, moveTo: undefined, isClaimed: true },
  };
  const mirror = {
    assignedTo: () => [mirrored],
    assignment: () => mirrored,
    versionOf: () => 1,
  } as unknown as ClusterMirror;
  let led = true;
  const host = {
    leads: () => led,
    openTopics: () => new Set<string>(),
    settle: () => Promise.resolve([led ? { leaderEpoch: 0, endOffset: 2 } : undefined]),
    forget: () => (led = false),
  } as unknown as PartitionHost;
  const partitions = new AssignedPartitions(INCARNATION, {
    ...{ store, mirror, host, clock, random: seededRandom(1), logger: silentLogger, changed: () => undefined },
    catalogue: { get: () => TOPIC, getById: () => TOPIC },
  });
  partitions.setDraining(true);
  await clock.advance(1_000);
  mirrored = { ...mirrored, epoch: 0 };
  partitions.look();
  await clock.advance(1_000);
  const stored = await store.get(key);
  expect(stored && decodeAssignmentRecord(stored)).toMatchObject({
    incarnationId: '',
    tenures: [{ epoch: 0, fromOffset: 0, toOffset: 2 }],
  });
  partitions.abandon('the test is over');
  await store.close();
});
