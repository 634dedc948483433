import { numberOf, type TopicConfigs } from '../../metadata/topic-configs.js';
import { MAX_SEGMENT_BYTES, SEGMENT_FOOTER_BYTES, SEGMENT_HEADER_BYTES } from '../../storage/segment-format.js';
import type { CompactionLimits } from './compaction-policy.js';

/** Segments that a topic wants smaller than this are of this size: each costs three writes, whatever its size (I7). */
export const SMALLEST_SEGMENT_BYTES = 1024 * 1024;

/**
 * How the partitions of a topic are compacted.
 *
 * `segment.bytes` makes segments smaller than the broker's, down to {@link SMALLEST_SEGMENT_BYTES}; `segment.ms` makes
 * records be compacted sooner. What a topic doesn't say itself, nor the cluster for all topics, changes nothing: Apache
 * Kafka's defaults are about files.
 *
 * @param broker what holds for topics that say nothing
 * @param configs the topic's own and the cluster's
 */
export function compactionLimitsOf(broker: CompactionLimits, configs: TopicConfigs): CompactionLimits {
  const wanted = configs.has('segment.bytes') ? numberOf(configs, 'segment.bytes') : Infinity;
  const maxAgeMs = configs.has('segment.ms') ? numberOf(configs, 'segment.ms') : Infinity;
  const segmentBytes = Math.min(broker.segmentBytes, Math.max(wanted, SMALLEST_SEGMENT_BYTES));
  return {
    // Room for header and footer, and for positions of 31 bits.
    segmentBytes: Math.min(segmentBytes, MAX_SEGMENT_BYTES) - SEGMENT_HEADER_BYTES - SEGMENT_FOOTER_BYTES,
    maxAgeMs: Math.min(broker.maxAgeMs, maxAgeMs),
  };
}
