import { assignedPartitions } from '../../src/groups/consumer-protocol.js';
import type { JoinRequest } from '../../src/groups/classic/messages.js';
import { ErrorCode, KafkaError } from '../../src/protocol/errors.js';
import { ConsumerSubscription } from '../../src/protocol/schema/consumer-protocol.js';
import type { ConsumerGroupKit, Delivery } from './consumer-group-kit.js';

const SESSION_MS = 10_000;
const REBALANCE_MS = 20_000;
const NO_ANSWER = Symbol('no answer');

/** How a consumer treats what it has when it joins again: it gives everything back, or only what it is told to. */
export type Cooperation = 'eager' | 'cooperative';

/** A member of a consumer group that speaks the classic protocol, as clients do. Each heartbeat is its next step. */
export class FakeClassicConsumer {
  /** What the coordinator calls it; empty before it knows. */
  id = '';
  epoch = -1;
  /** `topicId/partition`: what it consumes. */
  owned = new Set<string>();
  isGone = false;
  private step: 'join' | 'sync' | 'heartbeat' = 'join';
  private isSending = false;

  constructor(
    private readonly kit: ConsumerGroupKit,
    private topics: readonly string[],
    private readonly cooperation: Cooperation,
    readonly instanceId: string | null = null,
  ) {}

  subscribe(topics: readonly string[]): void {
    this.topics = topics;
    if (this.step === 'heartbeat') this.step = 'join';
  }

  /** Joins, asks for its assignment or says that it is alive, whichever is next. */
  async heartbeat(delivery: Delivery = 'delivered'): Promise<void> {
    if (this.isGone || this.isSending || delivery === 'request lost') return;
    this.isSending = delivery === 'delivered';
    if (this.step === 'join') await this.join(delivery);
    else if (this.step === 'sync') await this.sync(delivery);
    else this.sayAlive(delivery);
    this.isSending = false;
  }

  /** It gives back what it is told to as soon as it hears of it. */
  finishRevocation(): void {
    // Nothing is left to do.
  }

  leave(): Promise<void> {
    if (!this.isGone && this.id !== '') {
      const member = { memberId: this.id, instanceId: this.instanceId, reason: '' };
      this.stop();
      this.kit.group.classicMembers.leave([member]);
    }
    return Promise.resolve();
  }

  /** It is gone without a word. */
  stop(): void {
    this.isGone = true;
    this.owned.clear();
  }

  private async join(delivery: Delivery): Promise<void> {
    if (this.cooperation === 'eager') this.owned.clear();
    const answer = this.kit.group.classicMembers.join(this.joinRequest());
    const result = await received(answer, delivery);
    if (result === NO_ANSWER || this.isGone) return;
    if (result.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.id = result.memberId;
    else if (result.errorCode === ErrorCode.NONE) {
      this.id = result.memberId;
      this.epoch = result.generationId;
      this.step = 'sync';
    } else this.fail(result.errorCode);
  }

  private async sync(delivery: Delivery): Promise<void> {
    const answer = this.kit.group.classicMembers.sync({
      memberId: this.id,
      instanceId: this.instanceId,
      generationId: this.epoch,
      protocolType: 'consumer',
      protocolName: this.cooperation,
      assignments: new Map(),
    });
    const result = await received(answer, delivery);
    if (result === NO_ANSWER || this.isGone) return;
    if (result.errorCode === ErrorCode.NONE) this.take(result.assignment);
    else this.fail(result.errorCode);
  }

  private sayAlive(delivery: Delivery): void {
    try {
      this.kit.group.classicMembers.heartbeat(this.id, this.instanceId, this.epoch);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      if (delivery === 'delivered') this.fail(error.code);
    }
  }

  private take(assignment: Buffer): void {
    const wanted = new Set<string>();
    for (const { topic, partitions } of assignedPartitions(assignment) ?? []) {
      const id = this.kit.topics.get(topic)?.id;
      for (const partition of partitions) if (id !== undefined) wanted.add(`${id}/${partition}`);
    }
    const hasRevoked = [...this.owned].some((each) => !wanted.has(each));
    this.owned = wanted;
    // What it has given back is news for the coordinator.
    this.step = hasRevoked ? 'join' : 'heartbeat';
  }

  private fail(code: ErrorCode): void {
    if (code === ErrorCode.FENCED_INSTANCE_ID) this.stop();
    if (code === ErrorCode.REBALANCE_IN_PROGRESS) this.step = 'join';
    if (code !== ErrorCode.UNKNOWN_MEMBER_ID && code !== ErrorCode.ILLEGAL_GENERATION) return;
    this.kit.putOut.delete(this.id);
    this.owned.clear();
    this.step = 'join';
    if (code === ErrorCode.UNKNOWN_MEMBER_ID) this.id = '';
  }

  private joinRequest(): JoinRequest {
    const byTopic = Map.groupBy(this.owned, (each) => this.kit.topics.getById(each.split('/')[0] ?? '')?.name);
    byTopic.delete(undefined);
    const ownedPartitions = Array.from(byTopic, ([topic = '', partitions]) => ({
      topic,
      partitions: partitions.map((each) => Number(each.split('/')[1])),
    }));
    const subscription = ConsumerSubscription.encode({ topics: this.topics, ownedPartitions }, 1);
    const metadata = Buffer.concat([Buffer.from([0, 1]), subscription]);
    return {
      memberId: this.id,
      instanceId: this.instanceId,
      clientId: 'classic',
      clientHost: '/127.0.0.1',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocolType: 'consumer',
      protocols: [
        { name: this.cooperation, metadata },
        { name: 'common', metadata },
      ],
      needsKnownMemberId: true,
      canSkipAssignment: true,
      reason: '',
    };
  }
}

/** It doesn't wait for long, and the next request may come before this one is answered. */
async function received<T>(answer: Promise<T>, delivery: Delivery): Promise<T | typeof NO_ANSWER> {
  return delivery === 'delivered' ? answer : NO_ANSWER;
}
