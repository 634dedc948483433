import { partitionKey } from '../../metadata/partition-id.js';
import type { Topic } from '../../metadata/topic.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { Logger } from '../../logging/logger.js';
import type { Manifest } from '../../storage/manifest-format.js';
import {
  manifestsPrefix,
  parseManifestKey,
  parseSegmentKey,
  topicObjectsPrefix,
  type SegmentName,
} from '../../storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../../storage/object-store.js';
import { interruptibleSleep } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import { indexFrom } from '../offset-order.js';
import type { PartitionLog } from '../partition-log.js';
import type { PartitionLogs } from '../partition-logs.js';
import type { CleanupObserver } from './cleanup-observer.js';
import type { ObjectRemover } from './object-remover.js';

/** An object younger than this may still be about to be committed, ms. */
const MIN_AGE_MS = 86_400_000;

export interface OrphanScanDependencies {
  /** First path segment of all object keys. */
  readonly namespace: string;
  readonly logs: Pick<PartitionLogs, 'all' | 'manifestOf'>;
  readonly catalogue: Pick<TopicCatalogue, 'getById'>;
  readonly objects: Pick<ObjectStore, 'list'>;
  readonly remover: ObjectRemover;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: Pick<CleanupObserver, 'unknownObjects'>;
  /** Default: {@link MIN_AGE_MS}. */
  readonly minOrphanAgeMs?: number;
}

/** Objects listed between two pauses: about one request. */
const OBJECTS_AT_ONCE = 1000;
const PAUSE_MS = 200;

/**
 * Finds objects that were written for a partition and never became part of it: the writer died, or lost its leadership,
 * between the upload and the commit.
 *
 * Removed are segments and indexes below the checkpoint, and manifests up to the present version, that the present manifest
 * doesn't name, if they were written after the topic was created and more than a day ago. Anything else that is not known is
 * counted and left alone: it may be data that is waiting to be imported.
 */
export class OrphanScan {
  /** Where the last scan was ended before its time; the next one goes on after it. */
  private resumeAfter: string | undefined;
  private unknown = 0;
  private retired: { readonly manifest: Manifest; readonly keys: ReadonlySet<string> } | undefined;

  constructor(private readonly dependencies: OrphanScanDependencies) {}

  /**
   * Goes through the objects of all open partitions, slowly.
   *
   * @throws ObjectStoreError, and the signal's reason; the next run goes on with the partition that could not be looked at
   */
  async run(signal: AbortSignal): Promise<void> {
    const { logs, observer } = this.dependencies;
    const ordered = [...logs.all()].map((log) => ({ log, name: partitionKey(log) }));
    ordered.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { log, name } of ordered) {
      if (this.resumeAfter !== undefined && name <= this.resumeAfter) continue;
      const topic = this.dependencies.catalogue.getById(log.topicId);
      if (topic !== undefined && log.isLeading) await this.scan(log, topic, signal);
      this.resumeAfter = name;
    }
    this.resumeAfter = undefined;
    observer.unknownObjects(this.unknown);
    this.unknown = 0;
  }

  private async scan(log: PartitionLog, topic: Topic, signal: AbortSignal): Promise<void> {
    const { namespace, remover, objects, logger } = this.dependencies;
    const prefixes = [
      `${topicObjectsPrefix(namespace, log.topicName)}${log.partition}/`,
      manifestsPrefix(namespace, log.topicId, log.partition),
    ];
    for (const prefix of prefixes) {
      const orphans: string[] = [];
      let listed = 0;
      for await (const object of objects.list(prefix, { signal })) {
        if ((listed += 1) % OBJECTS_AT_ONCE === 0) await interruptibleSleep(this.dependencies.clock, PAUSE_MS, signal);
        const kind = this.judge(object, log, topic);
        if (kind === 'orphan') orphans.push(object.key);
        if (kind === 'unknown') this.unknown += 1;
      }
      if (orphans.length === 0) continue;
      logger.info({ event: 'orphans_found', prefix, count: orphans.length, first: orphans[0] }, 'orphans found');
      await remover.remove(orphans, 'orphan', signal);
    }
  }

  private judge(object: ListedObject, log: PartitionLog, topic: Topic): 'kept' | 'orphan' | 'unknown' {
    const manifest = this.dependencies.logs.manifestOf(log);
    const { current } = manifest;
    const stored = parseManifestKey(object.key);
    const segment = parseSegmentKey(object.key)?.name;
    if (object.key === manifest.currentKey || this.retiredBy(current).has(object.key)) return 'kept';
    if (segment !== undefined && isNamed(current, segment)) return 'kept';
    if (stored === undefined && segment === undefined) return 'unknown';
    if (object.lastModified <= Date.parse(topic.createdAt)) return 'unknown';
    // Beyond that it may be about to be committed.
    const isPast =
      segment === undefined
        ? stored !== undefined && stored.version <= current.version
        : segment.baseOffset < current.checkpointOffset;
    const { clock, minOrphanAgeMs = MIN_AGE_MS } = this.dependencies;
    return isPast && clock.now() - object.lastModified > minOrphanAgeMs ? 'orphan' : 'kept';
  }

  /** Of the manifest as it is when an object is judged, for it may change while objects are listed. */
  private retiredBy(manifest: Manifest): ReadonlySet<string> {
    if (this.retired?.manifest !== manifest) {
      this.retired = { manifest, keys: new Set(manifest.retired.map(({ key }) => key)) };
    }
    return this.retired.keys;
  }
}

function isNamed({ segments }: Manifest, { baseOffset, suffix }: SegmentName): boolean {
  const segment = segments[indexFrom(segments, baseOffset)];
  return segment?.baseOffset === baseOffset && segment.suffix === suffix;
}
