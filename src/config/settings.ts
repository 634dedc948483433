import { z } from 'zod';
import {
  address,
  bool,
  decimal,
  endpoints,
  host,
  integer,
  keyPrefix,
  namespace,
  oneOf,
  path,
  size,
  text,
  url,
  type ValueType,
} from './value-types.js';

/** What every name in the environment and in the configuration file begins with. */
export const PREFIX = 'KAFSCALE_';

/** What is known of a setting beside its value: for the help, the documentation and the checks at start. */
export interface SettingInfo {
  readonly about: string;
  readonly allowed: string;
  /** As it would be written; absent when there is none. */
  readonly default?: string;
  /**
   * A name that is part of the contract, but whose feature is not in this version: the start stops when it is set to
   * anything but its default, as pretending would be worse.
   */
  readonly notYet?: true;
}

type Extras = Pick<SettingInfo, 'notYet'>;

export const settingInfo = z.registry<SettingInfo>();

function withDefault<T>(type: ValueType<T>, value: string, about: string, extras: Extras = {}) {
  return type.schema.prefault(value).register(settingInfo, { about, allowed: type.allowed, default: value, ...extras });
}

function optional<T>(type: ValueType<T>, about: string, extras: Extras = {}) {
  return type.schema.optional().register(settingInfo, { about, allowed: type.allowed, ...extras });
}

const refused: Extras = { notYet: true };

/** All settings of the broker, by their names without the prefix, in the order in which people read them. */
export const settings = z.object({
  BROKER_ADDR: withDefault(address, ':9092', 'Where Kafka clients connect.'),
  BROKER_HOST: optional(
    host,
    'The host that clients are told to connect to. Without it: the host of BROKER_ADDR, else localhost.',
  ),
  BROKER_PORT: optional(
    integer(1, 65535),
    'The port that clients are told to connect to. Without it: the port of BROKER_ADDR.',
  ),
  BROKER_ID: optional(
    integer(0, 2 ** 31 - 1),
    "The broker's node id. Without it: the ordinal at the end of the pod's name, else 0.",
  ),
  RACK: optional(text, "The broker's rack or availability zone, for clients that prefer the nearest broker."),
  MAX_CONNECTIONS: withDefault(
    integer(1, 1_000_000),
    '10000',
    'Connections of Kafka clients at a time; more are closed at once.',
  ),
  METRICS_ADDR: withDefault(address, ':9093', 'HTTP: /metrics, /health, /livez and /readyz.'),
  CONTROL_ADDR: optional(address, 'gRPC: the control services. Without it they share the port of METRICS_ADDR.'),
  CONTROL_TOKEN: optional(
    text,
    'What calls that drain or flush a broker must carry, as `authorization: Bearer …`. Without it: nothing.',
  ),
  CONTROL_TLS_CERT_FILE: optional(
    path,
    "PEM file with the control port's certificate: it speaks TLS then. Needs CONTROL_ADDR, as HTTP has no TLS.",
  ),
  CONTROL_TLS_KEY_FILE: optional(path, 'PEM file with the private key of that certificate.'),
  CONTROL_TLS_CLIENT_CA_FILE: optional(
    path,
    'PEM file with the authority of clients: without a certificate that it has signed nobody reaches the control port.',
  ),

  DATA_DIR: withDefault(
    path,
    './data',
    'Local directory for what no bucket or etcd is given for: objects/ and metadata.sqlite.',
  ),
  USE_MEMORY_S3: withDefault(
    bool,
    'false',
    'Keep objects and metadata in memory only. Everything is lost when the broker stops.',
  ),
  ALLOW_MIXED_STORES: withDefault(bool, 'false', 'Allow a bucket without etcd, or etcd without a bucket.'),

  S3_BUCKET: optional(text, 'The bucket of all records. Without it: a local directory. It must exist.'),
  S3_REGION: optional(text, "The bucket's region."),
  S3_ENDPOINT: optional(url, 'An S3 server other than AWS.'),
  S3_PATH_STYLE: optional(
    bool,
    'Put the bucket into the path of requests. Without it: true when an endpoint is given.',
  ),
  S3_NAMESPACE: withDefault(
    namespace,
    'default',
    'The first part of every object key, so that clusters can share a bucket.',
  ),
  S3_ACCESS_KEY: optional(text, "Access key. Without it: AWS's default chain of credentials."),
  S3_SECRET_KEY: optional(text, 'Secret key that belongs to the access key.'),
  S3_SESSION_TOKEN: optional(text, 'Session token that belongs to the access key, if it is temporary.'),
  S3_KMS_ARN: optional(text, 'KMS key with which S3 encrypts the objects.'),
  S3_CA_FILE: optional(path, 'PEM file with the certificate authority of the S3 server.'),
  S3_CONCURRENCY: withDefault(
    integer(1, 1000),
    '64',
    'Connections to S3 at most, for reads of ranges and again for all else.',
  ),
  S3_READ_BUCKET: optional(
    text,
    'A replica of the bucket, to read records from; what it does not have is read from the bucket itself.',
  ),
  S3_READ_REGION: optional(text, "The replica's region. Without it: S3_REGION."),
  S3_READ_ENDPOINT: optional(url, "The replica's S3 server. Without it: S3_ENDPOINT."),
  S3_HEDGE_AFTER_MS: withDefault(
    integer(0, 60_000, 'ms'),
    '0',
    'A read of records that takes longer is sent a second time, and the first answer is used; at most one in ten. 0: never.',
  ),

  ETCD_ENDPOINTS: optional(endpoints, 'etcd for all metadata. Without it: a local database, for a single broker.'),
  ETCD_USERNAME: optional(text, 'User name for etcd.'),
  ETCD_PASSWORD: optional(text, 'Password for etcd.'),
  ETCD_PREFIX: withDefault(
    keyPrefix,
    '/kafscale/',
    'What all keys in etcd begin with, so that clusters can share one.',
  ),
  ETCD_TLS_CA_FILE: optional(path, 'PEM file with the certificate authority of etcd.'),
  ETCD_TLS_CERT_FILE: optional(path, 'PEM file with the client certificate for etcd.'),
  ETCD_TLS_KEY_FILE: optional(path, 'PEM file with the private key of that certificate.'),

  FLUSH_INTERVAL_MS: withDefault(
    integer(0, 60_000, 'ms'),
    '125',
    'The longest that records wait for others before they are written (linger). At low load they wait for no timer.',
  ),
  WRITE_BUDGET_PUTS_PER_SEC: withDefault(
    decimal(0.1, 1000),
    '8',
    'Objects written per second on average; only full objects may exceed it.',
  ),
  WAL_OBJECT_BYTES: withDefault(size('64Ki', '1Gi'), '8Mi', 'An object is written when it has grown to this size.'),
  MAX_BUFFER_BYTES: withDefault(
    size('1Mi', '64Gi'),
    '256Mi',
    'Records accepted and not yet durable; at this size the broker stops reading from producers.',
  ),
  CACHE_BYTES: withDefault(size('0', '1Ti'), '256Mi', 'Memory for records that readers may want again.'),
  RETENTION_CHECK_INTERVAL_MS: withDefault(
    integer(1, 2 ** 31 - 1, 'ms'),
    '300000',
    'How often retention.ms and retention.bytes are applied, and segments below the log start dropped.',
  ),
  DELETE_GRACE_SEC: withDefault(
    integer(1, 2_000_000, 'seconds'),
    '600',
    'How long objects stay in the bucket that nobody needs any more: longer than any read under way may take.',
  ),
  ORPHAN_SCAN_INTERVAL_MINUTES: withDefault(
    integer(1, 30_000, 'minutes'),
    '1440',
    'How often the bucket is searched for objects that were written and never became part of a log.',
  ),
  SCRUB_BYTES_PER_SEC: withDefault(
    size('0', '1Gi'),
    '0',
    'How fast segments are read in the background to verify their checksums, bytes per second; each 4 MiB are a request. 0: not at all.',
  ),
  SEGMENT_BYTES: withDefault(
    size('1Mi', '2Gi'),
    '64Mi',
    "The size that a partition's segments are compacted to: as soon as so much has gathered. A topic can have a smaller one (segment.bytes).",
  ),
  COMPACT_AFTER_SEC: withDefault(
    integer(1, 86_400 * 365, 'seconds'),
    '600',
    'The age at which records are compacted although they are less than a segment. A topic can have a lower one (segment.ms).',
  ),
  COMPACTION_PUTS_PER_SEC: withDefault(
    decimal(0.1, 1000),
    '4',
    'Objects written per second on average to compact by age and to merge segments, three for each segment; full segments may exceed it.',
  ),
  READAHEAD_SEGMENTS: withDefault(
    integer(0, 64),
    '2',
    'How much is read ahead of a consumer that reads block after block from the object store, in segments of ' +
      'SEGMENT_BYTES; an eighth of CACHE_BYTES at most. 0: nothing.',
  ),

  DEEP_VALIDATION: withDefault(
    bool,
    'false',
    'Decompress and check every record that is produced, not only the headers of its batch.',
  ),
  AUTO_CREATE_TOPICS: withDefault(
    bool,
    'true',
    'Create a topic when a client asks for one that is not there, if the client allows it.',
  ),
  AUTO_CREATE_PARTITIONS: withDefault(
    integer(1, 10_000),
    '1',
    'Partitions of topics that are created without saying how many.',
  ),
  ALLOW_ADMIN_APIS: withDefault(bool, 'true', 'Let clients create, change and delete topics, and delete records.'),
  GROUP_INITIAL_REBALANCE_DELAY_MS: withDefault(
    integer(0, 300_000, 'ms'),
    '3000',
    'How long a new consumer group waits for more members.',
  ),
  GROUP_MIN_SESSION_TIMEOUT_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '6000',
    'The shortest session timeout that a member of a group may ask for.',
  ),
  GROUP_MAX_SESSION_TIMEOUT_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '1800000',
    'The longest session timeout that a member of a group may ask for.',
  ),
  GROUP_MAX_SIZE: withDefault(integer(1, 2 ** 31 - 1), '2147483647', 'Members that a group may have.'),
  GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '5000',
    'How often members of the consumer protocol (KIP-848) are to send heartbeats.',
  ),
  GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '5000',
    'The shortest heartbeat interval that a single group may be given by its administrators.',
  ),
  GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '15000',
    'The longest heartbeat interval that a single group may be given.',
  ),
  GROUP_CONSUMER_SESSION_TIMEOUT_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '45000',
    'How long a member of the consumer protocol may be silent before it is put out of its group.',
  ),
  GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '45000',
    'The shortest session timeout that a single group of the consumer protocol may be given by its administrators.',
  ),
  GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS: withDefault(
    integer(1, 86_400_000, 'ms'),
    '60000',
    'The longest session timeout that a single group of the consumer protocol may be given.',
  ),
  GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS: withDefault(
    integer(0, 15_000, 'ms'),
    '1000',
    'How long an assignment of the consumer protocol is kept at least: members who come together get one together.',
  ),
  GROUP_CONSUMER_MAX_SIZE: withDefault(
    integer(1, 2 ** 31 - 1),
    '2147483647',
    'Members that a group of the consumer protocol may have.',
  ),
  GROUP_CONSUMER_MIGRATION_POLICY: withDefault(
    oneOf('bidirectional', 'upgrade', 'downgrade', 'disabled'),
    'bidirectional',
    'Whether a group with members changes its protocol: to the consumer protocol when a member of it comes, back when the ' +
      'last one of it has gone.',
  ),
  OFFSETS_RETENTION_MINUTES: withDefault(
    integer(1, 2 ** 31 - 1, 'minutes'),
    '10080',
    'How long the offsets of a group are kept after its last member has left; without members, after each commit.',
  ),

  STARTUP_TIMEOUT_SEC: withDefault(
    integer(1, 3600, 'seconds'),
    '30',
    'The start stops when a store cannot be reached for this long.',
  ),
  DRAIN_TIMEOUT_SEC: withDefault(
    integer(1, 3600, 'seconds'),
    '30',
    'The longest that a stop takes to write what was accepted.',
  ),
  S3_HEALTH_WINDOW_SEC: withDefault(integer(1, 3600, 'seconds'), '60', 'Window over which the health of S3 is judged.'),
  S3_LATENCY_WARN_MS: withDefault(integer(1, 600_000, 'ms'), '500', 'Average latency from which S3 is degraded.'),
  S3_LATENCY_CRIT_MS: withDefault(integer(1, 600_000, 'ms'), '3000', 'Average latency from which S3 is unavailable.'),
  S3_ERROR_RATE_WARN: withDefault(decimal(0.01, 1), '0.2', 'Share of failing requests from which S3 is degraded.'),
  S3_ERROR_RATE_CRIT: withDefault(decimal(0.01, 1), '0.6', 'Share of failing requests from which S3 is unavailable.'),

  LOG_LEVEL: withDefault(
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'The least important events that are logged.',
  ),
  TRACE_KAFKA: withDefault(bool, 'false', 'Log every request of Kafka clients when it comes and when it is answered.'),
  OTLP_ENDPOINT: optional(
    url,
    'OpenTelemetry collector (OTLP over HTTP, such as http://collector:4318) that is sent traces of produce and fetch requests. Without it: none are made.',
  ),
  TRACE_SAMPLE_RATIO: withDefault(decimal(0.00001, 1), '0.01', 'Share of these requests that are traced.'),
  ACL_ENABLED: withDefault(bool, 'false', 'Authorise requests by access control lists.', refused),
  ACL_JSON: optional(text, 'The access control lists.', refused),
  ACL_FILE: optional(path, 'File with the access control lists.', refused),
  PRINCIPAL_SOURCE: optional(text, 'Where the name of the user comes from.', refused),
  PROXY_PROTOCOL: withDefault(bool, 'false', 'Expect the PROXY protocol in front of Kafka connections.', refused),
});

/** The settings as parsed, with defaults filled in, before they are checked against each other. */
export type Settings = z.output<typeof settings>;

export type SettingName = keyof Settings;

export interface DescribedSetting extends SettingInfo {
  /** With the prefix. */
  readonly variable: string;
}

/** All settings in their order, for the help text and the documentation. */
export function describeSettings(): readonly DescribedSetting[] {
  return Object.entries(settings.shape).map(([name, schema]) => {
    const info = settingInfo.get(schema);
    if (!info) throw new Error(`setting ${name} is not described`);
    return { ...info, variable: PREFIX + name };
  });
}
