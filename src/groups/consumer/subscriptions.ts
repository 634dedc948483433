import { createHash } from 'node:crypto';
import type { Subscription } from './member.js';
import { compileTopicPattern } from './topic-pattern.js';

export interface SubscribedTopic {
  readonly id: string;
  readonly name: string;
  readonly partitionCount: number;
}

/** The topics of the cluster. */
export interface TopicsView {
  get(name: string): SubscribedTopic | undefined;
  getById(id: string): SubscribedTopic | undefined;
  all(): readonly SubscribedTopic[];
}

/** Finds the topics that subscriptions mean, and keeps what it found until topics change. */
export class Subscriptions {
  private resolved = new WeakMap<Subscription, ReadonlySet<string>>();
  private byPattern = new Map<string, readonly string[]>();

  constructor(private readonly topics: TopicsView) {}

  /** Topics may have been created or deleted: everything is looked up anew. */
  topicsChanged(): void {
    this.resolved = new WeakMap();
    this.byPattern = new Map();
  }

  /** The ids of the topics that exist. */
  topicIds(subscription: Subscription): ReadonlySet<string> {
    const known = this.resolved.get(subscription);
    if (known !== undefined) return known;
    const ids = new Set(this.matching(subscription.pattern));
    for (const name of subscription.names) {
      const topic = this.topics.get(name);
      if (topic !== undefined) ids.add(topic.id);
    }
    this.resolved.set(subscription, ids);
    return ids;
  }

  partitionCount(topicId: string): number {
    return this.topics.getById(topicId)?.partitionCount ?? 0;
  }

  /** A digest of the topics that subscriptions mean, which changes when a topic comes, goes or gets more partitions. */
  fingerprint(subscriptions: Iterable<Subscription>): string {
    const ids = new Set<string>();
    for (const subscription of new Set(subscriptions)) for (const id of this.topicIds(subscription)) ids.add(id);
    const hash = createHash('sha256');
    for (const id of [...ids].sort()) hash.update(`${id} ${this.partitionCount(id)}\n`);
    return hash.digest('base64url');
  }

  /** Only patterns that have been compiled before come here: those of members. */
  private matching(pattern: string): readonly string[] {
    if (pattern === '') return [];
    const known = this.byPattern.get(pattern);
    if (known !== undefined) return known;
    const matches = compileTopicPattern(pattern);
    const ids = this.topics.all().flatMap(({ id, name }) => (matches(name) ? [id] : []));
    this.byPattern.set(pattern, ids);
    return ids;
  }
}
