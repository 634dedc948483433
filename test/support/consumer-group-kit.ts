import { ConsumerGroup } from '../../src/groups/consumer/consumer-group.js';
import type { ConsumerGroupOptions } from '../../src/groups/group-options.js';
import type { ConsumerHeartbeat, HeartbeatResult } from '../../src/groups/consumer/heartbeat.js';
import type { TopicPartitions } from '../../src/groups/consumer/partitions.js';
import type { ConsumerGroupSnapshot } from '../../src/groups/consumer/snapshot.js';
import type { SubscribedTopic, TopicsView } from '../../src/groups/consumer/subscriptions.js';
import { silentLogger } from '../../src/logging/logger.js';
import { ErrorCode, KafkaError } from '../../src/protocol/errors.js';
import { VirtualClock } from './virtual-clock.js';

export const CONSUMER_GROUP_OPTIONS: ConsumerGroupOptions = {
  heartbeatIntervalMs: 5_000,
  minHeartbeatIntervalMs: 5_000,
  maxHeartbeatIntervalMs: 15_000,
  sessionTimeoutMs: 45_000,
  minSessionTimeoutMs: 45_000,
  maxSessionTimeoutMs: 60_000,
  assignmentIntervalMs: 0,
  maxGroupSize: 100,
  migrationPolicy: 'bidirectional',
};

/** Topics that a test creates, extends and deletes. The id of a topic is its name with a number. */
export class FakeTopics implements TopicsView {
  private readonly topics = new Map<string, SubscribedTopic>();
  private created = 0;

  set(name: string, partitionCount: number): SubscribedTopic {
    const id = this.topics.get(name)?.id ?? `${name}#${(this.created += 1)}`;
    const topic = { id, name, partitionCount };
    this.topics.set(name, topic);
    return topic;
  }

  delete(name: string): void {
    this.topics.delete(name);
  }

  get(name: string): SubscribedTopic | undefined {
    return this.topics.get(name);
  }

  getById(id: string): SubscribedTopic | undefined {
    return this.all().find((topic) => topic.id === id);
  }

  all(): SubscribedTopic[] {
    return [...this.topics.values()];
  }
}

interface HeldSave {
  readonly carryOut: () => void;
  readonly fail: (error: KafkaError) => void;
}

/**
 * One group and its coordinator. What is saved is kept, so that another coordinator can take over from it; saves can be
 * held up.
 */
export class ConsumerGroupKit {
  readonly clock = new VirtualClock();
  readonly topics = new FakeTopics();
  group: ConsumerGroup;
  saves = 0;
  /** Members that were put out: silent for too long, or too slow to give back, or replaced by another of their name. */
  readonly putOut = new Set<string>();
  private stored: ConsumerGroupSnapshot | undefined;
  private held: HeldSave[] | undefined;
  private uuids = 0;

  constructor(private readonly options: Partial<ConsumerGroupOptions> = {}) {
    this.group = new ConsumerGroup('g', this.environment());
  }

  /** From now on saves take until they are released. */
  holdSaves(): void {
    this.held ??= [];
  }

  releaseSaves(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const { carryOut } of held) carryOut();
  }

  /** Saves that are under way fail, and those that come until they are released. */
  failSaves(): void {
    for (const { fail } of this.held ?? []) fail(new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE));
    this.held = undefined;
  }

  /** Another coordinator takes over what was saved; what was being saved is not. */
  failOver(): void {
    for (const { fail } of this.held ?? []) fail(new KafkaError(ErrorCode.NOT_COORDINATOR));
    this.held = undefined;
    this.group.stop(ErrorCode.NOT_COORDINATOR);
    const env = this.environment();
    this.group = this.stored === undefined ? new ConsumerGroup('g', env) : ConsumerGroup.restore(this.stored, env);
  }

  private environment() {
    const { clock, topics } = this;
    return {
      clock,
      topics,
      logger: { ...silentLogger, info: (details: Readonly<Record<string, unknown>>) => this.hear(details) },
      options: { ...CONSUMER_GROUP_OPTIONS, ...this.options },
      newUuid: () => `uuid-${(this.uuids += 1)}`,
      save: (snapshot: ConsumerGroupSnapshot) => this.save(snapshot),
    };
  }

  private hear({ event, member, previous }: Readonly<Record<string, unknown>>): void {
    const isPutOut = event === 'member_expired' || event === 'rebalance_timed_out';
    const putOut = isPutOut ? member : previous;
    if (typeof putOut === 'string') this.putOut.add(putOut);
  }

  private save(snapshot: ConsumerGroupSnapshot): Promise<void> {
    this.saves += 1;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const carryOut = () => {
      this.stored = snapshot;
      resolve(undefined);
    };
    if (this.held === undefined) carryOut();
    else this.held.push({ carryOut, fail: reject });
    return promise;
  }
}

/** A heartbeat that says nothing but who it is from. */
export function heartbeatOf(memberId: string, memberEpoch: number, rest: Partial<ConsumerHeartbeat> = {}) {
  return {
    memberId,
    memberEpoch,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: -1,
    subscribedTopicNames: null,
    subscribedTopicRegex: null,
    serverAssignor: null,
    topicPartitions: null,
    clientId: 'client',
    clientHost: '/127.0.0.1',
    ...rest,
  } satisfies ConsumerHeartbeat;
}

/** How a heartbeat goes: it arrives, or it is lost on the way there, or its answer on the way back. */
export type Delivery = 'delivered' | 'request lost' | 'response lost';

/** A consumer as clients behave: it gives back what it is told to, though not at once, and only then says so. */
export class FakeConsumer {
  epoch = 0;
  /** `topicId/partition`: what it consumes. */
  owned = new Set<string>();
  /** It will send no more heartbeats. */
  isGone = false;
  private wanted: ReadonlySet<string> | undefined;
  private saysAll = true;
  private saysOwned = false;
  private subscription: Pick<ConsumerHeartbeat, 'subscribedTopicNames' | 'subscribedTopicRegex'>;
  private saysSubscription = false;
  private isSending = false;

  constructor(
    readonly id: string,
    private readonly kit: ConsumerGroupKit,
    topics: readonly string[] | RegExp,
    readonly instanceId: string | null = null,
    private readonly rebalanceTimeoutMs = 60_000,
  ) {
    this.subscription = subscriptionTo(topics);
  }

  subscribe(topics: readonly string[] | RegExp): void {
    this.subscription = subscriptionTo(topics);
    this.saysSubscription = true;
  }

  /** Stops consuming what it was told to give back, and will say so. */
  finishRevocation(): void {
    if (this.wanted === undefined) return;
    this.owned = new Set(this.wanted);
    this.wanted = undefined;
    this.saysOwned = true;
  }

  /** Resolves when the answer has come, or will not. One at a time: meanwhile nothing is sent. */
  async heartbeat(delivery: Delivery = 'delivered'): Promise<void> {
    if (this.isGone || this.isSending) return;
    const request = this.nextRequest();
    this.saysAll = true;
    if (delivery === 'request lost') return;
    const answer = this.kit.group.heartbeat(request).catch((error: unknown) => {
      if (error instanceof KafkaError) return error.code;
      throw error;
    });
    // It doesn't wait for long, and the next one may come before this one is answered.
    if (delivery === 'response lost') return;
    this.isSending = true;
    const result = await answer;
    this.isSending = false;
    if (typeof result === 'number') this.fail(result);
    else this.take(result);
  }

  /** Leaves for good, or for a while when it is static and says so. It doesn't consume any more. */
  async leave(epoch: -1 | -2 = -1): Promise<void> {
    if (this.isGone) return;
    this.stop();
    await this.kit.group
      .heartbeat(heartbeatOf(this.id, epoch, { instanceId: this.instanceId }))
      .catch((error: unknown) => {
        if (!(error instanceof KafkaError)) throw error;
      });
  }

  /** It is gone without a word. */
  stop(): void {
    this.isGone = true;
    this.owned.clear();
    this.wanted = undefined;
  }

  private nextRequest(): ConsumerHeartbeat {
    const isFull = this.saysAll || this.epoch === 0;
    const owned = listOwned(this.epoch === 0 ? new Set() : this.owned);
    const request = heartbeatOf(this.id, this.epoch, {
      instanceId: this.instanceId,
      ...(isFull && { rebalanceTimeoutMs: this.rebalanceTimeoutMs }),
      ...((isFull || this.saysSubscription) && this.subscription),
      ...((isFull || this.saysOwned) && { topicPartitions: owned }),
    });
    this.saysSubscription = false;
    this.saysOwned = false;
    return request;
  }

  private take({ memberEpoch, assignment }: HeartbeatResult): void {
    this.saysAll = false;
    this.epoch = memberEpoch;
    if (assignment === null || this.isGone) return;
    this.wanted = new Set(
      assignment.flatMap(({ topicId, partitions }) => partitions.map((each) => `${topicId}/${each}`)),
    );
    const hasToRevoke = [...this.owned].some((each) => this.wanted?.has(each) === false);
    for (const each of this.wanted) this.owned.add(each);
    if (!hasToRevoke) this.finishRevocation();
  }

  private fail(code: ErrorCode): void {
    if (code === ErrorCode.UNRELEASED_INSTANCE_ID || code === ErrorCode.FENCED_INSTANCE_ID) this.stop();
    if (code !== ErrorCode.UNKNOWN_MEMBER_ID && code !== ErrorCode.FENCED_MEMBER_EPOCH) return;
    this.epoch = 0;
    this.owned.clear();
    this.wanted = undefined;
    this.kit.putOut.delete(this.id);
  }
}

function subscriptionTo(topics: readonly string[] | RegExp) {
  return topics instanceof RegExp
    ? { subscribedTopicNames: [], subscribedTopicRegex: topics.source }
    : { subscribedTopicNames: topics, subscribedTopicRegex: '' };
}

function listOwned(owned: ReadonlySet<string>): TopicPartitions[] {
  const byTopic = new Map<string, number[]>();
  for (const each of owned) {
    const [topicId = '', partition = ''] = each.split('/');
    byTopic.set(topicId, [...(byTopic.get(topicId) ?? []), Number(partition)]);
  }
  return Array.from(byTopic, ([topicId, partitions]) => ({ topicId, partitions }));
}
