import { describe, expect, test } from '@jest/globals';
import { CleanupKit, NAMESPACE } from '../../../test/support/cleanup-kit.js';
import { silentLogger } from '../../logging/logger.js';
import { deletedTopicKey, topicConfigKey } from '../../metadata/keys.js';
import { encodeDeletedTopic } from '../../metadata/records.js';
import { uuidBytes } from '../../metadata/uuid.js';
import { encodeManifest, ManifestFormatError, type Segment } from '../../storage/manifest-format.js';
import { manifestKey, segmentIndexKey, segmentKey } from '../../storage/object-keys.js';
import { DeletedTopics } from './deleted-topics.js';

const GRACE_MS = 600_000;
const ORDERS = { name: 'orders', id: 'AAECAwQFBgcICQoLDA0ODw' };
const NAMESAKE = { name: 'orders', id: 'BBECAwQFBgcICQoLDA0ODw' };

const STARTED_AT = new CleanupKit().clock.now();

class Kit extends CleanupKit {
  deletedTopics = this.newProcess();

  newProcess(): DeletedTopics {
    const options = { namespace: NAMESPACE, graceMs: GRACE_MS };
    return new DeletedTopics(this.metadata, this.objects, this.remover, options, this.clock, silentLogger);
  }

  async sweep(): Promise<void> {
    await this.clock.until(this.deletedTopics.sweep(this.signal));
  }

  /** Created when the test began, like all objects that it puts at once. */
  async deleteTopic({ name, id }: typeof ORDERS, createdAt = STARTED_AT - 1): Promise<void> {
    const deletedAt = new Date(this.clock.now()).toISOString();
    const created = new Date(createdAt).toISOString();
    const note = encodeDeletedTopic({ name, topicId: uuidBytes(id), partitions: 9, createdAt: created, deletedAt });
    await this.write(deletedTopicKey(id), note);
  }

  /** A manifest and what it names. Segments that are stored already stay as they are. */
  async addManifest(
    topic: typeof ORDERS,
    partition: number,
    version: number,
    baseOffsets: number[],
    options: { suffix?: string; retired?: string[] } = {},
  ): Promise<void> {
    const segments = baseOffsets.map((baseOffset) => segmentAt(baseOffset, options.suffix));
    for (const segment of segments) {
      for (const keyOf of [segmentKey, segmentIndexKey]) {
        await this.put(keyOf(NAMESPACE, topic.name, partition, segment)).catch(() => undefined);
      }
    }
    const manifest = encodeManifest({
      topicId: topic.id,
      topicName: topic.name,
      partition,
      version,
      createdAt: this.clock.now(),
      incarnationId: 'x',
      leaderEpoch: 0,
      logStartOffset: 0,
      checkpointOffset: 1000,
      segments,
      epochs: [],
      producers: [],
      retired: (options.retired ?? []).map((key) => ({ key, retiredAt: this.clock.now() })),
      topicConfig: new Map(),
      topicPartitions: 100,
    });
    await this.put(manifestKey(NAMESPACE, topic.id, partition, version, '0000abcd'), manifest);
  }
}

function segmentAt(baseOffset: number, suffix?: string): Segment {
  const lastOffset = baseOffset + 9;
  return { baseOffset, lastOffset, sizeBytes: 100, recordCount: 10, maxTimestamp: 1, createdAt: 1, suffix };
}

describe('the objects of a deleted topic', () => {
  test('are removed after the grace period: segments, indexes, what was retired, manifests, and the note', async () => {
    const kit = new Kit();
    const retired = `${NAMESPACE}/orders/0/segment-00000000000000000000-0000beef.kfs`;
    await kit.put(retired);
    await kit.addManifest(ORDERS, 0, 1, [0]);
    await kit.addManifest(ORDERS, 0, 2, [0, 10], { retired: [retired] });
    await kit.addManifest(ORDERS, 12, 1, [30]);
    await kit.put(`${NAMESPACE}/orders/0/somebody-elses`);
    await kit.deleteTopic(ORDERS);
    await kit.clock.advance(GRACE_MS - 1);
    await kit.sweep();
    expect(kit.removed).toEqual({});
    await kit.clock.advance(1);
    await kit.sweep();
    expect(await kit.keys()).toEqual(['orders/0/somebody-elses']);
    expect(await kit.records()).toEqual([deletedTopicKey(ORDERS.id)]);
    await kit.sweep();
    expect(await kit.records()).toEqual([]);
  });

  test('a namesake keeps everything', async () => {
    const kit = new Kit();
    await kit.addManifest(ORDERS, 0, 1, [0, 10]);
    await kit.addManifest(NAMESAKE, 0, 1, [0, 10], { suffix: '0000beef' });
    await kit.write(topicConfigKey(NAMESAKE.name), Buffer.from('a topic'));
    await kit.deleteTopic(ORDERS);
    await kit.clock.advance(GRACE_MS);
    await kit.sweep();
    await kit.sweep();
    expect(await kit.keys('orders/')).toHaveLength(4);
    expect((await kit.keys('orders/')).every((key) => key.includes('beef'))).toBe(true);
    expect(await kit.keys(`_kafscale/manifests/${NAMESAKE.id}/`)).toHaveLength(1);
  });

  describe('that no manifest names', () => {
    const segment = segmentKey(NAMESPACE, ORDERS.name, 0, { baseOffset: 0 });
    const left = segment.slice(NAMESPACE.length + 1);

    /** Sweeps until the note is gone. */
    async function sweepAll(kit: Kit): Promise<void> {
      await kit.clock.advance(GRACE_MS);
      for (let round = 0; round < 3; round += 1) await kit.sweep();
      expect(await kit.records('deleted-topics/')).toEqual([]);
    }

    test('are removed: they were uploaded while the topic was deleted', async () => {
      const kit = new Kit();
      await kit.addManifest(ORDERS, 0, 1, [10]);
      await kit.deleteTopic(ORDERS);
      await kit.clock.advance(1_000);
      await kit.put(segment);
      await sweepAll(kit);
      expect(await kit.keys()).toEqual([]);
    });

    test('stay when they are older than the topic: they may wait for being imported', async () => {
      const kit = new Kit();
      await kit.put(segment);
      await kit.clock.advance(1_000);
      await kit.deleteTopic(ORDERS, kit.clock.now());
      await sweepAll(kit);
      expect(await kit.keys()).toEqual([left]);
    });

    test('stay when they came after the grace', async () => {
      const kit = new Kit();
      await kit.deleteTopic(ORDERS);
      await kit.clock.advance(GRACE_MS + 1);
      await kit.put(segment);
      await sweepAll(kit);
      expect(await kit.keys()).toEqual([left]);
    });

    test.each(['live', 'deleted too'])('stay when there is a namesake, %s: they may be its own', async (state) => {
      const kit = new Kit();
      await kit.deleteTopic(ORDERS);
      await kit.clock.advance(1_000);
      if (state === 'live') await kit.write(topicConfigKey(ORDERS.name), Buffer.from('a topic'));
      else await kit.deleteTopic(NAMESAKE, kit.clock.now());
      await kit.put(segment);
      await kit.clock.advance(GRACE_MS - 1_000);
      await kit.sweep();
      expect(await kit.keys()).toEqual([left]);
    });
  });

  test('a topic that had no segments leaves no note behind', async () => {
    const kit = new Kit();
    await kit.deleteTopic(ORDERS);
    await kit.clock.advance(GRACE_MS);
    await kit.sweep();
    expect(await kit.records()).toEqual([]);
  });

  test('I5: a crash at any point and stores that fail leave work that a later process does', async () => {
    const kit = new Kit();
    for (let partition = 0; partition < 12; partition += 1) {
      await kit.addManifest(ORDERS, partition, 1, [0, 10, 20]);
      await kit.addManifest(ORDERS, partition, 2, [0, 10, 20, 30]);
    }
    await kit.deleteTopic(ORDERS);
    await kit.clock.advance(GRACE_MS);
    kit.objects.setFaults({ failBefore: 0.1, failAfter: 0.15 });
    kit.metadata.setFaults({ failBefore: 0.2, failAfter: 0.2 });
    for (let round = 0; round < 60; round += 1) {
      if (round % 3 === 0) kit.deletedTopics = kit.newProcess();
      await kit.clock.until(kit.deletedTopics.sweep(kit.signal).catch(() => undefined));
    }
    expect(await kit.keys()).toEqual([]);
    expect(await kit.records()).toEqual([]);
  });

  test('I5: wherever a process dies between two requests, a later one finds all that is left', async () => {
    for (let lastRequest = 0; lastRequest < 12; lastRequest += 1) {
      const kit = new Kit();
      for (const partition of [0, 1]) {
        await kit.addManifest(ORDERS, partition, 1, [0, 10]);
        await kit.addManifest(ORDERS, partition, 2, [10, 20]);
      }
      await kit.deleteTopic(ORDERS);
      await kit.clock.advance(GRACE_MS);
      const death = new AbortController();
      let requests = 0;
      const remove = kit.objects.delete.bind(kit.objects);
      kit.objects.delete = async (keys, options) => {
        if ((requests += 1) > lastRequest) death.abort(new Error('died'));
        death.signal.throwIfAborted();
        return remove(keys, options);
      };
      await kit.clock.until(kit.deletedTopics.sweep(death.signal).catch(() => undefined));
      kit.objects.delete = remove;
      kit.deletedTopics = kit.newProcess();
      await kit.sweep();
      expect(await kit.keys()).toEqual([]);
    }
  });

  test('a manifest that cannot be read keeps its note and is reported, and holds up no other topic', async () => {
    const kit = new Kit();
    const damaged = manifestKey(NAMESPACE, ORDERS.id, 0, 1, '0000abcd');
    await kit.put(damaged, Buffer.from('no manifest'));
    const other = { name: 'zebra', id: 'ZZECAwQFBgcICQoLDA0ODw' };
    await kit.addManifest(other, 0, 1, [0]);
    await kit.deleteTopic(ORDERS);
    await kit.deleteTopic(other);
    await kit.clock.advance(GRACE_MS);
    await expect(kit.sweep()).rejects.toThrow(ManifestFormatError);
    await expect(kit.sweep()).rejects.toThrow(ManifestFormatError);
    expect(await kit.records()).toEqual([deletedTopicKey(ORDERS.id)]);
    expect((await kit.keys()).map((key) => `${NAMESPACE}/${key}`)).toEqual([damaged]);
  });
});
