import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.js';
import { ServerProcess, type ProcessOptions } from './process.js';

/** Our own broker, as a process of its own. */
export interface RunningBroker {
  /** Where Kafka clients connect: `host:port`. */
  readonly bootstrap: string;
  /** Metrics and probes: `host:port`. */
  readonly httpAddress: string;
  readonly pid: number;
  /** What it has written to its log lately. */
  readonly log: string;
  /** SIGTERM: it writes what it accepted and ends. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** A broker that has been started and may not be ready yet. */
export interface StartingBroker {
  readonly process: ServerProcess;
  readonly bootstrap: string;
  readonly httpAddress: string;
  /** Waits until clients can connect. @throws {Error} when it ends first or takes too long, with its output */
  ready(timeoutMs?: number): Promise<void>;
}

/** The program as built. */
export const BUILT_MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Starts a broker as built (`npm run build`), on free loopback ports, and waits until clients can connect. Its data is
 * in a folder of its own, removed at the end, unless `env` says where.
 *
 * @param env settings by their names in the environment; those of the caller's environment don't reach the broker
 * @throws {Error} when it doesn't get ready in time; the message carries its output
 */
export async function startBroker(
  env: Readonly<Record<string, string>> = {},
  readyTimeoutMs?: number,
): Promise<RunningBroker> {
  const temporary = 'KAFSCALE_DATA_DIR' in env ? undefined : await mkdtemp(join(tmpdir(), 'kafscale-broker-'));
  const broker = await spawnBroker({ ...(temporary !== undefined && { KAFSCALE_DATA_DIR: temporary }), ...env });
  const { process: server, bootstrap, httpAddress } = broker;
  const end = async (how: () => Promise<void>) => {
    await how();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    await broker.ready(readyTimeoutMs);
  } catch (error) {
    await end(() => server.kill('SIGKILL'));
    throw error;
  }
  return {
    bootstrap,
    httpAddress,
    pid: server.pid,
    get log() {
      return server.log;
    },
    stop: () => end(() => server.stop()),
    kill: () => end(() => server.kill('SIGKILL')),
  };
}

export interface SpawnOptions extends Pick<ProcessOptions, 'onOutput'> {
  /** `main.js` of another build. */
  readonly main?: string;
}

/**
 * Starts the process of a broker as built, on free loopback ports unless `env` names others, and does not wait for it.
 *
 * @param env as for {@link startBroker}, with the place of its data
 */
export async function spawnBroker(
  env: Readonly<Record<string, string>>,
  { main = BUILT_MAIN, ...options }: SpawnOptions = {},
): Promise<StartingBroker> {
  const [port, httpPort] = (await freePorts(2)) as [number, number];
  const bootstrap = env['KAFSCALE_BROKER_ADDR'] ?? `127.0.0.1:${port}`;
  const httpAddress = env['KAFSCALE_METRICS_ADDR'] ?? `127.0.0.1:${httpPort}`;
  const addresses = { KAFSCALE_BROKER_ADDR: bootstrap, KAFSCALE_METRICS_ADDR: httpAddress };
  const server = new ServerProcess(process.execPath, [main, 'broker'], {
    ...options,
    env: { ...ownSettingsBlanked(), KAFSCALE_LOG_LEVEL: 'warn', ...addresses, ...env },
  });
  const ready = (timeoutMs?: number) => server.ready(() => isReady(httpAddress), timeoutMs);
  return { process: server, bootstrap, httpAddress, ready };
}

async function isReady(httpAddress: string): Promise<boolean> {
  const answer = await fetch(`http://${httpAddress}/readyz`, { signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
  return answer.ok;
}

/** An empty setting counts as not given. */
function ownSettingsBlanked(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('KAFSCALE_'));
  return Object.fromEntries(names.map((name) => [name, '']));
}
