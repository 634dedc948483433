import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.js';
import { ServerProcess } from './process.js';

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

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Starts a broker as built (`npm run build`), on free loopback ports, and waits until clients can connect. Its data is
 * in a folder of its own, removed at the end, unless `env` says where.
 *
 * @param env settings by their names in the environment; those of the caller's environment don't reach the broker
 * @throws {Error} when it doesn't get ready; the message carries its output
 */
export async function startBroker(env: Readonly<Record<string, string>> = {}): Promise<RunningBroker> {
  const [port, httpPort] = (await freePorts(2)) as [number, number];
  const bootstrap = `127.0.0.1:${port}`;
  const httpAddress = `127.0.0.1:${httpPort}`;
  const temporary = 'KAFSCALE_DATA_DIR' in env ? undefined : await mkdtemp(join(tmpdir(), 'kafscale-broker-'));
  const settings = {
    ...ownSettingsBlanked(),
    KAFSCALE_BROKER_ADDR: bootstrap,
    KAFSCALE_METRICS_ADDR: httpAddress,
    KAFSCALE_LOG_LEVEL: 'warn',
    ...(temporary !== undefined && { KAFSCALE_DATA_DIR: temporary }),
    ...env,
  };
  const server = new ServerProcess(process.execPath, [MAIN, 'broker'], { env: settings });
  const killAtExit = () => void server.kill('SIGKILL');
  process.once('exit', killAtExit);
  const end = async (how: () => Promise<void>) => {
    await how();
    process.removeListener('exit', killAtExit);
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    await server.ready(() => isReady(httpAddress));
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
