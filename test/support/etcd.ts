import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stablePorts } from './ports.js';
import { runProcess, ServerProcess } from './process.js';
import { toolPath } from './tool-path.js';

/** An etcd of a test's own, of one member. */
export interface EtcdServer {
  /** `http://127.0.0.1:<port>`, the same after a restart. */
  readonly endpoint: string;
  /** Of clients' connections. */
  readonly port: number;
  /** With `autoTls`: the certificate, which is its own authority. */
  readonly certificateFile: string;
  /** Ends the server as a crash would; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on its data. */
  restart(): Promise<void>;
  /** Restarts the server, and keeps a copy of the data as it is then. */
  copyData(): Promise<void>;
  /** Restarts the server on the copy, as an operator would who restores a backup; without a copy, on nothing at all. */
  restoreCopy(): Promise<void>;
  /** Runs etcdctl against the server. @returns what it printed */
  etcdctl(...args: string[]): Promise<string>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface EtcdServerOptions {
  /** More arguments of the server. */
  readonly args?: readonly string[];
  /** Serves `https` only, with a certificate that it makes itself: see {@link EtcdServer.certificateFile}. */
  readonly autoTls?: boolean;
  /** Runs the tool `etcd-current`: for tests that kill the server, which the packaged one may not survive with all its data. */
  readonly current?: boolean;
}

const READY_TIMEOUT_MS = 60_000;
const START_TRIES = 3;

/**
 * Starts a server on free ports of 127.0.0.1, with its data in a folder of its own. Needs the tool `etcd`.
 *
 * @throws {Error} when the tool is missing or the server doesn't come up; the message carries its output
 */
export async function startEtcd(options: EtcdServerOptions = {}): Promise<EtcdServer> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await LocalEtcd.create(options);
    try {
      await server.restart();
      return server;
    } catch (error) {
      await server.stop();
      // Somebody may have taken a port between our look and the server's.
      if (attempt === START_TRIES) throw error;
    }
  }
}

class LocalEtcd implements EtcdServer {
  private process: ServerProcess | undefined;

  private constructor(
    private readonly directory: string,
    readonly port: number,
    private readonly peerUrl: string,
    private readonly options: EtcdServerOptions,
  ) {}

  static async create(options: EtcdServerOptions): Promise<LocalEtcd> {
    const directory = await mkdtemp(join(tmpdir(), 'kafscale-etcd-'));
    const [clientPort, peerPort] = await stablePorts(2);
    return new LocalEtcd(directory, clientPort!, `http://127.0.0.1:${peerPort}`, options);
  }

  get endpoint(): string {
    return `${this.options.autoTls === true ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  get certificateFile(): string {
    return join(this.directory, 'data', 'fixtures', 'client', 'cert.pem');
  }

  async restart(): Promise<void> {
    const tool = this.options.current === true ? 'etcd-current' : 'etcd';
    this.process = new ServerProcess(join(toolPath(tool), 'bin', 'etcd'), this.serverArguments());
    await this.process.ready(() => this.answers(), READY_TIMEOUT_MS);
  }

  async kill(): Promise<void> {
    await this.process?.kill('SIGKILL');
  }

  async copyData(): Promise<void> {
    await this.kill();
    await cp(join(this.directory, 'data'), join(this.directory, 'copy'), { recursive: true });
    await this.restart();
  }

  async restoreCopy(): Promise<void> {
    await this.kill();
    const copy = join(this.directory, 'copy');
    await rm(join(this.directory, 'data'), { recursive: true, force: true });
    if (existsSync(copy)) await cp(copy, join(this.directory, 'data'), { recursive: true });
    await this.restart();
  }

  async etcdctl(...args: string[]): Promise<string> {
    const security = this.options.autoTls === true ? ['--cacert', this.certificateFile] : [];
    const { stdout } = await runProcess(
      join(toolPath('etcd'), 'bin', 'etcdctl'),
      ['--endpoints', this.endpoint, ...security, ...args],
      { env: { ETCDCTL_API: '3' }, timeoutMs: 30_000 },
    );
    return stdout;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    try {
      await this.etcdctl('--dial-timeout', '1s', 'endpoint', 'health');
      return true;
    } catch (error) {
      // Once users are enabled the server says so, and that is an answer too.
      return String(error).includes('user name is empty');
    }
  }

  private serverArguments(): string[] {
    return [
      ...['--name', 'test', '--data-dir', join(this.directory, 'data'), '--log-level', 'warn'],
      ...['--listen-client-urls', this.endpoint, '--advertise-client-urls', this.endpoint],
      ...['--listen-peer-urls', this.peerUrl, '--initial-advertise-peer-urls', this.peerUrl],
      ...['--initial-cluster', `test=${this.peerUrl}`],
      ...(this.options.autoTls === true ? ['--auto-tls'] : []),
      ...(this.options.args ?? []),
    ];
  }
}
