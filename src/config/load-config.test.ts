import { describe, expect, test } from '@jest/globals';
import { ConfigError, loadConfig } from './load-config.js';

function load(environment: Record<string, string>, file?: Record<string, string>) {
  return loadConfig({ environment, ...(file && { file: { name: 'broker.yaml', values: file } }) });
}

function problemsOf(environment: Record<string, string>, file?: Record<string, string>): readonly string[] {
  try {
    load(environment, file);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('without any setting everything is local', () => {
    const { config, warnings } = load({});
    expect(warnings).toEqual([]);
    expect(config).toEqual({
      brokerId: 0,
      rack: null,
      listeners: {
        kafka: { host: undefined, port: 9092 },
        http: { host: undefined, port: 9093 },
        grpc: undefined,
      },
      control: { token: undefined, tls: undefined },
      advertised: { host: 'localhost', port: 9092 },
      maxConnections: 10_000,
      objects: { namespace: 'default', kind: 'directory', dataDirectory: './data' },
      metadata: { kind: 'embedded', dataDirectory: './data' },
      log: {
        flushIntervalMs: 125,
        writeBudgetPutsPerSec: 8,
        walObjectBytes: 8 * 2 ** 20,
        maxBufferBytes: 256 * 2 ** 20,
        cacheBytes: 256 * 2 ** 20,
        compaction: { segmentBytes: 64 * 1024 * 1024, maxAgeMs: 600_000, putsPerSec: 4 },
        readaheadBytes: 2 * 64 * 2 ** 20,
        deepValidation: false,
      },
      cleanup: {
        retentionIntervalMs: 300_000,
        graceMs: 600_000,
        orphanScanIntervalMs: 86_400_000,
        scrubBytesPerSec: 0,
      },
      topics: { autoCreate: true, partitions: 1, allowAdminApis: true },
      groups: {
        initialRebalanceDelayMs: 3000,
        minSessionTimeoutMs: 6000,
        maxSessionTimeoutMs: 1_800_000,
        maxGroupSize: 2_147_483_647,
        offsetsRetentionMs: 604_800_000,
        consumer: {
          heartbeatIntervalMs: 5_000,
          minHeartbeatIntervalMs: 5_000,
          maxHeartbeatIntervalMs: 15_000,
          sessionTimeoutMs: 45_000,
          minSessionTimeoutMs: 45_000,
          maxSessionTimeoutMs: 60_000,
          assignmentIntervalMs: 1_000,
          maxGroupSize: 2_147_483_647,
          migrationPolicy: 'bidirectional',
        },
      },
      storeHealth: {
        windowMs: 60_000,
        latencyWarnMs: 500,
        latencyCritMs: 3000,
        errorRateWarn: 0.2,
        errorRateCrit: 0.6,
      },
      startupTimeoutMs: 30_000,
      drainTimeoutMs: 30_000,
      logging: { level: 'info', traceKafka: false },
    });
  });

  test('the configuration cannot be changed', () => {
    const { config } = load({});
    expect(() => Object.assign(config.log, { cacheBytes: 1 })).toThrow(TypeError);
  });

  test('an empty value is no value', () => {
    expect(load({ KAFSCALE_BROKER_ADDR: ' ' }).config.listeners.kafka.port).toBe(9092);
  });
});

describe('values', () => {
  test.each([
    ['1048576', 1048576],
    ['256Mi', 256 * 2 ** 20],
    ['1G', 1e9],
  ])('the size %s is %d bytes', (text, bytes) => {
    expect(load({ KAFSCALE_CACHE_BYTES: text }).config.log.cacheBytes).toBe(bytes);
  });

  test('an address has an optional host', () => {
    const { config } = load({ KAFSCALE_BROKER_ADDR: '[::1]:19092', KAFSCALE_METRICS_ADDR: '127.0.0.1:1' });
    expect(config.listeners.kafka).toEqual({ host: '::1', port: 19092 });
    expect(config.listeners.http).toEqual({ host: '127.0.0.1', port: 1 });
    expect(config.advertised).toEqual({ host: '::1', port: 19092 });
  });

  test('the broker id comes from the pod unless it is given', () => {
    expect(loadConfig({ environment: {}, podOrdinal: 3 }).config.brokerId).toBe(3);
    expect(loadConfig({ environment: { KAFSCALE_BROKER_ID: '7' }, podOrdinal: 3 }).config.brokerId).toBe(7);
  });

  test('a bucket and etcd make a cluster', () => {
    const { config } = load({
      KAFSCALE_S3_BUCKET: 'records',
      KAFSCALE_S3_ENDPOINT: 'http://localhost:8333',
      KAFSCALE_S3_ACCESS_KEY: 'key',
      KAFSCALE_S3_SECRET_KEY: 'secret',
      KAFSCALE_ETCD_ENDPOINTS: 'http://a:2379, http://b:2379',
    });
    expect(config.objects).toMatchObject({
      kind: 's3',
      bucket: 'records',
      pathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    });
    expect(config.metadata).toMatchObject({ kind: 'etcd', endpoints: ['http://a:2379', 'http://b:2379'] });
  });

  test('a replica to read from is like the bucket where nothing else is said', () => {
    const replicaOf = (environment: Record<string, string>) => {
      const mixed = { KAFSCALE_S3_BUCKET: 'records', KAFSCALE_ALLOW_MIXED_STORES: 'true' };
      return load({ ...mixed, ...environment }).config.objects;
    };
    expect(replicaOf({})).toMatchObject({ readReplica: undefined, hedgeAfterMs: 0 });
    const [one, other] = ['http://localhost:8333', 'http://localhost:8334'];
    expect(replicaOf({ KAFSCALE_S3_ENDPOINT: one, KAFSCALE_S3_READ_BUCKET: 'copy' })).toMatchObject({
      readReplica: { bucket: 'copy', endpoint: one, pathStyle: true },
    });
    const elsewhere = { KAFSCALE_S3_READ_REGION: 'eu-west-1', KAFSCALE_S3_READ_ENDPOINT: other };
    expect(replicaOf({ KAFSCALE_S3_READ_BUCKET: 'records', ...elsewhere })).toMatchObject({
      pathStyle: false,
      readReplica: { bucket: 'records', region: 'eu-west-1', endpoint: other, pathStyle: true },
    });
  });

  test('objects in memory come with metadata in memory', () => {
    const { config } = load({ KAFSCALE_USE_MEMORY_S3: 'true' });
    expect([config.objects.kind, config.metadata.kind]).toEqual(['memory', 'memory']);
  });
});

describe('problems', () => {
  test('are all told at once, with variable, value and what is allowed', () => {
    const wrong = {
      KAFSCALE_BROKER_ADDR: 'localhost',
      KAFSCALE_FLUSH_INTERVAL_MS: 'soon',
      KAFSCALE_CACHE_BYTES: '12 MB',
      KAFSCALE_AUTO_CREATE_TOPICS: 'yes',
      KAFSCALE_LOG_LEVEL: 'verbose',
      KAFSCALE_S3_BUCKET: 'records',
    };
    expect(problemsOf(wrong)).toEqual([
      'KAFSCALE_BROKER_ADDR is "localhost": allowed is host:port, or :port for all interfaces',
      'KAFSCALE_FLUSH_INTERVAL_MS is "soon": allowed is a whole number of ms from 0 to 60000',
      'KAFSCALE_CACHE_BYTES is "12 MB": allowed is a number of bytes from 0 to 1Ti, such as 8388608 or 8Mi',
      'KAFSCALE_AUTO_CREATE_TOPICS is "yes": allowed is true or false',
      'KAFSCALE_LOG_LEVEL is "verbose": allowed is one of trace, debug, info, warn, error, fatal, silent',
      'KAFSCALE_S3_BUCKET is given without KAFSCALE_ETCD_ENDPOINTS: allowed only together, or with KAFSCALE_ALLOW_MIXED_STORES=true',
    ]);
  });

  test.each([
    [{ KAFSCALE_S3_BUCKET: 'b' }, /S3_BUCKET is given without KAFSCALE_ETCD_ENDPOINTS/],
    [{ KAFSCALE_ETCD_ENDPOINTS: 'http://e:2379' }, /ETCD_ENDPOINTS is given without KAFSCALE_S3_BUCKET/],
    [
      { KAFSCALE_ETCD_ENDPOINTS: 'http://e:2379', KAFSCALE_USE_MEMORY_S3: 'true' },
      /ETCD_ENDPOINTS is given together with KAFSCALE_USE_MEMORY_S3/,
    ],
    [
      { KAFSCALE_S3_BUCKET: 'b', KAFSCALE_USE_MEMORY_S3: 'true', KAFSCALE_ALLOW_MIXED_STORES: 'true' },
      /S3_BUCKET is given together with KAFSCALE_USE_MEMORY_S3/,
    ],
    [{ KAFSCALE_S3_ACCESS_KEY: 'k' }, /S3_ACCESS_KEY is given without KAFSCALE_S3_SECRET_KEY/],
    [{ KAFSCALE_ACL_ENABLED: 'true' }, /ACL_ENABLED is set, but this version/],
    [{ KAFSCALE_PROXY_PROTOCOL: 'true' }, /PROXY_PROTOCOL is set, but this version/],
    [{ KAFSCALE_PRINCIPAL_SOURCE: 'client_id' }, /PRINCIPAL_SOURCE is set, but this version/],
    [
      { KAFSCALE_CONTROL_TLS_CERT_FILE: 'c.pem', KAFSCALE_CONTROL_TLS_KEY_FILE: 'k.pem' },
      /CONTROL_TLS_CERT_FILE is given without KAFSCALE_CONTROL_ADDR: .* such as KAFSCALE_CONTROL_ADDR=:9094/,
    ],
    [
      { KAFSCALE_CONTROL_ADDR: ':9094', KAFSCALE_CONTROL_TLS_CERT_FILE: 'c.pem' },
      /CONTROL_TLS_CERT_FILE is given without KAFSCALE_CONTROL_TLS_KEY_FILE/,
    ],
    [
      { KAFSCALE_CONTROL_ADDR: ':9094', KAFSCALE_CONTROL_TLS_CLIENT_CA_FILE: 'ca.pem' },
      /CONTROL_TLS_CLIENT_CA_FILE is given without KAFSCALE_CONTROL_TLS_CERT_FILE/,
    ],
    // The token itself is not told.
    [{ KAFSCALE_CONTROL_TOKEN: 'open sesame' }, /^KAFSCALE_CONTROL_TOKEN has characters((?!sesame).)*$/],
    [{ KAFSCALE_S3_READ_BUCKET: 'replica' }, /S3_READ_BUCKET is given without KAFSCALE_S3_BUCKET/],
    [{ KAFSCALE_S3_READ_REGION: 'eu-west-1' }, /S3_READ_REGION is given without KAFSCALE_S3_READ_BUCKET/],
    [{ KAFSCALE_S3_READ_ENDPOINT: 'http://s3' }, /S3_READ_ENDPOINT is given without KAFSCALE_S3_READ_BUCKET/],
    [
      { KAFSCALE_S3_BUCKET: 'b', KAFSCALE_S3_READ_BUCKET: 'b', KAFSCALE_ALLOW_MIXED_STORES: 'true' },
      /S3_READ_BUCKET is b: allowed is another bucket than KAFSCALE_S3_BUCKET/,
    ],
    [
      { KAFSCALE_S3_LATENCY_WARN_MS: '3000' },
      /S3_LATENCY_WARN_MS is 3000: allowed is less than KAFSCALE_S3_LATENCY_CRIT_MS \(3000\)/,
    ],
    [
      { KAFSCALE_S3_ERROR_RATE_CRIT: '0.1' },
      /S3_ERROR_RATE_WARN is 0.2: allowed is less than KAFSCALE_S3_ERROR_RATE_CRIT/,
    ],
    [{ KAFSCALE_MAX_BUFFER_BYTES: '8Mi' }, /MAX_BUFFER_BYTES is 8388608: allowed is at least twice/],
  ])('%j is refused', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
  });

  test('stores may be mixed on request', () => {
    const mixed = { KAFSCALE_S3_BUCKET: 'b', KAFSCALE_ALLOW_MIXED_STORES: 'true' };
    expect(load(mixed).config.metadata.kind).toBe('embedded');
  });

  test('switching an absent feature off is fine', () => {
    expect(problemsOf({ KAFSCALE_ACL_ENABLED: 'false' })).toEqual([]);
  });
});

describe('configuration file', () => {
  test('the environment wins over it', () => {
    const file = { KAFSCALE_BROKER_ID: '1', KAFSCALE_LOG_LEVEL: 'debug' };
    const { config } = load({ KAFSCALE_BROKER_ID: '2' }, file);
    expect([config.brokerId, config.logging.level]).toEqual([2, 'debug']);
  });

  test('an unknown key is refused', () => {
    expect(problemsOf({}, { KAFSCALE_BROKER_ADR: ':1' })).toEqual([
      'KAFSCALE_BROKER_ADR in broker.yaml is not a setting; did you mean KAFSCALE_BROKER_ADDR?',
    ]);
  });
});

describe('warnings', () => {
  test('name an unknown variable and the nearest known one', () => {
    expect(load({ KAFSCALE_ETCD_ENDPOINT: 'http://e:2379', OTHER: '1' }).warnings).toEqual([
      'KAFSCALE_ETCD_ENDPOINT is not a setting and has no effect; did you mean KAFSCALE_ETCD_ENDPOINTS?',
    ]);
  });

  test('leave out what is meant for others', () => {
    const foreign = { KAFSCALE_OPERATOR_LEADER_KEY: 'x', KAFSCALE_ETCD_SERVICE_HOST: '10.0.0.1' };
    expect(load(foreign).warnings).toEqual([]);
  });
});
