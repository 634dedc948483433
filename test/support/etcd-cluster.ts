import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stablePorts } from './ports.js';
import { ServerProcess } from './process.js';
import { toolPath } from './tool-path.js';
import { until } from './until.js';

const READY_TIMEOUT_MS = 60_000;

/** An etcd of several members, each a process with its data in a folder of its own. */
export interface EtcdCluster {
  readonly members: readonly EtcdMember[];
  /** All members, as brokers are told them. */
  readonly endpoints: string;
  /** Waits until the members that answer agree on a leader. @throws {Error} when that takes a minute */
  leader(): Promise<EtcdMember>;
  /** Ends the servers and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster on free ports of 127.0.0.1. Needs the tool `etcd-current`.
 *
 * @throws {Error} when it doesn't come up; the message carries a member's output
 */
export async function startEtcdCluster(size = 3): Promise<EtcdCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'kafscale-etcd-'));
  const ports = await stablePorts(2 * size);
  const peers = Array.from({ length: size }, (_, index) => local(ports[size + index]!));
  const initialCluster = peers.map((peer, index) => `member-${index}=${peer}`).join(',');
  const members = peers.map((peer, index) => {
    const name = `member-${index}`;
    return new EtcdMember(local(ports[index]!), peer, [
      ...['--name', name, '--data-dir', join(directory, name), '--log-level', 'warn'],
      ...['--initial-cluster', initialCluster],
    ]);
  });
  const stop = async () => {
    await Promise.all(members.map((member) => member.kill()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await Promise.all(members.map((member) => member.restart()));
  } catch (error) {
    await stop();
    throw error;
  }
  const endpoints = members.map(({ endpoint }) => endpoint).join(',');
  const leader = () => until('a leader of etcd', () => agreedLeader(members), READY_TIMEOUT_MS);
  return { members, endpoints, leader, stop };
}

/** One server of an {@link EtcdCluster}. */
export class EtcdMember {
  private process: ServerProcess | undefined;

  constructor(
    /** `http://127.0.0.1:<port>`, the same after a restart. */
    readonly endpoint: string,
    private readonly peerUrl: string,
    private readonly args: readonly string[],
  ) {}

  /** Starts it on its data, and waits until it serves, for which most members are needed. */
  async restart(): Promise<void> {
    this.process = new ServerProcess(join(toolPath('etcd-current'), 'bin', 'etcd'), [
      ...this.args,
      ...['--listen-client-urls', this.endpoint, '--advertise-client-urls', this.endpoint],
      ...['--listen-peer-urls', this.peerUrl, '--initial-advertise-peer-urls', this.peerUrl],
    ]);
    await this.process.ready(async () => {
      const answer = await fetch(`${this.endpoint}/health`, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      return answer.ok;
    }, READY_TIMEOUT_MS);
  }

  /** SIGKILL: ends it as a crash would; its data stays. */
  async kill(): Promise<void> {
    await this.process?.kill('SIGKILL');
  }

  /** SIGSTOP: it stands still, and its connections stay open. */
  pause(): void {
    this.signal('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.signal('SIGCONT');
  }

  /** @returns its own id, and that of the leader as it knows it; undefined when it doesn't answer, or knows none */
  async status(): Promise<{ readonly id: string; readonly leader: string } | undefined> {
    try {
      const signal = AbortSignal.timeout(1_000);
      const answer = await fetch(`${this.endpoint}/v3/maintenance/status`, { method: 'POST', body: '{}', signal });
      const { header, leader } = (await answer.json()) as {
        readonly header?: { readonly member_id?: string };
        readonly leader?: string;
      };
      const id = header?.member_id;
      // A member that knows no leader says 0.
      return id === undefined || leader === undefined || leader === '0' ? undefined : { id, leader };
    } catch {
      return undefined; // It is not there, or stands still.
    }
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.process?.running === true) process.kill(this.process.pid, signal);
  }
}

async function agreedLeader(members: readonly EtcdMember[]): Promise<EtcdMember | undefined> {
  const statuses = await Promise.all(members.map((member) => member.status()));
  const answers = statuses.filter((status) => status !== undefined);
  if (answers.length <= members.length / 2 || new Set(answers.map(({ leader }) => leader)).size !== 1) return undefined;
  return members.find((_, index) => statuses[index]?.id === answers[0]!.leader);
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}
