import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSeaweedFs } from '../../test/support/seaweedfs.js';
import type { SeaweedFs } from '../../test/support/seaweedfs.js';
import type { Delays, ProxyCommand, RequestCounts } from './proxy-messages.js';

const PROXY = fileURLToPath(new URL('./latency-proxy.ts', import.meta.url));
/** One for all: the server sets space aside for each, and has room for a few only. */
const BUCKET = 'bench';
const NO_DELAYS: Delays = { put: 0, get: 0, other: 0 };

/** A real S3 server whose requests take as long as we say, and are counted. */
export class S3WithLatency {
  private constructor(
    private readonly server: SeaweedFs,
    private readonly proxy: ChildProcess,
    /** URL of the S3 server, by way of the proxy. */
    readonly endpoint: string,
  ) {}

  static async start(): Promise<S3WithLatency> {
    const server = await startSeaweedFs();
    await server.createBucket(BUCKET);
    const proxy = fork(PROXY, [server.endpoint]);
    const [{ port }] = (await once(proxy, 'message')) as [{ readonly port: number }];
    return new S3WithLatency(server, proxy, `http://127.0.0.1:${port}`);
  }

  readonly bucket = BUCKET;

  get credentials(): SeaweedFs['credentials'] {
    return this.server.credentials;
  }

  /** From now on, requests of these kinds take at least so many ms; the others take no longer than they need. */
  async delay(delays: Partial<Delays>): Promise<void> {
    await this.command({ delays: { ...NO_DELAYS, ...delays } });
  }

  /** Does something, and counts the requests that arrive meanwhile. */
  async counting<T>(action: () => Promise<T>): Promise<{ readonly result: T; readonly requests: RequestCounts }> {
    const before = await this.command({ report: true });
    const result = await action();
    const after = await this.command({ report: true });
    const requests = {
      put: after.put - before.put,
      get: after.get - before.get,
      other: after.other - before.other,
    };
    return { result, requests };
  }

  async stop(): Promise<void> {
    this.proxy.disconnect();
    await this.server.stop();
  }

  private async command(command: ProxyCommand): Promise<RequestCounts> {
    this.proxy.send(command);
    const [{ counts }] = (await once(this.proxy, 'message')) as [{ readonly counts: RequestCounts }];
    return counts;
  }
}
