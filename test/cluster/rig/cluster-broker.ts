import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BUILT_MAIN, spawnBroker, type StartingBroker } from '../../support/broker.js';
import { stablePorts } from '../../support/ports.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { controlClient } from './control-client.js';
import type { Cut, Link } from '../nemesis/plan.js';

/** Longer than a broker waits when it is told to end (`KAFSCALE_DRAIN_TIMEOUT_SEC`). */
const STOP_TIMEOUT_MS = 40_000;
const READY_TIMEOUT_MS = 240_000;
const RESTART_DELAY_MS = 500;
const SLOW_MS = 250;

/** Where a broker finds its stores, and all of its settings but those. */
export interface BrokerPlace {
  readonly etcdPort: number;
  readonly s3Port: number;
  /** Settings with the addresses of the stores, given those of the proxies before them. */
  readonly env: (etcdPort: number, s3Port: number) => Readonly<Record<string, string>>;
  /** Where its log is written, as `broker-<number>.log`. */
  readonly folder: string;
}

/** The rack of a broker: each has its own. */
export function rackOf(broker: number): string {
  return `rack-${broker}`;
}

/**
 * A broker of a cluster, as a process behind proxies: clients, etcd and the object store reach it, and it them, only
 * through these. Who ends by itself is started again, as any supervisor does.
 */
export class ClusterBroker {
  private current: StartingBroker | undefined;
  /** Whether it is meant to run. */
  private wanted = false;
  private paused = false;
  private main = BUILT_MAIN;
  private readonly log: WriteStream;

  private constructor(
    readonly number: number,
    private readonly env: Readonly<Record<string, string>>,
    /** `host:port` of the proxy: what clients are told. */
    readonly bootstrap: string,
    /** `host:port` of its HTTP and gRPC. */
    readonly httpAddress: string,
    private readonly links: Readonly<Record<Link, TcpProxy>>,
    folder: string,
    private readonly endedByItself: (what: string) => void,
  ) {
    this.log = createWriteStream(join(folder, `broker-${number}.log`), { flags: 'a' });
  }

  /** @param endedByItself is told when the process ends that nobody has ended */
  static async create(
    number: number,
    place: BrokerPlace,
    endedByItself: (what: string) => void,
  ): Promise<ClusterBroker> {
    const [port, httpPort] = (await stablePorts(2)) as [number, number];
    const links = {
      etcd: await TcpProxy.start(place.etcdPort),
      s3: await TcpProxy.start(place.s3Port),
      clients: await TcpProxy.start(port),
    };
    const httpAddress = `127.0.0.1:${httpPort}`;
    const env = {
      KAFSCALE_LOG_LEVEL: 'info',
      ...place.env(links.etcd.port, links.s3.port),
      KAFSCALE_BROKER_ID: String(number),
      KAFSCALE_RACK: rackOf(number),
      KAFSCALE_BROKER_ADDR: `127.0.0.1:${port}`,
      KAFSCALE_BROKER_HOST: '127.0.0.1',
      KAFSCALE_BROKER_PORT: String(links.clients.port),
      KAFSCALE_METRICS_ADDR: httpAddress,
    };
    const bootstrap = `127.0.0.1:${links.clients.port}`;
    return new ClusterBroker(number, env, bootstrap, httpAddress, links, place.folder, endedByItself);
  }

  /** Has the next start run another build. @param main its `main.js` */
  install(main: string): void {
    this.main = main;
  }

  /** What the present process, or the last one, has written to its log lately. */
  get recentLog(): string {
    return this.current?.process.log ?? '';
  }

  /** Starts the process without waiting for it. */
  async start(): Promise<void> {
    this.wanted = true;
    this.log.write(`\n--- started at ${new Date().toISOString()}\n`);
    const started = await spawnBroker(this.env, { main: this.main, onOutput: (chunk) => this.log.write(chunk) });
    this.current = started;
    void started.process.exited().then((code) => this.ended(started, code));
  }

  /** Waits until it is ready for clients, also if it ends and is started again meanwhile. @throws {Error} when it takes four minutes */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      if (await this.isReady()) return;
      if (performance.now() > deadline)
        throw new Error(`broker ${this.number} is not ready after ${READY_TIMEOUT_MS} ms`);
      await delay(100);
    }
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.wanted = false;
    await this.current?.process.kill('SIGKILL');
    this.paused = false;
  }

  /**
   * SIGTERM.
   *
   * @returns the time that it took, ms, and the exit code: other than 0 where it could not finish something
   * @throws {Error} when it doesn't end by itself within its deadline
   */
  async stop(): Promise<{ readonly ms: number; readonly code: number }> {
    this.wanted = false;
    const startedAt = performance.now();
    await this.current?.process.stop(STOP_TIMEOUT_MS);
    const code = this.current?.process.exitCode;
    if (code === undefined) throw new Error(`broker ${this.number} did not end within ${STOP_TIMEOUT_MS} ms`);
    return { ms: performance.now() - startedAt, code };
  }

  /** SIGSTOP: the process stands still, and its connections stay open. */
  pause(): void {
    if (this.current?.process.running !== true) return;
    this.paused = true;
    process.kill(this.current.process.pid, 'SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    if (this.paused && this.current?.process.running === true) process.kill(this.current.process.pid, 'SIGCONT');
    this.paused = false;
  }

  cut(link: Link, how: Cut): void {
    const proxy = this.links[link];
    if (how === 'reset') proxy.cut();
    else if (how === 'stall') proxy.freeze();
    else proxy.slowDown(SLOW_MS);
  }

  restore(link: Link): void {
    this.links[link].restore();
  }

  /** DrainPartitions of all that it has. @returns how many partitions were drained, and how many were not */
  async drain(deadlineSeconds: number): Promise<{ readonly drained: number; readonly pending: number }> {
    const control = controlClient(this.httpAddress);
    try {
      return await control.drain('a test', deadlineSeconds);
    } finally {
      control.close();
    }
  }

  /** SIGKILL, and the end of the proxies. */
  async dispose(): Promise<void> {
    await this.kill();
    await Promise.all(Object.values(this.links).map((link) => link.stop()));
    this.log.end();
  }

  private async ended(process: StartingBroker, code: number | null): Promise<void> {
    if (!this.isWanted(process)) return;
    this.endedByItself(`broker ${this.number} has ended by itself with ${code}`);
    await delay(RESTART_DELAY_MS);
    if (this.isWanted(process)) await this.start();
  }

  /** Whether this process, and no other, is to run. */
  private isWanted(process: StartingBroker): boolean {
    return this.wanted && this.current === process;
  }

  private async isReady(): Promise<boolean> {
    try {
      const answer = await fetch(`http://${this.httpAddress}/readyz`, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false; // Not yet, or not at the moment.
    }
  }
}
