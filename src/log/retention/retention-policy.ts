import { listItems } from '../../metadata/config-value.js';
import { effectiveValue, numberOf, type TopicConfigs } from '../../metadata/topic-configs.js';

/** What a topic's configurations say of how much of its partitions is kept; undefined for no limit. */
export interface RetentionLimits {
  /** `retention.ms`. */
  readonly maxAgeMs: number | undefined;
  /** `retention.bytes`, for each partition. */
  readonly maxBytes: number | undefined;
}

/** A segment, as far as retention looks at it. */
export interface RetainedSegment {
  readonly lastOffset: number;
  readonly sizeBytes: number;
  /** Largest record timestamp, ms since the Unix epoch; −1 without any. */
  readonly maxTimestamp: number;
  /** ms since the Unix epoch. */
  readonly createdAt: number;
}

/** What is not in segments yet: it goes as a whole, and only when it is all that is left. */
export interface RetainedTail {
  /** Offset after its last record. */
  readonly endOffset: number;
  readonly sizeBytes: number;
  /** Largest record timestamp, or when the last of it was written if no record has one, ms since the Unix epoch. */
  readonly maxTimestamp: number;
}

/** What has outlived its retention. */
export interface Expired {
  /** Where the log is to begin. */
  readonly logStartOffset: number;
  readonly reason: 'time' | 'size';
}

/** Without `delete` in its cleanup policy nothing is removed by age or size, as in Apache Kafka. */
export function retentionLimitsOf(configs: TopicConfigs): RetentionLimits {
  if (!listItems(effectiveValue(configs, 'cleanup.policy')).includes('delete')) {
    return { maxAgeMs: undefined, maxBytes: undefined };
  }
  return { maxAgeMs: limit(numberOf(configs, 'retention.ms')), maxBytes: limit(numberOf(configs, 'retention.bytes')) };
}

/**
 * What is to be removed from the beginning of a log: whole segments, oldest first, and the tail after the last of them.
 *
 * By time: what has a largest timestamp, or without one a creation time, more than `retention.ms` ago. The first one that
 * is younger keeps all that follow; a timestamp in the future is younger than any limit. By size: as long as what remains
 * is at least `retention.bytes`. Both as in Apache Kafka.
 *
 * @param segments in offset order
 * @param now the broker's clock, ms since the Unix epoch
 */
export function findExpired(
  segments: readonly RetainedSegment[],
  tail: RetainedTail | undefined,
  limits: RetentionLimits,
  now: number,
): Expired | undefined {
  const byTime = countByTime(segments, tail, limits.maxAgeMs, now);
  const bySize = countBySize(segments, tail, limits.maxBytes);
  const count = Math.max(byTime, bySize);
  if (count === 0) return undefined;
  const logStartOffset =
    tail !== undefined && count > segments.length
      ? tail.endOffset
      : (segments[count - 1] as RetainedSegment).lastOffset + 1;
  return { logStartOffset, reason: byTime >= bySize ? 'time' : 'size' };
}

function countByTime(
  segments: readonly RetainedSegment[],
  tail: RetainedTail | undefined,
  maxAgeMs: number | undefined,
  now: number,
): number {
  if (maxAgeMs === undefined) return 0;
  for (const [index, { maxTimestamp, createdAt }] of segments.entries()) {
    if (now - (maxTimestamp >= 0 ? maxTimestamp : createdAt) <= maxAgeMs) return index;
  }
  const tailExpired = tail !== undefined && now - tail.maxTimestamp > maxAgeMs;
  return segments.length + (tailExpired ? 1 : 0);
}

function countBySize(
  segments: readonly RetainedSegment[],
  tail: RetainedTail | undefined,
  maxBytes: number | undefined,
): number {
  if (maxBytes === undefined) return 0;
  let excess = (tail?.sizeBytes ?? 0) - maxBytes;
  for (const { sizeBytes } of segments) excess += sizeBytes;
  for (const [index, { sizeBytes }] of segments.entries()) {
    if (excess < sizeBytes) return index;
    excess -= sizeBytes;
  }
  return segments.length + (tail !== undefined && excess >= tail.sizeBytes ? 1 : 0);
}

function limit(value: number): number | undefined {
  return value < 0 ? undefined : value;
}
