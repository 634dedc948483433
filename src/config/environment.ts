import { hostname } from 'node:os';
import type { BrokerConfig } from './broker-config.js';
import { readConfigFile } from './config-file.js';
import { loadConfig, type LoadedConfig } from './load-config.js';
import { PREFIX } from './settings.js';

/**
 * The broker's configuration from the environment and, if given, a YAML file. The only place that reads the process's
 * environment.
 *
 * @throws ConfigError with all problems at once
 */
export function loadConfigFromProcess(configFile: string | undefined): LoadedConfig {
  return loadConfig({
    environment: process.env,
    ...(configFile !== undefined && { file: { name: configFile, values: readConfigFile(configFile) } }),
    podOrdinal: podOrdinal(),
  });
}

/**
 * How to reach a bucket, for tools that read one without being a broker: what the environment says of S3.
 *
 * @throws ConfigError with all problems at once
 */
export function loadBucketConfigFromProcess(bucket: string): Pick<BrokerConfig, 'objects'> {
  const s3 = Object.entries(process.env).filter(([name]) => name.startsWith(`${PREFIX}S3_`));
  const environment = {
    ...Object.fromEntries(s3),
    [`${PREFIX}S3_BUCKET`]: bucket,
    [`${PREFIX}ALLOW_MIXED_STORES`]: 'true',
  };
  return loadConfig({ environment }).config;
}

/** `broker-3` → 3. Only in Kubernetes, where a host name is a pod's; elsewhere a number in it means nothing. */
function podOrdinal(): number | undefined {
  if (process.env['KUBERNETES_SERVICE_HOST'] === undefined) return undefined;
  const ordinal = /-(\d{1,9})$/.exec(process.env['POD_NAME'] ?? hostname())?.[1];
  return ordinal === undefined ? undefined : Number(ordinal);
}
