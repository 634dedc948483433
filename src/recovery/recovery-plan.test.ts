import { describe, expect, test } from '@jest/globals';
import { emptyManifest } from '../log/manifests.js';
import type { Topic } from '../metadata/topic.js';
import type { Manifest } from '../storage/manifest-format.js';
import type { FoundManifest } from './manifest-survey.js';
import type { KnownPartition, MetadataSurvey } from './metadata-survey.js';
import { partitionKey } from '../metadata/partition-id.js';
import { planRecovery } from './recovery-plan.js';
import type { FoundExtent, SequenceRange, WalSurvey } from './wal-survey.js';

const ORDERS = 'AAECAwQFBgcICQoLDA0ODw';
const OTHER = 'BAECAwQFBgcICQoLDA0ODw';

const topicOf = (id: string, name = 'orders', partitionCount = 1): Topic => ({
  id,
  name,
  partitionCount,
  replicationFactor: 1,
  configs: new Map([['retention.ms', '1']]),
  createdAt: '2026-01-01T00:00:00.000Z',
});

function metadataWith(topics: readonly Topic[], partition?: KnownPartition, commits = new Map<string, number>()) {
  const survey: MetadataSurvey = {
    clusterId: 'cluster',
    revision: 7,
    topics: new Map(topics.map((topic) => [topic.name, topic])),
    partitions: new Map(partition && topics.map(({ name }) => [`${name}/0`, partition])),
    deletedTopics: new Set(),
    commits,
    groups: new Map(),
  };
  return survey;
}

function manifestsOf(...manifests: readonly Manifest[]) {
  const found = manifests.map((manifest): [string, FoundManifest] => [
    partitionKey(manifest),
    { key: `manifest-${manifest.version}`, manifest },
  ]);
  return { manifests: new Map(found), damaged: [] };
}

const manifest = (topicId: string, changes: Partial<Manifest>): Manifest => ({
  ...emptyManifest({ topicId, topicName: 'orders', partition: 0 }),
  version: 1,
  leaderEpoch: 4,
  topicPartitions: 1,
  ...changes,
});

function extent(topicId: string, sequence: number, from: number, to: number, partition = 0): FoundExtent {
  return {
    topicId,
    topicName: 'orders',
    partition,
    leaderEpoch: 5,
    baseOffset: from,
    lastOffset: to,
    position: 16,
    length: 100,
    maxTimestamp: 1_000,
    batchCount: 1,
    recordCount: to - from + 1,
    producerBatches: [
      {
        producerId: 4000,
        producerEpoch: 0,
        firstSequence: 0,
        lastSequence: 0,
        baseOffset: from,
        lastOffset: to,
        timestamp: 0,
      },
    ],
    object: { key: `wal-${sequence}`, incarnationId: 'x', sequence },
  };
}

function walOf(...extents: readonly FoundExtent[]): WalSurvey {
  const byPartition = new Map<string, FoundExtent[]>();
  const ranges: SequenceRange[] = [];
  for (const each of extents) {
    const key = partitionKey(each);
    byPartition.set(key, [...(byPartition.get(key) ?? []), each]);
    ranges.push({ first: each.object.sequence, last: each.object.sequence });
  }
  return { extents: byPartition, incarnations: new Map([['x', ranges]]), metadataRevision: 20, damaged: [] };
}

describe('the plan of a recovery', () => {
  test('I1 I2: a partition goes on behind all that is in the bucket, under a new epoch', () => {
    const known = { epoch: 2, logStartOffset: 3, logEndOffset: 10 };
    const plan = planRecovery(
      metadataWith([topicOf(ORDERS)], known),
      manifestsOf(manifest(ORDERS, { checkpointOffset: 50, logStartOffset: 20 })),
      walOf(extent(ORDERS, 1, 40, 59), extent(ORDERS, 2, 60, 69)),
      undefined,
    );
    expect(plan.partitions).toMatchObject([{ logStartOffset: 20, endOffset: 70, manifest: { key: 'manifest-1' } }]);
    expect(plan.partitions[0]?.leaderEpoch).toBeGreaterThan(5);
    expect(plan.partitions[0]?.chain.extents.map(({ baseOffset }) => baseOffset)).toEqual([40, 60]);
    expect(plan).toMatchObject({ newTopics: [], losses: [], remarks: [], revisionFloor: 20, clusterId: 'cluster' });
    expect([...plan.incarnations]).toEqual([['x', 2]]);
    expect(plan.nextProducerId).toBeGreaterThan(4000);
  });

  test('restores topics that only the bucket knows, with their partitions and configurations', () => {
    const configs = new Map([['cleanup.policy', 'compact']]);
    const plan = planRecovery(
      metadataWith([]),
      manifestsOf(manifest(ORDERS, { topicPartitions: 3, topicConfig: configs, createdAt: 2_000 })),
      walOf(extent(ORDERS, 1, 0, 0, 4)),
      { clusterId: 'from the mark', revision: 30, writtenAt: 0, formatLevel: 1 },
    );
    expect(plan.newTopics).toMatchObject([{ id: ORDERS, name: 'orders', partitionCount: 5, configs }]);
    expect(plan.partitions).toHaveLength(5);
    expect(plan.revisionFloor).toBe(30);
  });

  test('a namesake that was created after the copy takes the place of the one that was deleted', () => {
    const plan = planRecovery(metadataWith([topicOf(ORDERS)]), manifestsOf(), walOf(extent(OTHER, 1, 0, 9)), undefined);
    expect(plan.newTopics).toMatchObject([{ id: OTHER }]);
    expect(plan.remarks).toEqual([expect.stringContaining('created twice')]);
  });

  test('topics whose deletion was noted stay deleted', () => {
    const metadata = { ...metadataWith([]), deletedTopics: new Set([ORDERS]) };
    expect(planRecovery(metadata, manifestsOf(), walOf(extent(ORDERS, 1, 0, 9)), undefined).partitions).toEqual([]);
  });

  test('I2: offsets that were given out and are in no object are told, and not given again', () => {
    const known = { epoch: 2, logStartOffset: 0, logEndOffset: 30 };
    const wal = walOf(extent(ORDERS, 1, 0, 9));
    const plan = planRecovery(metadataWith([topicOf(ORDERS)], known), manifestsOf(), wal, undefined);
    expect(plan.partitions[0]?.endOffset).toBe(30);
    expect(plan.losses).toEqual(['orders-0: offsets 10 to 29 were committed and are in no object, they are lost']);
  });

  test('what was uploaded ahead of an object that never landed is no loss; a committed one that is gone is', () => {
    const topic = topicOf(ORDERS);
    const wal = walOf(extent(ORDERS, 1, 0, 9), extent(ORDERS, 3, 20, 29));
    const uncommitted = planRecovery(metadataWith([topic]), manifestsOf(), wal, undefined);
    expect(uncommitted.losses).toEqual([]);
    expect(uncommitted.partitions[0]?.endOffset).toBe(10);
    const committed = metadataWith([topic], undefined, new Map([['x', 3]]));
    const lost = planRecovery(committed, manifestsOf(), wal, undefined);
    expect(lost.losses).toEqual(['orders-0: offsets 10 to 19 are in no object, they are lost']);
    expect(lost.partitions[0]?.endOffset).toBe(30);
  });
});
