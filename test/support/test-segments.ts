import { crc32c } from '../../src/checksum/crc32c.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import type { Segment } from '../../src/storage/manifest-format.js';
import { segmentIndexKey, segmentKey } from '../../src/storage/object-keys.js';
import { LOG_OPTIONS, type LogKit } from './log-kit.js';

/** What a test says of a segment; the rest follows from the log. */
export interface TestSegment {
  readonly maxTimestamp?: number;
  readonly sizeBytes?: number;
  readonly suffix?: string;
}

/** Keys of a segment of the kit's namespace and of its index. */
export function segmentKeys(log: PartitionLog, segment: Pick<Segment, 'baseOffset' | 'suffix'>): [string, string] {
  const { topicName, partition } = log;
  return [
    segmentKey(LOG_OPTIONS.namespace, topicName, partition, segment),
    segmentIndexKey(LOG_OPTIONS.namespace, topicName, partition, segment),
  ];
}

/**
 * Makes one segment of what a log has in the WAL, as compaction would, but for its bytes: nobody is to read it.
 *
 * @returns the manifest's entry
 */
export async function compactInto(kit: LogKit, log: PartitionLog, about: TestSegment = {}): Promise<Segment> {
  const baseOffset = log.manifest.checkpointOffset;
  const lastOffset = log.highWatermark - 1;
  const segment: Segment = {
    baseOffset,
    lastOffset,
    sizeBytes: about.sizeBytes ?? 1000,
    recordCount: lastOffset - baseOffset + 1,
    maxTimestamp: about.maxTimestamp ?? kit.clock.now(),
    createdAt: kit.clock.now(),
    suffix: about.suffix,
  };
  for (const key of segmentKeys(log, segment)) {
    const bytes = Buffer.from(key);
    await kit.storedObjects.create(key, [bytes], { crc32c: crc32c(bytes) });
  }
  await kit.clock.until(
    kit.logs.manifestOf(log).commit(({ segments }) => ({
      segments: [...segments, segment],
      checkpointOffset: lastOffset + 1,
    })),
  );
  return segment;
}
