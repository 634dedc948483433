import { describeSettings, PREFIX, type SettingName, type Settings } from './settings.js';

/** Settings that must be given together: one of them alone is a mistake. */
const PAIRS: readonly (readonly [SettingName, SettingName])[] = [
  ['S3_ACCESS_KEY', 'S3_SECRET_KEY'],
  ['ETCD_USERNAME', 'ETCD_PASSWORD'],
  ['ETCD_TLS_CERT_FILE', 'ETCD_TLS_KEY_FILE'],
  ['CONTROL_TLS_CERT_FILE', 'CONTROL_TLS_KEY_FILE'],
];

/** Of each pair the first is at most the second. */
const BOUNDS = [
  ['GROUP_MIN_SESSION_TIMEOUT_MS', 'GROUP_MAX_SESSION_TIMEOUT_MS'],
  ['GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS', 'GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS'],
  ['GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS', 'GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS'],
] as const;

/** What is wrong with settings that are each fine by themselves; one sentence each. */
export function findConflicts(settings: Settings): readonly string[] {
  return [
    ...mixedStores(settings),
    ...brokenPairs(settings),
    ...missingCompanions(settings),
    ...replicas(settings),
    ...controlServices(settings),
    ...unbuiltFeatures(settings),
    ...sizes(settings),
    ...thresholds(settings),
  ];
}

/**
 * A cluster whose records are shared and whose metadata is not (or the other way round) loses data with the first
 * pod that moves, so nobody gets one by forgetting a variable.
 */
function* mixedStores(settings: Settings): Iterable<string> {
  const bucket = settings.S3_BUCKET !== undefined;
  const etcd = settings.ETCD_ENDPOINTS !== undefined;
  if (bucket && settings.USE_MEMORY_S3) {
    yield `${PREFIX}S3_BUCKET is given together with ${PREFIX}USE_MEMORY_S3=true: allowed is one of them`;
  }
  if (settings.ALLOW_MIXED_STORES) return;
  if (etcd && settings.USE_MEMORY_S3) {
    yield `${PREFIX}ETCD_ENDPOINTS is given together with ${PREFIX}USE_MEMORY_S3=true: allowed only with ${PREFIX}ALLOW_MIXED_STORES=true`;
  } else if (bucket !== etcd) {
    const [given, missing] = bucket ? ['S3_BUCKET', 'ETCD_ENDPOINTS'] : ['ETCD_ENDPOINTS', 'S3_BUCKET'];
    yield `${PREFIX}${given} is given without ${PREFIX}${missing}: allowed only together, or with ${PREFIX}ALLOW_MIXED_STORES=true`;
  }
}

function* brokenPairs(settings: Settings): Iterable<string> {
  for (const [one, other] of PAIRS) {
    if ((settings[one] === undefined) === (settings[other] === undefined)) continue;
    const [given, missing] = settings[one] === undefined ? [other, one] : [one, other];
    yield `${PREFIX}${given} is given without ${PREFIX}${missing}: allowed only together`;
  }
}

/** Settings that mean nothing without another. */
const NEEDS: readonly (readonly [SettingName, SettingName])[] = [
  ['S3_READ_BUCKET', 'S3_BUCKET'],
  ['S3_READ_REGION', 'S3_READ_BUCKET'],
  ['S3_READ_ENDPOINT', 'S3_READ_BUCKET'],
  ['CONTROL_TLS_CLIENT_CA_FILE', 'CONTROL_TLS_CERT_FILE'],
];

function* missingCompanions(settings: Settings): Iterable<string> {
  for (const [given, needed] of NEEDS) {
    if (settings[given] === undefined || settings[needed] !== undefined) continue;
    yield `${PREFIX}${given} is given without ${PREFIX}${needed}: allowed only with it`;
  }
}

function* controlServices(settings: Settings): Iterable<string> {
  if (settings.CONTROL_TLS_CERT_FILE !== undefined && settings.CONTROL_ADDR === undefined) {
    yield `${PREFIX}CONTROL_TLS_CERT_FILE is given without ${PREFIX}CONTROL_ADDR: allowed only with it, such as ${PREFIX}CONTROL_ADDR=:9094, as the port of ${PREFIX}METRICS_ADDR has no TLS`;
  }
  // Without its value: it is a secret.
  if (settings.CONTROL_TOKEN !== undefined && !/^[\x21-\x7e]+$/.test(settings.CONTROL_TOKEN)) {
    yield `${PREFIX}CONTROL_TOKEN has characters that no call can carry: allowed are visible ASCII characters without blanks`;
  }
}

function* replicas(settings: Settings): Iterable<string> {
  const { S3_READ_BUCKET: replica, S3_READ_ENDPOINT: endpoint = settings.S3_ENDPOINT } = settings;
  if (replica !== undefined && replica === settings.S3_BUCKET && endpoint === settings.S3_ENDPOINT) {
    yield `${PREFIX}S3_READ_BUCKET is ${replica}: allowed is another bucket than ${PREFIX}S3_BUCKET`;
  }
}

function* thresholds(settings: Settings): Iterable<string> {
  const pairs = [
    ['S3_LATENCY_WARN_MS', settings.S3_LATENCY_WARN_MS, 'S3_LATENCY_CRIT_MS', settings.S3_LATENCY_CRIT_MS],
    ['S3_ERROR_RATE_WARN', settings.S3_ERROR_RATE_WARN, 'S3_ERROR_RATE_CRIT', settings.S3_ERROR_RATE_CRIT],
  ] as const;
  for (const [warnName, warn, critName, crit] of pairs) {
    if (warn < crit) continue;
    yield `${PREFIX}${warnName} is ${warn}: allowed is less than ${PREFIX}${critName} (${crit})`;
  }
}

function* unbuiltFeatures(settings: Settings): Iterable<string> {
  for (const { variable, notYet } of describeSettings()) {
    if (!notYet) continue;
    const value = settings[variable.slice(PREFIX.length) as SettingName];
    if (value === undefined || value === false) continue;
    yield `${variable} is set, but this version of KafScale does not have that feature: leave it out`;
  }
}

function* sizes(settings: Settings): Iterable<string> {
  if (settings.MAX_BUFFER_BYTES < 2 * settings.WAL_OBJECT_BYTES) {
    yield `${PREFIX}MAX_BUFFER_BYTES is ${settings.MAX_BUFFER_BYTES}: allowed is at least twice ${PREFIX}WAL_OBJECT_BYTES (${settings.WAL_OBJECT_BYTES})`;
  }
  for (const [min, max] of BOUNDS) {
    if (settings[min] <= settings[max]) continue;
    yield `${PREFIX}${min} is ${settings[min]}: allowed is at most ${PREFIX}${max} (${settings[max]})`;
  }
}
