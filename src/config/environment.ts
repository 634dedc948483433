import { hostname } from 'node:os';
import { readConfigFile } from './config-file.js';
import { loadConfig, type LoadedConfig } from './load-config.js';

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

/** `broker-3` → 3. Only in Kubernetes, where a host name is a pod's; elsewhere a number in it means nothing. */
function podOrdinal(): number | undefined {
  if (process.env['KUBERNETES_SERVICE_HOST'] === undefined) return undefined;
  const ordinal = /-(\d{1,9})$/.exec(process.env['POD_NAME'] ?? hostname())?.[1];
  return ordinal === undefined ? undefined : Number(ordinal);
}
