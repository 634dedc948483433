import type { ConfigType } from './config-value.js';

export interface TopicConfigDefinition {
  readonly type: ConfigType;
  readonly default: string;
  readonly documentation: string;
}

const MAX_LONG = '9223372036854775807';
const boolean: ConfigType = { kind: 'boolean' };
const int = (min: number, max?: number): ConfigType => ({ kind: 'int', min, ...(max === undefined ? {} : { max }) });
const long = (min: number): ConfigType => ({ kind: 'long', min });
const oneOf = (...values: string[]): ConfigType => ({ kind: 'string', values });
const replicas: ConfigType = { kind: 'list', mayBeEmpty: true, items: /^(\*|[0-9]+:[0-9]+)$/ };

function define(type: ConfigType, defaultValue: string, documentation: string): TopicConfigDefinition {
  return { type, default: defaultValue, documentation };
}

const NO_EFFECT = 'Kept and reported; without effect, for the object store takes its place.';

/** Every topic configuration of Apache Kafka, with Kafka's defaults and bounds. */
export const TOPIC_CONFIGS: Readonly<Record<string, TopicConfigDefinition>> = {
  'cleanup.policy': define(
    { kind: 'list', values: ['compact', 'delete'] },
    'delete',
    'What happens to old records: "delete" drops them by age or size, "compact" keeps the newest of every key.',
  ),
  'compression.gzip.level': define(int(-1, 9), '-1', 'Compression level for gzip, where the broker compresses.'),
  'compression.lz4.level': define(int(1, 17), '9', 'Compression level for lz4, where the broker compresses.'),
  'compression.type': define(
    oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    'producer',
    'Compression of stored records; "producer" keeps what the producer chose.',
  ),
  'compression.zstd.level': define(int(-131072, 22), '3', 'Compression level for zstd, where the broker compresses.'),
  'delete.retention.ms': define(
    long(0),
    '86400000',
    'For how long a compacted topic keeps the marker of a deleted key, in ms.',
  ),
  'file.delete.delay.ms': define(
    long(0),
    '60000',
    `How long to wait before a deleted file is removed, in ms. ${NO_EFFECT}`,
  ),
  'flush.messages': define(long(0), MAX_LONG, `After how many records to force data to disk. ${NO_EFFECT}`),
  'flush.ms': define(long(0), MAX_LONG, `After how many ms to force data to disk. ${NO_EFFECT}`),
  'follower.replication.throttled.replicas': define(replicas, '', `Followers to throttle. ${NO_EFFECT}`),
  'index.interval.bytes': define(int(0), '4096', `Bytes between two entries of the offset index. ${NO_EFFECT}`),
  'leader.replication.throttled.replicas': define(replicas, '', `Leaders to throttle. ${NO_EFFECT}`),
  'local.retention.bytes': define(
    long(-2),
    '-2',
    `Local size to keep with tiered storage; -2 follows retention.bytes. ${NO_EFFECT}`,
  ),
  'local.retention.ms': define(
    long(-2),
    '-2',
    `Local time to keep with tiered storage; -2 follows retention.ms. ${NO_EFFECT}`,
  ),
  'max.compaction.lag.ms': define(long(1), MAX_LONG, 'For how long a record may escape compaction at most, in ms.'),
  'max.message.bytes': define(int(0), '1048588', 'Largest record batch that is accepted, in bytes.'),
  'message.downconversion.enable': define(boolean, 'true', `Whether old consumers get old formats. ${NO_EFFECT}`),
  'message.timestamp.after.max.ms': define(
    long(0),
    '3600000',
    'How far a record may be dated ahead of the broker, in ms.',
  ),
  'message.timestamp.before.max.ms': define(
    long(0),
    MAX_LONG,
    'How far a record may be dated behind the broker, in ms.',
  ),
  'message.timestamp.type': define(
    oneOf('CreateTime', 'LogAppendTime'),
    'CreateTime',
    'Whether records carry the time that the producer gave them or that at which the broker took them.',
  ),
  'min.cleanable.dirty.ratio': define(
    { kind: 'double', min: 0, max: 1 },
    '0.5',
    'Share of the log that must be uncompacted before it is compacted.',
  ),
  'min.compaction.lag.ms': define(long(0), '0', 'For how long a record is safe from compaction, in ms.'),
  'min.insync.replicas': define(
    int(1),
    '1',
    'Replicas that must have a record for acks=all. The object store replicates: always satisfied.',
  ),
  preallocate: define(boolean, 'false', `Whether files are allocated ahead. ${NO_EFFECT}`),
  'remote.log.copy.disable': define(boolean, 'false', `Whether tiered data becomes read-only. ${NO_EFFECT}`),
  'remote.log.delete.on.disable': define(boolean, 'false', `Whether tiered data goes with tiering. ${NO_EFFECT}`),
  'remote.storage.enable': define(boolean, 'false', 'Tiered storage: always off, for all data is in the object store.'),
  'retention.bytes': define(long(-1), '-1', 'Size up to which a partition keeps records; -1 for no limit.'),
  'retention.ms': define(long(-1), '604800000', 'For how long records are kept, in ms; -1 for ever.'),
  'segment.bytes': define(int(14), '67108864', 'Size up to which a segment is filled.'),
  'segment.index.bytes': define(int(4), '10485760', `Size of the offset index. ${NO_EFFECT}`),
  'segment.jitter.ms': define(long(0), '0', `Spreads the times at which segments are rolled, in ms. ${NO_EFFECT}`),
  'segment.ms': define(long(1), '604800000', 'Age at which a segment is closed although it is not full, in ms.'),
  'unclean.leader.election.enable': define(
    boolean,
    'false',
    `Whether a replica that lacks records may lead. ${NO_EFFECT}`,
  ),
};
