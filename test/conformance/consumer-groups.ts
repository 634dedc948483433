import type { RequestInput, ResponseOf } from '../../src/protocol/codec/index.js';
import { ErrorCode } from '../../src/protocol/errors.js';
import { ConsumerGroupDescribe, ConsumerGroupHeartbeat } from '../../src/protocol/schema/index.js';
import { until } from '../support/until.js';
import type { WireClient } from '../support/wire-client.js';
import type { Connector } from './groups.js';
import { uniqueName, type TestTopic } from './topics.js';

export type HeartbeatRequest = RequestInput<typeof ConsumerGroupHeartbeat>;
export type HeartbeatResponse = ResponseOf<typeof ConsumerGroupHeartbeat>;

/** "Ask again soon": a coordinator that is not ready. */
const TRANSIENT: readonly number[] = [
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
];

let members = 0;

/** A member of a group of the consumer protocol (KIP-848), which does only what it is told to. */
export class ConsumerMember {
  epoch = 0;
  /** What it was assigned last. */
  assigned: HeartbeatResponse['assignment'] = null;
  readonly memberId: string;

  private constructor(
    readonly client: WireClient,
    readonly groupId: string,
    private readonly first: Partial<HeartbeatRequest>,
  ) {
    this.memberId = first.memberId ?? `member-${(members += 1)}`;
  }

  /** @param first what its first heartbeat says beside what it must */
  static async connect(
    subject: Connector,
    first: Partial<HeartbeatRequest> = {},
    groupId = uniqueName(),
  ): Promise<ConsumerMember> {
    return new ConsumerMember(await subject.connect(), groupId, first);
  }

  /** The same member on another connection. */
  reconnect(client: WireClient): ConsumerMember {
    const member = new ConsumerMember(client, this.groupId, { ...this.first, memberId: this.memberId });
    member.epoch = this.epoch;
    member.assigned = this.assigned;
    return member;
  }

  /** A heartbeat that says nothing but who it is from, or what `changes` say; the epoch and the assignment are kept. */
  async heartbeat(changes: Partial<HeartbeatRequest> = {}, version = 1): Promise<HeartbeatResponse> {
    const { groupId, memberId, epoch } = this;
    const request = { groupId, memberId, memberEpoch: epoch, ...changes };
    const answer = await until('a coordinator', async () => {
      const tried = await this.client.send(ConsumerGroupHeartbeat, version, request);
      return TRANSIENT.includes(tried.errorCode) ? undefined : tried;
    });
    if (answer.errorCode === ErrorCode.NONE) this.epoch = answer.memberEpoch;
    if (answer.assignment !== null) this.assigned = answer.assignment;
    return answer;
  }

  join(changes: Partial<HeartbeatRequest> = {}, version = 1): Promise<HeartbeatResponse> {
    return this.heartbeat(
      {
        memberEpoch: 0,
        rebalanceTimeoutMs: 10_000,
        subscribedTopicNames: [],
        topicPartitions: [],
        ...this.first,
        ...changes,
      },
      version,
    );
  }

  /** Says that it has what it was assigned, no more. */
  acknowledge(): Promise<HeartbeatResponse> {
    return this.heartbeat({ topicPartitions: this.assigned?.topicPartitions ?? [] });
  }

  /** Heartbeats until an answer is as wanted. */
  async until(what: string, isWanted: (answer: HeartbeatResponse) => boolean): Promise<HeartbeatResponse> {
    return until(what, async () => {
      const answer = await this.heartbeat();
      return isWanted(answer) ? answer : undefined;
    });
  }

  /** The numbers of the partitions of a topic that it was assigned last. */
  partitionsOf({ topicId }: Pick<TestTopic, 'topicId'>): number[] {
    return partitionsOf(this.assigned, topicId);
  }
}

export function partitionsOf(assigned: HeartbeatResponse['assignment'], topicId: string): number[] {
  const topic = assigned?.topicPartitions.find((each) => each.topicId === topicId);
  return [...(topic?.partitions ?? [])].sort((a, b) => a - b);
}

export async function describeConsumerGroup(client: WireClient, groupId: string, version = 1) {
  return until('a coordinator', async () => {
    const { groups } = await client.send(ConsumerGroupDescribe, version, {
      groupIds: [groupId],
      includeAuthorizedOperations: false,
    });
    return TRANSIENT.includes(groups[0]!.errorCode) ? undefined : groups[0]!;
  });
}
