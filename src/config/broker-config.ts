import type { Settings } from './settings.js';
import type { Address } from './value-types.js';

/** Everything that a broker is told from outside: checked, complete, and the same for its whole life. */
export interface BrokerConfig {
  readonly brokerId: number;
  readonly rack: string | null;
  readonly listeners: ListenerConfig;
  readonly control: ControlConfig;
  /** Where clients are told to connect. */
  readonly advertised: { readonly host: string; readonly port: number };
  /** Connections of Kafka clients at a time. */
  readonly maxConnections: number;
  readonly objects: ObjectStoreConfig;
  readonly metadata: MetadataStoreConfig;
  readonly storeHealth: StoreHealthConfig;
  readonly log: LogConfig;
  readonly cleanup: CleanupConfig;
  readonly topics: TopicDefaults;
  readonly groups: GroupConfig;
  /** How long the start waits for the stores. */
  readonly startupTimeoutMs: number;
  /** How long a stop may take. */
  readonly drainTimeoutMs: number;
  /** Undefined: requests are not traced. */
  readonly tracing: TracingConfig | undefined;
  readonly logging: { readonly level: Settings['LOG_LEVEL']; readonly traceKafka: boolean };
}

export interface TracingConfig {
  /** Of a collector that speaks OTLP over HTTP. */
  readonly endpoint: string;
  /** Share of the requests, above 0 and up to 1. */
  readonly sampleRatio: number;
}

export interface ListenerConfig {
  readonly kafka: Address;
  readonly http: Address;
  /** Absent: the control services share the HTTP port. */
  readonly grpc: Address | undefined;
}

/** Who may use the control services. */
export interface ControlConfig {
  /** What calls that change something must carry; undefined: nothing. */
  readonly token: string | undefined;
  /** Undefined: without encryption. Never on a port that HTTP shares. */
  readonly tls: ControlTlsConfig | undefined;
}

export interface ControlTlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  /** Whose certificates clients must show; undefined: they need none. */
  readonly clientCaFile: string | undefined;
}

export type ObjectStoreConfig = { readonly namespace: string } & (
  | { readonly kind: 'memory' }
  | { readonly kind: 'directory'; readonly dataDirectory: string }
  | ({ readonly kind: 's3' } & S3Config)
);

export interface S3Config {
  readonly bucket: string;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean;
  /** Absent: AWS's default chain. */
  readonly credentials: S3Credentials | undefined;
  readonly kmsKeyArn: string | undefined;
  readonly caFile: string | undefined;
  /** Requests at a time. */
  readonly concurrency: number;
  /** Where records are read from first; absent: from the bucket itself. */
  readonly readReplica: S3Replica | undefined;
  /** After how many ms a read is sent a second time; 0: never. */
  readonly hedgeAfterMs: number;
}

/** A copy of the bucket that somebody else (cross-region replication) keeps up to date. */
export interface S3Replica {
  readonly bucket: string;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean;
}

/** When the object store counts as degraded, and when as unavailable. */
export interface StoreHealthConfig {
  readonly windowMs: number;
  readonly latencyWarnMs: number;
  readonly latencyCritMs: number;
  /** Shares of requests, above 0 and up to 1. */
  readonly errorRateWarn: number;
  readonly errorRateCrit: number;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export type MetadataStoreConfig =
  | { readonly kind: 'memory' }
  | { readonly kind: 'embedded'; readonly dataDirectory: string }
  | ({ readonly kind: 'etcd' } & EtcdConfig);

export interface EtcdConfig {
  readonly endpoints: readonly string[];
  readonly prefix: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly caFile: string | undefined;
  readonly clientCertificate: { readonly certFile: string; readonly keyFile: string } | undefined;
}

export interface LogConfig {
  readonly flushIntervalMs: number;
  readonly writeBudgetPutsPerSec: number;
  readonly walObjectBytes: number;
  readonly maxBufferBytes: number;
  readonly cacheBytes: number;
  readonly compaction: CompactionConfig;
  /** Most bytes read ahead of a sequential reader. */
  readonly readaheadBytes: number;
  /** Whether every record is checked, not only the headers of its batch. */
  readonly deepValidation: boolean;
}

export interface CompactionConfig {
  readonly segmentBytes: number;
  readonly maxAgeMs: number;
  readonly putsPerSec: number;
}

/** Of the removal of what is not needed any more. All in ms. */
export interface CleanupConfig {
  /** How often retention is applied. */
  readonly retentionIntervalMs: number;
  /** How long objects stay that nobody needs any more. */
  readonly graceMs: number;
  /** How often the bucket is searched for objects that belong to nothing. */
  readonly orphanScanIntervalMs: number;
  /** How fast stored segments are verified; 0 for not at all. */
  readonly scrubBytesPerSec: number;
}

export interface TopicDefaults {
  readonly autoCreate: boolean;
  readonly partitions: number;
  /** Whether clients may create, change and delete topics, and delete records. */
  readonly allowAdminApis: boolean;
}

export interface GroupConfig {
  readonly initialRebalanceDelayMs: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Members. */
  readonly maxGroupSize: number;
  readonly offsetsRetentionMs: number;
  /** Of groups of the consumer protocol (KIP-848). */
  readonly consumer: ConsumerGroupConfig;
}

export interface ConsumerGroupConfig {
  readonly heartbeatIntervalMs: number;
  readonly minHeartbeatIntervalMs: number;
  readonly maxHeartbeatIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  readonly assignmentIntervalMs: number;
  /** Members. */
  readonly maxGroupSize: number;
  readonly migrationPolicy: 'bidirectional' | 'upgrade' | 'downgrade' | 'disabled';
}

/** Gives the settings, which {@link findConflicts} has found to agree with each other, the shape the broker works with. */
export function toBrokerConfig(settings: Settings, podOrdinal: number | undefined): BrokerConfig {
  return deepFreeze<BrokerConfig>({
    brokerId: settings.BROKER_ID ?? podOrdinal ?? 0,
    rack: settings.RACK ?? null,
    listeners: { kafka: settings.BROKER_ADDR, http: settings.METRICS_ADDR, grpc: settings.CONTROL_ADDR },
    control: { token: settings.CONTROL_TOKEN, tls: controlTls(settings) },
    advertised: {
      host: settings.BROKER_HOST ?? reachableHost(settings.BROKER_ADDR),
      port: settings.BROKER_PORT ?? settings.BROKER_ADDR.port,
    },
    maxConnections: settings.MAX_CONNECTIONS,
    objects: { namespace: settings.S3_NAMESPACE, ...objectStore(settings) },
    metadata: metadataStore(settings),
    storeHealth: {
      windowMs: settings.S3_HEALTH_WINDOW_SEC * 1000,
      latencyWarnMs: settings.S3_LATENCY_WARN_MS,
      latencyCritMs: settings.S3_LATENCY_CRIT_MS,
      errorRateWarn: settings.S3_ERROR_RATE_WARN,
      errorRateCrit: settings.S3_ERROR_RATE_CRIT,
    },
    log: {
      flushIntervalMs: settings.FLUSH_INTERVAL_MS,
      writeBudgetPutsPerSec: settings.WRITE_BUDGET_PUTS_PER_SEC,
      walObjectBytes: settings.WAL_OBJECT_BYTES,
      maxBufferBytes: settings.MAX_BUFFER_BYTES,
      cacheBytes: settings.CACHE_BYTES,
      compaction: {
        segmentBytes: settings.SEGMENT_BYTES,
        maxAgeMs: settings.COMPACT_AFTER_SEC * 1000,
        putsPerSec: settings.COMPACTION_PUTS_PER_SEC,
      },
      readaheadBytes: settings.READAHEAD_SEGMENTS * settings.SEGMENT_BYTES,
      deepValidation: settings.DEEP_VALIDATION,
    },
    cleanup: {
      retentionIntervalMs: settings.RETENTION_CHECK_INTERVAL_MS,
      graceMs: settings.DELETE_GRACE_SEC * 1000,
      orphanScanIntervalMs: settings.ORPHAN_SCAN_INTERVAL_MINUTES * 60_000,
      scrubBytesPerSec: settings.SCRUB_BYTES_PER_SEC,
    },
    topics: {
      autoCreate: settings.AUTO_CREATE_TOPICS,
      partitions: settings.AUTO_CREATE_PARTITIONS,
      allowAdminApis: settings.ALLOW_ADMIN_APIS,
    },
    groups: {
      initialRebalanceDelayMs: settings.GROUP_INITIAL_REBALANCE_DELAY_MS,
      minSessionTimeoutMs: settings.GROUP_MIN_SESSION_TIMEOUT_MS,
      maxSessionTimeoutMs: settings.GROUP_MAX_SESSION_TIMEOUT_MS,
      maxGroupSize: settings.GROUP_MAX_SIZE,
      offsetsRetentionMs: settings.OFFSETS_RETENTION_MINUTES * 60_000,
      consumer: {
        heartbeatIntervalMs: settings.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS,
        minHeartbeatIntervalMs: settings.GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
        maxHeartbeatIntervalMs: settings.GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS,
        sessionTimeoutMs: settings.GROUP_CONSUMER_SESSION_TIMEOUT_MS,
        minSessionTimeoutMs: settings.GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
        maxSessionTimeoutMs: settings.GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS,
        assignmentIntervalMs: settings.GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS,
        maxGroupSize: settings.GROUP_CONSUMER_MAX_SIZE,
        migrationPolicy: settings.GROUP_CONSUMER_MIGRATION_POLICY,
      },
    },
    startupTimeoutMs: settings.STARTUP_TIMEOUT_SEC * 1000,
    drainTimeoutMs: settings.DRAIN_TIMEOUT_SEC * 1000,
    tracing:
      settings.OTLP_ENDPOINT === undefined
        ? undefined
        : { endpoint: settings.OTLP_ENDPOINT, sampleRatio: settings.TRACE_SAMPLE_RATIO },
    logging: { level: settings.LOG_LEVEL, traceKafka: settings.TRACE_KAFKA },
  });
}

function controlTls(settings: Settings): ControlTlsConfig | undefined {
  const { CONTROL_TLS_CERT_FILE: certFile, CONTROL_TLS_KEY_FILE: keyFile } = settings;
  if (certFile === undefined || keyFile === undefined) return undefined;
  return { certFile, keyFile, clientCaFile: settings.CONTROL_TLS_CLIENT_CA_FILE };
}

/** A wildcard address is no place that a client could connect to. */
function reachableHost(address: Address): string {
  const wildcard = address.host === undefined || address.host === '0.0.0.0' || address.host === '::';
  return wildcard ? 'localhost' : address.host;
}

function objectStore(settings: Settings) {
  if (settings.USE_MEMORY_S3) return { kind: 'memory' } as const;
  if (settings.S3_BUCKET === undefined) return { kind: 'directory', dataDirectory: settings.DATA_DIR } as const;
  return {
    kind: 's3',
    bucket: settings.S3_BUCKET,
    region: settings.S3_REGION,
    endpoint: settings.S3_ENDPOINT,
    pathStyle: settings.S3_PATH_STYLE ?? settings.S3_ENDPOINT !== undefined,
    credentials:
      settings.S3_ACCESS_KEY === undefined || settings.S3_SECRET_KEY === undefined
        ? undefined
        : {
            accessKeyId: settings.S3_ACCESS_KEY,
            secretAccessKey: settings.S3_SECRET_KEY,
            sessionToken: settings.S3_SESSION_TOKEN,
          },
    kmsKeyArn: settings.S3_KMS_ARN,
    caFile: settings.S3_CA_FILE,
    concurrency: settings.S3_CONCURRENCY,
    readReplica: readReplica(settings),
    hedgeAfterMs: settings.S3_HEDGE_AFTER_MS,
  } as const;
}

function readReplica(settings: Settings): S3Replica | undefined {
  if (settings.S3_READ_BUCKET === undefined) return undefined;
  const endpoint = settings.S3_READ_ENDPOINT ?? settings.S3_ENDPOINT;
  return {
    bucket: settings.S3_READ_BUCKET,
    region: settings.S3_READ_REGION ?? settings.S3_REGION,
    endpoint,
    pathStyle: settings.S3_PATH_STYLE ?? endpoint !== undefined,
  };
}

function metadataStore(settings: Settings): MetadataStoreConfig {
  if (settings.ETCD_ENDPOINTS === undefined) {
    // Metadata that outlives its objects would promise records that are gone.
    return settings.USE_MEMORY_S3 ? { kind: 'memory' } : { kind: 'embedded', dataDirectory: settings.DATA_DIR };
  }
  const { ETCD_USERNAME: username, ETCD_PASSWORD: password } = settings;
  const { ETCD_TLS_CERT_FILE: certFile, ETCD_TLS_KEY_FILE: keyFile } = settings;
  return {
    kind: 'etcd',
    endpoints: settings.ETCD_ENDPOINTS,
    prefix: settings.ETCD_PREFIX,
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    caFile: settings.ETCD_TLS_CA_FILE,
    clientCertificate: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value) as unknown[]) {
    if (typeof member === 'object' && member !== null) deepFreeze(member);
  }
  return Object.freeze(value);
}
