import { crc32c } from '../../src/checksum/crc32c.js';
import type { ManifestChange, PartitionManifest } from '../../src/log/partition-manifest.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import type { PartitionLogs } from '../../src/log/partition-logs.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import type { Manifest, Segment } from '../../src/storage/manifest-format.js';
import { segmentIndexKey, segmentKey } from '../../src/storage/object-keys.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { checksumOf, totalBytes } from '../../src/storage/pieces.js';
import { segmentFooter, segmentHeader } from '../../src/storage/segment-format.js';
import { encodeSegmentIndex, SegmentIndexBuilder } from '../../src/storage/segment-index.js';

/** Makes segments without the compactor, for tests of what surrounds it. */
export class HandCompaction {
  private names = 0;

  /** @param objects a store without faults */
  constructor(
    private readonly objects: ObjectStore,
    private readonly logs: PartitionLogs,
    private readonly namespace: string,
  ) {}

  /** Stores a segment with the committed batches from the checkpoint up to `end`, or up to the high watermark. */
  async writeSegment(log: PartitionLog, end = log.highWatermark): Promise<Segment> {
    const batches: RecordBatch[] = [];
    for (const extent of log.uncompacted()) {
      for (const batch of await log.batchesOf(extent)) {
        if (batch.baseOffset >= log.manifest.checkpointOffset && batch.lastOffset < end) batches.push(batch);
      }
    }
    const [first, last] = [batches[0] as RecordBatch, batches.at(-1) as RecordBatch];
    const recordCount = batches.reduce((sum, batch) => sum + batch.recordCount, 0);
    const index = new SegmentIndexBuilder();
    const body: Buffer[] = [];
    for (const batch of batches) {
      index.add(batch.baseOffset, batch.recordCount, 32 + totalBytes(body));
      body.push(batch.bytes);
    }
    const bytes = [
      segmentHeader({ baseOffset: first.baseOffset, recordCount, createdAt: 1 }),
      ...body,
      segmentFooter({ bodyCrc32c: checksumOf(body), lastOffset: last.lastOffset }),
    ];
    const suffix = (this.names += 1).toString(16).padStart(8, '0');
    const name = { baseOffset: first.baseOffset, suffix };
    const { topicName, partition } = log;
    await this.put(segmentKey(this.namespace, topicName, partition, name), Buffer.concat(bytes));
    await this.put(segmentIndexKey(this.namespace, topicName, partition, name), encodeSegmentIndex(index.build()));
    return {
      baseOffset: first.baseOffset,
      lastOffset: last.lastOffset,
      sizeBytes: totalBytes(bytes),
      recordCount,
      maxTimestamp: Math.max(...batches.map(({ maxTimestamp }) => maxTimestamp)),
      createdAt: 1,
      suffix,
    };
  }

  /** The change that adds a segment; none when it does not begin at the checkpoint any more. */
  added(segment: Segment): (current: Manifest) => ManifestChange | undefined {
    return ({ segments, checkpointOffset }) =>
      segment.baseOffset === checkpointOffset
        ? { segments: [...segments, segment], checkpointOffset: segment.lastOffset + 1 }
        : undefined;
  }

  /** Turns what is committed up to `end` into a segment. */
  async compact(log: PartitionLog, end = log.highWatermark): Promise<Manifest> {
    const segment = await this.writeSegment(log, end);
    return this.manifestOf(log).commit(this.added(segment));
  }

  manifestOf(log: PartitionLog): PartitionManifest {
    return this.logs.manifestOf(log);
  }

  private put(key: string, bytes: Buffer): Promise<void> {
    return this.objects.create(key, [bytes], { crc32c: crc32c(bytes) });
  }
}
