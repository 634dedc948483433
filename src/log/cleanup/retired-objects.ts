import type { Logger } from '../../logging/logger.js';
import type { Manifest } from '../../storage/manifest-format.js';
import { parseSegmentKey } from '../../storage/object-keys.js';
import type { Clock } from '../../time/clock.js';
import { indexFrom } from '../offset-order.js';
import type { PartitionLogs } from '../partition-logs.js';
import type { PartitionManifest } from '../partition-manifest.js';
import { KEYS_PER_REQUEST, type ObjectRemover } from './object-remover.js';

export interface RetiredObjectsDependencies {
  readonly logs: Pick<PartitionLogs, 'all' | 'manifestOf'>;
  readonly remover: ObjectRemover;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long objects stay after they were retired, ms: longer than any reader takes. */
  readonly graceMs: number;
}

interface DueObjects {
  readonly manifest: PartitionManifest;
  readonly keys: readonly string[];
}

/**
 * Deletes what the manifests of the open partitions have retired: replaced and dropped segments, older manifests. The list in
 * the manifest is the memory: whoever leads the partition next goes on from there, and deletes again what it can't know to be
 * gone, until the partition's next manifest leaves it out.
 */
export class RetiredObjects {
  constructor(private readonly dependencies: RetiredObjectsDependencies) {}

  /**
   * Deletes all that is due, of many partitions in one request.
   *
   * @throws ObjectStoreError, and the signal's reason
   */
  async run(signal: AbortSignal): Promise<void> {
    let batch: DueObjects[] = [];
    let size = 0;
    for (const log of [...this.dependencies.logs.all()]) {
      if (!log.isLeading) continue;
      const due = this.due(this.dependencies.logs.manifestOf(log));
      if (due.keys.length === 0) continue;
      batch.push(due);
      size += due.keys.length;
      if (size < KEYS_PER_REQUEST) continue;
      await this.remove(batch, signal);
      batch = [];
      size = 0;
    }
    await this.remove(batch, signal);
  }

  private async remove(batch: readonly DueObjects[], signal: AbortSignal): Promise<void> {
    await this.dependencies.remover.remove(
      batch.flatMap(({ keys }) => keys),
      'retired',
      signal,
    );
    for (const { manifest, keys } of batch) manifest.forgetRetired(keys);
  }

  private due(manifest: PartitionManifest): DueObjects {
    const { clock, graceMs, logger } = this.dependencies;
    const now = clock.now();
    const keys: string[] = [];
    for (const { key, retiredAt } of manifest.retired) {
      if (now - retiredAt < graceMs) continue;
      if (!isNamed(manifest.current, key)) keys.push(key);
      else
        logger.error({ event: 'retired_object_in_use', key }, 'a retired object is part of the log: it is not deleted');
    }
    return { manifest, keys };
  }
}

/** Whether the key is that of a segment that the manifest has, or its index. No writer of manifests lets that happen. */
function isNamed({ topicName, partition, segments }: Manifest, key: string): boolean {
  const parsed = parseSegmentKey(key);
  if (parsed === undefined || parsed.topic !== topicName || parsed.partition !== partition) return false;
  const segment = segments[indexFrom(segments, parsed.name.baseOffset)];
  return segment?.baseOffset === parsed.name.baseOffset && segment.suffix === parsed.name.suffix;
}
