import type { ClusterView } from '../../cluster/cluster-view.js';
import type { Topic } from '../../metadata/topic-catalogue.js';

/** Where a client should go instead (KIP-951). */
export interface LeaderHint {
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

/** Gathers, for one response, the leaders that it points to, and their addresses. */
export class LeaderHints {
  private readonly leaderIds = new Set<number>();

  constructor(private readonly cluster: ClusterView) {}

  /** The current leader of a partition, when it is known. */
  hintFor(topic: Topic, partition: number): LeaderHint | undefined {
    const leader = this.cluster.leaderOf(topic, partition);
    if (leader === undefined) return undefined;
    this.leaderIds.add(leader.brokerId);
    return { leaderId: leader.brokerId, leaderEpoch: leader.leaderEpoch };
  }

  /** Addresses of all brokers that were named. */
  nodeEndpoints(): { nodeId: number; host: string; port: number; rack: string | null }[] {
    if (this.leaderIds.size === 0) return [];
    return this.cluster
      .brokers()
      .filter((broker) => this.leaderIds.has(broker.id))
      .map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack }));
  }
}
