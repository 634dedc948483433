import { describe, expect, test } from '@jest/globals';
import type { Segment } from '../../storage/manifest-format.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { emptyManifest } from '../manifests.js';
import type { Backlog } from '../committed-log.js';
import type { CompactablePartition } from './compaction-jobs.js';
import { CompactionQueue, type Lane } from './compaction-queue.js';

const MIB = 1024 * 1024;
const MAX_AGE_MS = 600_000;
const SEGMENT_BYTES = 64 * MIB;

class FakePartition implements CompactablePartition {
  readonly topicName = 'orders';
  readonly topicId = 'AAECAwQFBgcICQoLDA0ODw';
  logStartOffset = 0;
  highWatermark = 0;
  manifest = emptyManifest(this);
  readonly isLeading = true;
  backlog: Backlog = { bytes: 0, extents: 0, oldestAt: undefined };

  constructor(readonly partition: number) {}

  uncompacted(): [] {
    return [];
  }

  has(bytes: number, oldestAt: number, extents = 1): this {
    this.backlog = { bytes, extents, oldestAt };
    this.highWatermark = this.manifest.checkpointOffset + extents;
    return this;
  }

  withSegments(sizeBytes: number, count: number): this {
    const segments = Array.from({ length: count }, (_, index): Segment => {
      const offsets = { baseOffset: index, lastOffset: index, recordCount: 1 };
      return { ...offsets, sizeBytes, maxTimestamp: -1, createdAt: 0, suffix: undefined };
    });
    this.manifest = { ...this.manifest, segments, checkpointOffset: count };
    this.highWatermark = count;
    return this;
  }
}

class Kit {
  readonly clock = new VirtualClock();
  readonly partitions: FakePartition[] = [];
  readonly queue: CompactionQueue;

  constructor(maxExtents = 1_000_000) {
    const limits = { segmentBytes: SEGMENT_BYTES, maxAgeMs: MAX_AGE_MS };
    this.queue = new CompactionQueue({ largeBytes: SEGMENT_BYTES / 8, maxExtents }, () => limits, this.clock);
  }

  add(): FakePartition {
    const partition = new FakePartition(this.partitions.length);
    this.partitions.push(partition);
    return partition;
  }

  next(lane: Lane = 'small') {
    return this.queue.next(this.partitions, lane);
  }
}

describe('what is compacted next', () => {
  test('nothing while nothing is due', () => {
    const kit = new Kit();
    kit.add();
    kit.add().has(MIB, kit.clock.now());
    expect(kit.next()).toBeUndefined();
    expect(kit.next('large')).toBeUndefined();
  });

  test('the partition that waits for longest first', async () => {
    const kit = new Kit();
    const late = kit.add().has(MIB, kit.clock.now() + 1);
    const early = kit.add().has(1000, kit.clock.now());
    await kit.clock.advance(MAX_AGE_MS + 1);
    expect(kit.next()).toMatchObject({ partition: early, writes: 3, exempt: false });
    early.has(0, kit.clock.now());
    expect(kit.next()).toMatchObject({ partition: late });
  });

  test('I7: a full segment does not wait for the budget, nor behind others', async () => {
    const kit = new Kit();
    kit.add().has(20 * MIB, kit.clock.now());
    await kit.clock.advance(MAX_AGE_MS);
    const full = kit.add().has(2 * SEGMENT_BYTES, kit.clock.now());
    expect(kit.next('large')).toMatchObject({ partition: full, exempt: true, bytes: SEGMENT_BYTES });
  });

  test('large and small jobs have lanes of their own', async () => {
    const kit = new Kit();
    const large = kit.add().has(20 * MIB, kit.clock.now());
    const small = kit.add().has(8 * MIB, kit.clock.now());
    await kit.clock.advance(MAX_AGE_MS);
    expect(kit.next('large')?.partition).toBe(large);
    expect(kit.next('small')?.partition).toBe(small);
  });

  test('a partition has one job at a time', async () => {
    const kit = new Kit();
    kit.add().withSegments(100_000, 100);
    const merge = kit.next()!;
    expect(merge.merge).toBeDefined();
    kit.queue.started(merge);
    kit.partitions[0]!.has(1000, kit.clock.now());
    await kit.clock.advance(MAX_AGE_MS);
    expect(kit.next()).toBeUndefined();
    kit.queue.finished(merge);
    expect(kit.next()).toBeDefined();
  });

  test('what is all below the log start costs one write: that of the manifest', () => {
    const kit = new Kit();
    kit.add().highWatermark = 5;
    expect(kit.next()).toMatchObject({ writes: 1, exempt: false, merge: undefined });
  });

  test('merges take turns with compactions, by when they became due', async () => {
    const kit = new Kit();
    const old = kit.add().has(1000, kit.clock.now());
    await kit.clock.advance(MAX_AGE_MS);
    kit.next();
    const merging = kit.add().withSegments(2 * MIB, 8);
    expect(kit.next()?.partition).toBe(old);
    expect(kit.next('large')).toMatchObject({ partition: merging, merge: { from: 0, to: 8 } });
  });

  test('what failed is tried again, later each time, and does not hold up others', async () => {
    const kit = new Kit();
    const first = kit.add().has(1000, kit.clock.now());
    const second = kit.add().has(1000, kit.clock.now() + 1);
    await kit.clock.advance(MAX_AGE_MS + 1);
    for (const delayMs of [1000, 2000, 4000]) {
      const task = kit.next()!;
      expect(task.partition).toBe(first);
      kit.queue.started(task);
      kit.queue.failed(task);
      expect(kit.next()?.partition).toBe(second);
      await kit.clock.advance(delayMs - 1);
      expect(kit.next()?.partition).toBe(second);
      await kit.clock.advance(1);
    }
  });

  test('a merge that fails does not keep the partition from being compacted', async () => {
    const kit = new Kit();
    const partition = kit.add().withSegments(100_000, 100);
    const merge = kit.next()!;
    kit.queue.started(merge);
    kit.queue.failed(merge);
    expect(kit.next()).toBeUndefined();
    partition.has(1000, kit.clock.now() - MAX_AGE_MS);
    expect(kit.next()).toMatchObject({ merge: undefined });
    await kit.clock.advance(1_000);
    partition.has(1000, kit.clock.now());
    expect(kit.next()?.merge).toBeDefined();
  });

  test('I6: with too many extents in memory, the partition with the most is compacted at once', () => {
    const kit = new Kit(1000);
    kit.add().has(MIB, kit.clock.now(), 400);
    const fullest = kit.add().has(1000, kit.clock.now(), 600);
    expect(kit.next()).toBeUndefined();
    kit.add().has(1000, kit.clock.now(), 1);
    expect(kit.next()).toMatchObject({ partition: fullest, exempt: true, merge: undefined });
  });
});
