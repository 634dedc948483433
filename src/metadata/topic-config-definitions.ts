import type { ConfigType } from './config-value.js';

/** What a topic configuration does in this version. */
export type ConfigEffect =
  | 'full'
  /** Acted on when the broker looks into the records, which it does with KAFSCALE_DEEP_VALIDATION only. */
  | 'deep validation'
  /** Kept and reported, because tools and manifests set it; the object store takes the place of what it tunes. */
  | 'none'
  /** Kept and reported; acted on by what this version doesn't do yet. */
  | 'not yet';

export interface TopicConfigDefinition {
  readonly type: ConfigType;
  readonly default: string;
  /** What it means, without what {@link effect} says. */
  readonly about: string;
  readonly effect: ConfigEffect;
  /** The broker configuration of Apache Kafka that holds the default for all topics; absent when there is none. */
  readonly brokerName: string | undefined;
}

const MAX_LONG = '9223372036854775807';
const boolean: ConfigType = { kind: 'boolean' };
const int = (min: number, max?: number): ConfigType => ({ kind: 'int', min, ...(max === undefined ? {} : { max }) });
const long = (min: number): ConfigType => ({ kind: 'long', min });
const oneOf = (...values: string[]): ConfigType => ({ kind: 'string', values });
const replicas: ConfigType = { kind: 'list', mayBeEmpty: true, items: /^(\*|[0-9]+:[0-9]+)$/ };

type Define = (type: ConfigType, defaultValue: string, about: string, brokerName?: string) => TopicConfigDefinition;

const withEffect =
  (effect: ConfigEffect): Define =>
  (type, defaultValue, about, brokerName) => ({ type, default: defaultValue, about, effect, brokerName });

const define = withEffect('full');
const deep = withEffect('deep validation');
const idle = withEffect('none');
const later = withEffect('not yet');

/** Every topic configuration of Apache Kafka, with Kafka's defaults and bounds. */
export const TOPIC_CONFIGS: Readonly<Record<string, TopicConfigDefinition>> = {
  'cleanup.policy': define(
    { kind: 'list', values: ['compact', 'delete'] },
    'delete',
    'What happens to old records: "delete" drops them by age or size; with "compact" alone they are all kept, for records ' +
      'are not compacted by key.',
    'log.cleanup.policy',
  ),
  'compression.gzip.level': idle(
    int(-1, 9),
    '-1',
    'Compression level for gzip, where the broker compresses.',
    'compression.gzip.level',
  ),
  'compression.lz4.level': idle(
    int(1, 17),
    '9',
    'Compression level for lz4, where the broker compresses.',
    'compression.lz4.level',
  ),
  'compression.type': idle(
    oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    'producer',
    'Compression of stored records. They always keep what the producer chose, which is "producer".',
    'compression.type',
  ),
  'compression.zstd.level': idle(
    int(-131072, 22),
    '3',
    'Compression level for zstd, where the broker compresses.',
    'compression.zstd.level',
  ),
  'delete.retention.ms': later(
    long(0),
    '86400000',
    'For how long a compacted topic keeps the marker of a deleted key, in ms.',
    'log.cleaner.delete.retention.ms',
  ),
  'file.delete.delay.ms': idle(
    long(0),
    '60000',
    'How long to wait before a deleted file is removed, in ms.',
    'log.segment.delete.delay.ms',
  ),
  'flush.messages': idle(
    long(0),
    MAX_LONG,
    'After how many records to force data to disk.',
    'log.flush.interval.messages',
  ),
  'flush.ms': idle(long(0), MAX_LONG, 'After how many ms to force data to disk.', 'log.flush.interval.ms'),
  'follower.replication.throttled.replicas': idle(replicas, '', 'Followers to throttle.'),
  'index.interval.bytes': idle(
    int(0),
    '4096',
    'Bytes between two entries of the offset index.',
    'log.index.interval.bytes',
  ),
  'leader.replication.throttled.replicas': idle(replicas, '', 'Leaders to throttle.'),
  'local.retention.bytes': idle(
    long(-2),
    '-2',
    'Local size to keep with tiered storage; -2 follows retention.bytes.',
    'log.local.retention.bytes',
  ),
  'local.retention.ms': idle(
    long(-2),
    '-2',
    'Local time to keep with tiered storage; -2 follows retention.ms.',
    'log.local.retention.ms',
  ),
  'max.compaction.lag.ms': later(
    long(1),
    MAX_LONG,
    'For how long a record may escape compaction at most, in ms.',
    'log.cleaner.max.compaction.lag.ms',
  ),
  'max.message.bytes': define(
    int(0),
    '1048588',
    'Largest record batch that is accepted, in bytes.',
    'message.max.bytes',
  ),
  'message.downconversion.enable': idle(
    boolean,
    'true',
    'Whether old consumers get old formats.',
    'log.message.downconversion.enable',
  ),
  'message.timestamp.after.max.ms': deep(
    long(0),
    '3600000',
    'How far a record may be dated ahead of the broker, in ms.',
    'log.message.timestamp.after.max.ms',
  ),
  'message.timestamp.before.max.ms': deep(
    long(0),
    MAX_LONG,
    'How far a record may be dated behind the broker, in ms.',
    'log.message.timestamp.before.max.ms',
  ),
  'message.timestamp.type': define(
    oneOf('CreateTime', 'LogAppendTime'),
    'CreateTime',
    'Whether records carry the time that the producer gave them or that at which the broker took them.',
    'log.message.timestamp.type',
  ),
  'min.cleanable.dirty.ratio': later(
    { kind: 'double', min: 0, max: 1 },
    '0.5',
    'Share of the log that must be uncompacted before it is compacted.',
    'log.cleaner.min.cleanable.ratio',
  ),
  'min.compaction.lag.ms': later(
    long(0),
    '0',
    'For how long a record is safe from compaction, in ms.',
    'log.cleaner.min.compaction.lag.ms',
  ),
  'min.insync.replicas': idle(
    int(1),
    '1',
    'Replicas that must have a record for acks=all. The object store replicates: always satisfied.',
    'min.insync.replicas',
  ),
  preallocate: idle(boolean, 'false', 'Whether files are allocated ahead.', 'log.preallocate'),
  'remote.log.copy.disable': idle(boolean, 'false', 'Whether tiered data becomes read-only.'),
  'remote.log.delete.on.disable': idle(boolean, 'false', 'Whether tiered data goes with tiering.'),
  'remote.storage.enable': idle(
    boolean,
    'false',
    'Tiered storage: only false is accepted, for all data is in the object store.',
  ),
  'retention.bytes': define(
    long(-1),
    '-1',
    'Size that a partition keeps at least when its oldest segments are dropped; -1 for no limit.',
    'log.retention.bytes',
  ),
  'retention.ms': define(
    long(-1),
    '604800000',
    'How old the newest record of a segment must be for the segment to be dropped, in ms; -1 for never.',
    'log.retention.ms',
  ),
  'segment.bytes': define(
    int(14),
    '67108864',
    'Size up to which a segment is filled. At most KAFSCALE_SEGMENT_BYTES, which holds where nothing is set; less than 1 MiB counts as 1 MiB.',
    'log.segment.bytes',
  ),
  'segment.index.bytes': idle(int(4), '10485760', 'Size of the offset index.', 'log.index.size.max.bytes'),
  'segment.jitter.ms': idle(
    long(0),
    '0',
    'Spreads the times at which segments are rolled, in ms.',
    'log.roll.jitter.ms',
  ),
  'segment.ms': define(
    long(1),
    '604800000',
    'Age at which records are made a segment although they do not fill it, in ms. At most KAFSCALE_COMPACT_AFTER_SEC, which holds where nothing is set.',
    'log.roll.ms',
  ),
  'unclean.leader.election.enable': idle(
    boolean,
    'false',
    'Whether a replica that lacks records may lead.',
    'unclean.leader.election.enable',
  ),
};

const EFFECT_NOTES: Readonly<Record<ConfigEffect, string>> = {
  full: '',
  'deep validation': ' Acted on when KAFSCALE_DEEP_VALIDATION is on.',
  none: ' Kept and reported; without effect, for the object store takes its place.',
  'not yet': ' Kept and reported; not acted on in this version.',
};

/** What tools print of a configuration: its meaning, and whether it has an effect. */
export function documentationOf({ about, effect }: TopicConfigDefinition): string {
  return about + EFFECT_NOTES[effect];
}
