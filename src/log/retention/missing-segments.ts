import type { Logger } from '../../logging/logger.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { Manifest, Segment } from '../../storage/manifest-format.js';
import { parseSegmentKey, segmentKey, segmentKeys } from '../../storage/object-keys.js';
import { ObjectNotFoundError, type ObjectStore } from '../../storage/object-store.js';
import type { Clock } from '../../time/clock.js';
import type { CleanupObserver } from '../cleanup/cleanup-observer.js';
import { indexFrom } from '../offset-order.js';
import type { PartitionLog } from '../partition-log.js';
import type { PartitionLogs } from '../partition-logs.js';
import type { PartitionManifest } from '../partition-manifest.js';

export interface MissingSegmentsDependencies {
  /** First path segment of all object keys. */
  readonly namespace: string;
  readonly logs: Pick<PartitionLogs, 'find' | 'manifestOf'>;
  readonly catalogue: Pick<TopicCatalogue, 'get'>;
  readonly objects: Pick<ObjectStore, 'head'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly logger: Logger;
  readonly observer: Pick<CleanupObserver, 'logStartMoved' | 'cleanupFailed'>;
}

/** Objects asked for at once. */
const CONCURRENCY = 16;
/** Segments after which the log start is moved, before more are looked at. */
const SEGMENTS_PER_COMMIT = 1024;
/** A segment that is missing inside a log is looked for again after this time at the earliest, ms. */
const HOLE_INTERVAL_MS = 60_000;

/**
 * Answers for segments that somebody has deleted in the bucket: a lifecycle rule, or a person.
 *
 * When all segments from the beginning of the log up to the one that a reader missed are gone, each of them asked for, the log
 * start moves past them: readers get OFFSET_OUT_OF_RANGE instead of failing for ever. A segment that is missing behind one
 * that is there is a loss, and stays an error for whoever reads it: nothing is skipped silently (I3).
 */
export class MissingSegments {
  private readonly underWay = new Map<PartitionLog, Promise<void>>();
  private readonly holes = new WeakMap<PartitionLog, { readonly key: string; readonly foundAt: number }>();

  constructor(private readonly dependencies: MissingSegmentsDependencies) {}

  /**
   * To be called when a reader was told that an object is not there. Never rejects; one search per partition at a time.
   *
   * @param key of the object; of others than segments nothing is known here
   * @param signal ends the search
   */
  report(key: string, signal: AbortSignal): Promise<void> {
    const log = this.logOf(key);
    if (log === undefined || this.isKnownHole(log, key)) return Promise.resolve();
    let search = this.underWay.get(log);
    if (search === undefined) {
      search = this.search(log, key, signal)
        .catch((error: unknown) => {
          if (signal.aborted) return;
          this.dependencies.observer.cleanupFailed('missing');
          this.dependencies.logger.warn({ event: 'missing_segments_failed', key, err: error }, 'search failed');
        })
        .finally(() => this.underWay.delete(log));
      this.underWay.set(log, search);
    }
    return search;
  }

  private async search(log: PartitionLog, key: string, signal: AbortSignal): Promise<void> {
    if (!(await this.isGone(key, signal))) return;
    const manifest = this.dependencies.logs.manifestOf(log);
    let hasMoved = false;
    for (let gone = SEGMENTS_PER_COMMIT; gone === SEGMENTS_PER_COMMIT;) {
      const first = indexFrom(manifest.current.segments, log.logStartOffset);
      const segments = manifest.current.segments.slice(first, first + SEGMENTS_PER_COMMIT);
      gone = await this.countGone(log, segments, signal);
      if (gone === 0 || !(await this.moveLogStart(log, manifest, segments.slice(0, gone)))) break;
      hasMoved = true;
    }
    if (!hasMoved) this.reportHole(log, manifest.current, key);
  }

  /** How many segments, from the first one on, are not there without an exception. */
  private async countGone(log: PartitionLog, segments: readonly Segment[], signal: AbortSignal): Promise<number> {
    for (let from = 0; from < segments.length; from += CONCURRENCY) {
      const some = segments.slice(from, from + CONCURRENCY);
      const gone = await Promise.all(some.map((segment) => this.isGone(this.keyOf(log, segment), signal)));
      const firstThere = gone.indexOf(false);
      if (firstThere >= 0) return from + firstThere;
    }
    return segments.length;
  }

  /** @returns whether anything was moved: the manifest may have moved on meanwhile, by retention or a merge */
  private async moveLogStart(
    log: PartitionLog,
    manifest: PartitionManifest,
    gone: readonly Segment[],
  ): Promise<boolean> {
    const keys = new Set(gone.map((segment) => this.keyOf(log, segment)));
    const before = { logStartOffset: log.logStartOffset, sizeBytes: log.sizeBytes };
    await manifest.commit(({ segments }) => {
      let end = indexFrom(segments, log.logStartOffset);
      while (end < segments.length && keys.has(this.keyOf(log, segments[end] as Segment))) end += 1;
      const dropped = segments.slice(0, end);
      const logStartOffset = (dropped.at(-1)?.lastOffset ?? -1) + 1;
      if (logStartOffset <= log.logStartOffset) return undefined;
      const retire = dropped.flatMap((segment) => this.keysOf(log, segment));
      return { segments: segments.slice(end), logStartOffset, retire };
    });
    if (log.logStartOffset === before.logStartOffset) return false;
    const bytes = Math.max(0, before.sizeBytes - log.sizeBytes);
    this.dependencies.observer.logStartMoved('missing', bytes);
    const { topicName: topic, partition, logStartOffset } = log;
    this.dependencies.logger.error(
      { event: 'segments_missing', topic, partition, bytes, from: before.logStartOffset, logStartOffset },
      'segments were deleted in the bucket by somebody else: the log begins after them now',
    );
    return true;
  }

  private reportHole(log: PartitionLog, { segments }: Manifest, key: string): void {
    if (!segments.some((segment) => this.keysOf(log, segment).includes(key))) return;
    this.holes.set(log, { key, foundAt: this.dependencies.clock.monotonic() });
    this.dependencies.observer.cleanupFailed('missing');
    const { topicName: topic, partition } = log;
    this.dependencies.logger.error(
      { event: 'segment_missing_inside', topic, partition, key },
      'a segment is missing inside the log: its records cannot be read, and are not skipped',
    );
  }

  private logOf(key: string): PartitionLog | undefined {
    const parsed = parseSegmentKey(key);
    const topic = parsed?.kind === 'segment' ? this.dependencies.catalogue.get(parsed.topic) : undefined;
    return parsed && topic && this.dependencies.logs.find(topic.id, parsed.partition);
  }

  private isKnownHole(log: PartitionLog, key: string): boolean {
    const hole = this.holes.get(log);
    return hole?.key === key && this.dependencies.clock.monotonic() - hole.foundAt < HOLE_INTERVAL_MS;
  }

  private async isGone(key: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.dependencies.objects.head(key, { signal });
      return false;
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return true;
      throw error;
    }
  }

  private keyOf({ topicName, partition }: PartitionLog, segment: Segment): string {
    return segmentKey(this.dependencies.namespace, topicName, partition, segment);
  }

  private keysOf({ topicName, partition }: PartitionLog, segment: Segment): [string, string] {
    return segmentKeys(this.dependencies.namespace, topicName, partition, segment);
  }
}
