import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../support/ports.js';
import type { ServerProcess } from '../../support/process.js';
import { until } from '../../support/until.js';
import type { JavaExample } from './java-examples.js';

const PATIENCE_MS = 180_000;

interface ConnectorState {
  readonly connector?: { readonly state: string };
  readonly tasks?: readonly { readonly state: string; readonly trace?: string }[];
}

/** A distributed worker of Kafka Connect, which is asked and told by its REST interface. */
export class ConnectWorker {
  private constructor(
    private readonly worker: ServerProcess,
    private readonly url: string,
  ) {}

  /** Starts the worker of the example, with its own settings but for the two addresses, in `directory`. */
  static async start(example: JavaExample, bootstrap: string, directory: string): Promise<ConnectWorker> {
    const [port] = (await freePorts(1)) as [number];
    const url = `http://127.0.0.1:${port}`;
    const written = await readFile(example.source('worker.properties'), 'utf8');
    const settings = written.replace('localhost:9092', bootstrap).replace('http://localhost:8083', url);
    await writeFile(join(directory, 'worker.properties'), settings);
    const classPath = ['-cp', example.path('lib/*')];
    const args = [...classPath, 'org.apache.kafka.connect.cli.ConnectDistributed', 'worker.properties'];
    const connect = new ConnectWorker(example.start(args, { cwd: directory }), url);
    await connect.worker.ready(async () => (await fetch(`${url}/connectors`)).ok, PATIENCE_MS);
    return connect;
  }

  get log(): string {
    return this.worker.log;
  }

  /** Creates a connector from a file of the example, or changes it. */
  async configure(name: string, config: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    // Answered with 409 while the workers share their work anew.
    await until(`connector ${name}`, async () => {
      const answer = await fetch(`${this.url}/connectors/${name}/config`, { method: 'PUT', headers, body: config });
      return answer.ok ? true : undefined;
    });
  }

  /** Waits until a connector and its only task run. */
  async running(name: string): Promise<void> {
    const runs = async () => {
      const answer = await fetch(`${this.url}/connectors/${name}/status`);
      const { connector, tasks = [] } = (await answer.json()) as ConnectorState;
      return connector?.state === 'RUNNING' && tasks.length === 1 && tasks[0]!.state === 'RUNNING';
    };
    await this.worker.ready(runs, PATIENCE_MS);
  }

  stop(): Promise<void> {
    return this.worker.stop(60_000);
  }
}
