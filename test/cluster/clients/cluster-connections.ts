import { ErrorCode, errorName } from '../../../src/protocol/errors.js';
import { FindCoordinator, Metadata } from '../../../src/protocol/schema/index.js';
import { WireClient } from '../../support/wire-client.js';

const METADATA_VERSION = 9;
const FIND_COORDINATOR_VERSION = 3;
const GROUP = 0;

/**
 * A client's connections to a cluster, one per broker, and what it knows of leaders and coordinators. As client
 * libraries do, it asks any broker, believes the answer until it is told otherwise, and then asks another.
 */
export class ClusterConnections {
  private readonly clients = new Map<string, Promise<WireClient>>();
  private leaders = new Map<number, string>();
  /** By node id. */
  private nodes = new Map<number, string>();
  private readonly coordinators = new Map<string, string>();
  private asked = 0;

  /** @param bootstrap `host:port` of brokers, some of which may be away */
  constructor(
    private readonly bootstrap: readonly string[],
    private readonly topic: string,
  ) {}

  /** A connection to the partition's leader. @throws {Error} when there is none, or it can't be reached */
  async toLeader(partition: number): Promise<WireClient> {
    if (!this.leaders.has(partition)) await this.learnLeaders();
    const address = this.leaders.get(partition);
    if (address === undefined) throw new Error(`partition ${partition} has no leader`);
    return this.to(address);
  }

  /** A connection to a broker that an answer has named. @throws {Error} when Metadata didn't name it, or it can't be reached */
  toNode(nodeId: number): Promise<WireClient> {
    const address = this.nodes.get(nodeId);
    if (address === undefined) throw new Error(`there is no broker ${nodeId}`);
    return this.to(address);
  }

  /** A connection to the group's coordinator. @throws {Error} when there is none, or it can't be reached */
  async toCoordinator(group: string): Promise<WireClient> {
    let address = this.coordinators.get(group);
    if (address === undefined) {
      const client = await this.toAny();
      const found = await client.send(FindCoordinator, FIND_COORDINATOR_VERSION, { key: group, keyType: GROUP });
      if (found.errorCode !== ErrorCode.NONE) throw new Error(errorName(found.errorCode));
      address = `${found.host}:${found.port}`;
      this.coordinators.set(group, address);
    }
    return this.to(address);
  }

  /** A connection to some broker, to another each time. @throws {Error} when it can't be reached */
  toAny(): Promise<WireClient> {
    this.asked += 1;
    return this.to(this.bootstrap[this.asked % this.bootstrap.length]!);
  }

  /** To be called after an answer that says that a leader or coordinator is another. */
  forget(): void {
    this.leaders = new Map();
    this.coordinators.clear();
  }

  /** To be called when a connection was lost, or stalls: all are closed. */
  reset(): void {
    this.forget();
    for (const client of this.clients.values()) {
      client.then(
        (connected) => connected.close(),
        // It was never open.
        () => undefined,
      );
    }
    this.clients.clear();
  }

  private to(address: string): Promise<WireClient> {
    let client = this.clients.get(address);
    if (client === undefined) this.clients.set(address, (client = WireClient.connect(address)));
    return client;
  }

  private async learnLeaders(): Promise<void> {
    const client = await this.toAny();
    const answer = await client.send(Metadata, METADATA_VERSION, {
      topics: [{ name: this.topic }],
      allowAutoTopicCreation: false,
    });
    this.nodes = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`]));
    for (const { partitions } of answer.topics) {
      for (const { errorCode, partitionIndex, leaderId } of partitions) {
        const address = this.nodes.get(leaderId);
        if (errorCode === ErrorCode.NONE && address !== undefined) this.leaders.set(partitionIndex, address);
      }
    }
  }
}
