import type { Topic } from '../metadata/topic-catalogue.js';
import type { Clock } from '../time/clock.js';
import type { ClusterMirror } from './cluster-mirror.js';

export interface Broker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly incarnationId: string;
}

export interface Leadership {
  readonly brokerId: number;
  readonly leaderEpoch: number;
}

/** What clients are told of the cluster: live brokers, the controller and the leaders of partitions. */
export class ClusterView {
  private readonly listeners = new Set<() => void>();
  private unsubscribe: () => void = () => undefined;
  /** Of live brokers; undefined since something has changed. */
  private racks: ReadonlyMap<string, readonly Broker[]> | undefined;

  /** @param leads whether this broker leads a partition that it has taken over, and still accepts records for it */
  constructor(
    private readonly mirror: ClusterMirror,
    readonly clusterId: string,
    readonly selfId: number,
    private readonly clock: Clock,
    private readonly leads: (topicId: string, partition: number) => boolean,
  ) {}

  /** Resolves when the view has been filled. */
  async start(): Promise<void> {
    this.unsubscribe = this.mirror.onChange(() => {
      this.racks = undefined;
      this.notify();
    });
    await this.mirror.start();
  }

  close(): void {
    this.unsubscribe();
    this.mirror.close();
  }

  /** Live brokers, by id. */
  brokers(): readonly Broker[] {
    return [...this.mirror.brokers()].sort((a, b) => a.id - b.id);
  }

  /** The live broker that is the controller; while there is none, one that administrative requests can be sent to; or −1. */
  controllerId(): number {
    const { controllerId } = this.mirror;
    if (controllerId !== undefined && this.mirror.broker(controllerId) !== undefined) return controllerId;
    return this.mirror.broker(this.selfId) === undefined ? (this.brokers()[0]?.id ?? -1) : this.selfId;
  }

  /** The partition's leader, if it has one that lives and has taken it over. */
  leaderOf(topic: Topic, partition: number): Leadership | undefined {
    const assignment = this.mirror.assignment(topic.name, partition);
    if (assignment === undefined || assignment.incarnationId === '') return undefined;
    const { brokerId, incarnationId, epoch, isClaimed } = assignment;
    // Its successor under the same id, or nobody, leads what an incarnation has led that ended.
    if (this.mirror.broker(brokerId)?.incarnationId !== incarnationId) return undefined;
    if (brokerId === this.selfId ? !this.leads(topic.id, partition) : !isClaimed) return undefined;
    return { brokerId, leaderEpoch: epoch };
  }

  /** The broker of a rack that serves reads of a partition there; undefined when none lives in it. */
  nearReplica(partition: number, rack: string): Broker | undefined {
    const brokers = this.byRack().get(rack) ?? [];
    return brokers[partition % brokers.length];
  }

  /**
   * Who serves reads of a partition: its leader first, and a broker of each other rack (KIP-392). Java clients read from a
   * broker that the leader names only if they know it as a replica.
   */
  replicasOf(partition: number, leaderId: number): number[] {
    const ownRack = this.mirror.broker(leaderId)?.rack;
    const replicas = [leaderId];
    for (const rack of this.byRack().keys()) {
      const near = rack === ownRack ? undefined : this.nearReplica(partition, rack);
      if (near !== undefined) replicas.push(near.id);
    }
    return replicas;
  }

  private byRack(): ReadonlyMap<string, readonly Broker[]> {
    return (this.racks ??= Map.groupBy(
      this.brokers().filter(({ rack }) => rack !== null),
      ({ rack }) => rack ?? '',
    ));
  }

  /** Where a partition is on its way from one leader to another, by their node ids. */
  moveOf(topic: Topic, partition: number): { readonly from: number; readonly to: number } | undefined {
    const { brokerId: from, moveTo: to } = this.mirror.assignment(topic.name, partition) ?? {};
    return from === undefined || to === undefined || from === to ? undefined : { from, to };
  }

  /** To be called when this broker has begun to lead partitions: who waits for leaders looks again. */
  notify(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** Waits until every partition of a topic has a leader. @returns false when it took longer than `timeoutMs` */
  whenLed(topic: Topic, timeoutMs: number): Promise<boolean> {
    const isLed = () => {
      for (let partition = 0; partition < topic.partitionCount; partition += 1) {
        if (this.leaderOf(topic, partition) === undefined) return false;
      }
      return true;
    };
    if (isLed()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (led: boolean) => {
        timer.cancel();
        this.listeners.delete(check);
        resolve(led);
      };
      const check = () => {
        if (isLed()) finish(true);
      };
      const timer = this.clock.setTimer(timeoutMs, () => finish(false));
      this.listeners.add(check);
    });
  }
}
