import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, errorName } from '../../src/protocol/errors.js';
import { Produce } from '../../src/protocol/schema/index.js';
import { ClusterConnections } from '../../test/cluster/clients/cluster-connections.js';
import { batchOfOne } from './batches.js';

const PRODUCE_VERSION = 9;
const INTERVAL_MS = 10;
const ACKS_ALL = -1;

/**
 * Writes one record after the other to a partition, wherever its leader is, and remembers when each was acknowledged. Asks
 * for the leader again after every error, without the pauses that client libraries make.
 */
export class LeaderProbe {
  private readonly acknowledgedAt: number[] = [];
  private readonly connections: ClusterConnections;
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(
    bootstrap: readonly string[],
    private readonly topic: string,
    private readonly partition: number,
  ) {
    this.connections = new ClusterConnections(bootstrap, topic);
    this.running = this.run();
  }

  /** `host:port` of the leader. @throws {Error} while there is none */
  async leader(): Promise<string> {
    return (await this.connections.toLeader(this.partition)).bootstrap;
  }

  /** The longest time, ms, for which nothing was acknowledged, of the times that ended after `since` (monotonic ms). */
  longestGapSince(since: number): number {
    let longest = 0;
    for (const [index, at] of this.acknowledgedAt.entries()) {
      if (at > since) longest = Math.max(longest, at - (this.acknowledgedAt[index - 1] ?? since));
    }
    return longest;
  }

  /** How many records were acknowledged after `since` (monotonic ms). */
  acknowledgedSince(since: number): number {
    return this.acknowledgedAt.filter((at) => at > since).length;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    this.connections.reset();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.produce();
        this.acknowledgedAt.push(performance.now());
      } catch {
        // What is measured is how long this goes on.
        this.connections.reset();
      }
      await delay(INTERVAL_MS);
    }
  }

  private async produce(): Promise<void> {
    const client = await this.connections.toLeader(this.partition);
    const answer = await client.send(Produce, PRODUCE_VERSION, {
      acks: ACKS_ALL,
      timeoutMs: 5_000,
      topicData: [{ name: this.topic, partitionData: [{ index: this.partition, records: batchOfOne('probe') }] }],
    });
    const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR;
    if (errorCode !== ErrorCode.NONE) throw new Error(errorName(errorCode));
  }
}
