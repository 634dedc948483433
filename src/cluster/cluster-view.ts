import { ASSIGNMENTS_PREFIX, BROKERS_PREFIX, assignmentKey, parseKey } from '../metadata/keys.js';
import type { Change, KeyValue, MetadataStore, Watch } from '../metadata/metadata-store.js';
import { decodeBrokerRegistration, decodePartitionAssignment } from '../metadata/records.js';
import type { Topic } from '../metadata/topic-catalogue.js';
import type { Clock } from '../time/clock.js';

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

/** What clients are told of the cluster: live brokers and the leaders of partitions, mirrored from the metadata store. */
export class ClusterView {
  private readonly liveBrokers = new Map<number, Broker>();
  private readonly leaders = new Map<string, Leadership>();
  private readonly listeners = new Set<() => void>();
  private watches: Watch[] = [];

  /** @param leads whether this broker has taken a partition over that is assigned to it */
  constructor(
    private readonly store: MetadataStore,
    readonly clusterId: string,
    readonly selfId: number,
    private readonly clock: Clock,
    private readonly leads: (topicId: string, partition: number) => boolean,
  ) {}

  /** Resolves when the mirror has been filled. */
  async start(): Promise<void> {
    this.watches = [
      this.mirror(
        BROKERS_PREFIX,
        this.liveBrokers,
        (entry) => this.putBroker(entry),
        (key) => this.dropBroker(key),
      ),
      this.mirror(
        ASSIGNMENTS_PREFIX,
        this.leaders,
        (entry) => this.putLeader(entry),
        (key) => this.leaders.delete(key),
      ),
    ];
    await Promise.all(this.watches.map((watch) => watch.ready));
  }

  close(): void {
    for (const watch of this.watches) watch.close();
  }

  /** Live brokers, by id. */
  brokers(): readonly Broker[] {
    return [...this.liveBrokers.values()].sort((a, b) => a.id - b.id);
  }

  /** A live broker that administrative requests can be sent to; −1 when none is known. */
  controllerId(): number {
    return this.liveBrokers.has(this.selfId) ? this.selfId : (this.brokers()[0]?.id ?? -1);
  }

  /** The partition's leader, if it has one that lives and has taken it over. */
  leaderOf(topic: Topic, partition: number): Leadership | undefined {
    const leader = this.leaders.get(assignmentKey(topic.name, partition));
    if (leader === undefined || !this.liveBrokers.has(leader.brokerId)) return undefined;
    if (leader.brokerId === this.selfId && !this.leads(topic.id, partition)) return undefined;
    return leader;
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

  private mirror(
    prefix: string,
    mirrored: Map<unknown, unknown>,
    put: (entry: KeyValue) => void,
    drop: (key: string) => void,
  ): Watch {
    return this.store.watch(prefix, {
      snapshot: (entries) => {
        mirrored.clear();
        for (const entry of entries) put(entry);
        this.notify();
      },
      changes: (changes: readonly Change[]) => {
        for (const change of changes) {
          if (change.type === 'put') put(change.entry);
          else drop(change.key);
        }
        this.notify();
      },
    });
  }

  private putBroker(entry: KeyValue): void {
    const { brokerId, host, port, rack, incarnationId } = decodeBrokerRegistration(entry.value, entry.key);
    const id = Number(brokerId);
    this.liveBrokers.set(id, { id, host, port, rack: rack === '' ? null : rack, incarnationId });
  }

  private dropBroker(key: string): void {
    const parsed = parseKey(key);
    if (parsed?.type === 'broker') this.liveBrokers.delete(parsed.nodeId);
  }

  private putLeader(entry: KeyValue): void {
    const { brokerId, epoch } = decodePartitionAssignment(entry.value, entry.key);
    this.leaders.set(entry.key, { brokerId: Number(brokerId), leaderEpoch: epoch });
  }
}
