import { LRUCache } from 'lru-cache';
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { FollowedLogs } from '../../log/followers/followed-logs.js';
import type { ReadableLog } from '../../log/readable-log.js';
import type { Topic } from '../../metadata/topic-catalogue.js';
import type { Clock } from '../../time/clock.js';

/** A client that comes back this soon, ms, could not be served where it was sent to: it is served here meanwhile. */
const REFERRAL_MS = 60_000;
const MOST_REFERRALS = 10_000;

/** Where consumers that name their rack read from (KIP-392): from a broker in that rack, whoever leads the partition. */
export class ReplicaSelection {
  /** When a connection was told to read a partition elsewhere, monotonic ms. */
  private readonly referrals = new LRUCache<string, number>({ max: MOST_REFERRALS });

  constructor(
    private readonly cluster: Pick<ClusterView, 'nearReplica' | 'leaderOf' | 'selfId'>,
    private readonly ownRack: string | null,
    private readonly followed: Pick<FollowedLogs, 'follow'>,
    private readonly clock: Clock,
  ) {}

  /** A partition that another broker leads, for a client in this broker's rack; undefined when that isn't what is asked. */
  followedLog(topic: Topic, partition: number, rackId: string): ReadableLog | undefined {
    if (rackId === '' || rackId !== this.ownRack || partition < 0 || partition >= topic.partitionCount)
      return undefined;
    // Without a leader, what is committed can be read all the same.
    if (this.cluster.leaderOf(topic, partition)?.brokerId === this.cluster.selfId) return undefined;
    return this.followed.follow({ topicName: topic.name, topicId: topic.id, partition });
  }

  /**
   * The broker that a client had better read a partition from.
   *
   * @param log a partition that this broker leads
   * @returns its node id; undefined when that is this broker
   */
  preferredReplica(log: ReadableLog, rackId: string, connectionId: number): number | undefined {
    if (rackId === '' || rackId === this.ownRack) return undefined;
    const chosen = this.cluster.nearReplica(log.partition, rackId);
    if (chosen === undefined) return undefined;
    const key = `${connectionId}/${log.topicId}/${log.partition}`;
    const now = this.clock.monotonic();
    const referredAt = this.referrals.get(key);
    if (referredAt !== undefined && now - referredAt < REFERRAL_MS) return undefined;
    this.referrals.set(key, now);
    return chosen.id;
  }
}
