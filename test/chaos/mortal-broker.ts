import { spawnBroker, type StartingBroker } from '../support/broker.js';
import { freePorts } from '../support/ports.js';

/** A broker that is killed and started again, always at the same address and on the same stores. */
export class MortalBroker {
  private current: StartingBroker | undefined;

  private constructor(
    /** `host:port` of Kafka clients. */
    readonly bootstrap: string,
    /** `host:port` of the probes. */
    readonly httpAddress: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create(env: Readonly<Record<string, string>>): Promise<MortalBroker> {
    const [port, httpPort] = await freePorts(2);
    const bootstrap = `127.0.0.1:${port}`;
    const httpAddress = `127.0.0.1:${httpPort}`;
    return new MortalBroker(bootstrap, httpAddress, {
      ...env,
      KAFSCALE_BROKER_ADDR: bootstrap,
      KAFSCALE_METRICS_ADDR: httpAddress,
    });
  }

  get log(): string {
    return this.current?.process.log ?? '';
  }

  get isRunning(): boolean {
    return this.current?.process.running ?? false;
  }

  /** Starts the process without waiting for it. */
  async spawn(): Promise<void> {
    this.current = await spawnBroker(this.env);
  }

  async ready(): Promise<void> {
    await this.current?.ready(60_000);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.current?.process.kill('SIGKILL');
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    await this.current?.process.stop(60_000);
  }

  /** SIGSTOP: the process stands still, and its connections stay open. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Waits for the process to end by itself. */
  async ended(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.isRunning) {
      if (performance.now() > deadline) throw new Error(`the broker did not end:\n${this.log.slice(-4000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async dispose(): Promise<void> {
    await this.kill();
  }

  private get pid(): number {
    if (this.current === undefined) throw new Error('the broker was not started');
    return this.current.process.pid;
  }
}
