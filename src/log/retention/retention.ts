import { KafkaError } from '../../protocol/errors.js';
import type { Logger } from '../../logging/logger.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import type { Segment } from '../../storage/manifest-format.js';
import { segmentKeys } from '../../storage/object-keys.js';
import { interruptibleSleep } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import type { CleanupObserver } from '../cleanup/cleanup-observer.js';
import { indexFrom } from '../offset-order.js';
import type { PartitionLog } from '../partition-log.js';
import type { PartitionLogs } from '../partition-logs.js';
import type { ManifestChange } from '../partition-manifest.js';
import {
  findExpired,
  retentionLimitsOf,
  type Expired,
  type RetainedTail,
  type RetentionLimits,
} from './retention-policy.js';

export interface RetentionDependencies {
  /** First path segment of all object keys. */
  readonly namespace: string;
  readonly logs: Pick<PartitionLogs, 'all' | 'manifestOf' | 'deleteRecords'>;
  readonly catalogue: Pick<TopicCatalogue, 'getById'>;
  readonly topicDefaults: Pick<TopicDefaults, 'under'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: Pick<CleanupObserver, 'logStartMoved'>;
}

/** Retired objects that one manifest may have, whatever waits to be removed: it is written anew for each change. */
const MAX_RETIRED = 20_000;
/** Between two changes, ms: what is written for retention comes bit by bit. */
const PAUSE_MS = 100;
/** Partitions looked at between two pauses. */
const PARTITIONS_AT_ONCE = 200;
const WRITE_TIMEOUT_MS = 30_000;

/** What a look at a partition has found to do. */
interface Plan {
  readonly logStartOffset: number;
  /** How many segments end below it. */
  readonly droppedSegments: number;
  readonly expired: Expired | undefined;
}

/**
 * Applies `retention.ms` and `retention.bytes` to the partitions that this broker leads, and drops segments that are below
 * the log start, wherever it comes from (DeleteRecords).
 *
 * The log start and the list without the segments are one transaction, and only then readers see the new log start: below it
 * they get OFFSET_OUT_OF_RANGE. The objects themselves are retired and deleted later, so that a read under way is not
 * disturbed.
 */
export class Retention {
  constructor(private readonly dependencies: RetentionDependencies) {}

  /**
   * Looks at all open partitions once. A partition that fails does not hold up the others.
   *
   * @throws what the last partition that failed has thrown, and the signal's reason
   */
  async run(signal: AbortSignal): Promise<void> {
    const { logs, clock } = this.dependencies;
    const limits = new Map<string, RetentionLimits | undefined>();
    let failure: { readonly error: unknown } | undefined;
    let looks = 0;
    for (const log of [...logs.all()]) {
      signal.throwIfAborted();
      if (!limits.has(log.topicId)) limits.set(log.topicId, this.limitsOf(log.topicId));
      const topicLimits = limits.get(log.topicId);
      if (topicLimits === undefined || !log.isLeading) continue;
      try {
        const changed = await this.apply(log, topicLimits);
        if (changed || (looks += 1) % PARTITIONS_AT_ONCE === 0) await interruptibleSleep(clock, PAUSE_MS, signal);
      } catch (error) {
        signal.throwIfAborted();
        // A leadership or a topic that has ended meanwhile.
        if (!(error instanceof KafkaError)) failure = { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  /** As they are now; undefined for a topic that is gone. */
  private limitsOf(topicId: string): RetentionLimits | undefined {
    const topic = this.dependencies.catalogue.getById(topicId);
    return topic && retentionLimitsOf(this.dependencies.topicDefaults.under(topic.configs));
  }

  /** @returns whether something was written */
  private async apply(log: PartitionLog, limits: RetentionLimits): Promise<boolean> {
    const { logs, observer, logger } = this.dependencies;
    const manifest = logs.manifestOf(log);
    const lookAgain = () => this.plan(log, manifest.current.segments, manifest.retired.length, limits);
    const plan = lookAgain();
    if (plan === undefined) return false;
    const before = { logStartOffset: log.logStartOffset, sizeBytes: log.sizeBytes };
    if (plan.droppedSegments > 0) {
      await manifest.commit(({ segments }) => this.changeOf(log, segments, lookAgain()));
    } else {
      await logs.deleteRecords([{ log, offset: plan.logStartOffset }], WRITE_TIMEOUT_MS);
    }
    if (plan.expired !== undefined && log.logStartOffset > before.logStartOffset) {
      const bytes = Math.max(0, before.sizeBytes - log.sizeBytes);
      observer.logStartMoved(plan.expired.reason, bytes);
      const { topicName: topic, partition, logStartOffset } = log;
      const { reason } = plan.expired;
      logger.info({ event: 'retention', topic, partition, logStartOffset, reason, bytes }, 'old records removed');
    }
    return true;
  }

  /** Undefined when there is nothing to do. */
  private plan(
    log: PartitionLog,
    segments: readonly Segment[],
    retired: number,
    limits: RetentionLimits,
  ): Plan | undefined {
    const alreadyBelow = indexFrom(segments, log.logStartOffset);
    const left = alreadyBelow === 0 ? segments : segments.slice(alreadyBelow);
    const expired = findExpired(left, tailOf(log), limits, this.dependencies.clock.now());
    const wanted = Math.max(log.logStartOffset, expired?.logStartOffset ?? 0);
    const below = indexFrom(segments, wanted);
    const droppedSegments = Math.min(below, Math.max(0, Math.floor((MAX_RETIRED - retired) / 2)));
    // What does not fit into this manifest goes with a later one.
    const logStartOffset =
      droppedSegments < below ? Math.max(log.logStartOffset, endOf(segments[droppedSegments - 1])) : wanted;
    return droppedSegments > 0 || logStartOffset > log.logStartOffset
      ? { logStartOffset, droppedSegments, expired }
      : undefined;
  }

  private changeOf(
    log: PartitionLog,
    segments: readonly Segment[],
    plan: Plan | undefined,
  ): ManifestChange | undefined {
    if (plan === undefined) return undefined;
    const { namespace } = this.dependencies;
    const { topicName, partition } = log;
    const retire = segments
      .slice(0, plan.droppedSegments)
      .flatMap((segment) => segmentKeys(namespace, topicName, partition, segment));
    return { segments: segments.slice(plan.droppedSegments), logStartOffset: plan.logStartOffset, retire };
  }
}

/** What is in no segment yet and was not deleted. */
function tailOf(log: PartitionLog): RetainedTail | undefined {
  if (log.backlog.bytes === 0) return undefined;
  const newest = log.partWithMaxTimestamp(Math.max(log.logStartOffset, log.manifest.checkpointOffset));
  const written = log.uncompacted().at(-1)?.object.createdAt ?? -1;
  const maxTimestamp = newest === undefined || newest.maxTimestamp < 0 ? written : newest.maxTimestamp;
  return { endOffset: log.highWatermark, sizeBytes: log.backlog.bytes, maxTimestamp };
}

function endOf(segment: Segment | undefined): number {
  return segment === undefined ? 0 : segment.lastOffset + 1;
}
