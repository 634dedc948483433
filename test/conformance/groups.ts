import type { RequestInput, ResponseOf } from '../../src/protocol/codec/index.js';
import { ErrorCode } from '../../src/protocol/errors.js';
import {
  DescribeGroups,
  FindCoordinator,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  OffsetCommit,
  OffsetFetch,
  SyncGroup,
} from '../../src/protocol/schema/index.js';
import { ConsumerAssignment, ConsumerSubscription } from '../../src/protocol/schema/consumer-protocol.js';
import type { WireClient } from '../support/wire-client.js';
import { uniqueName, type TestTopic } from './topics.js';
import { until } from '../support/until.js';

export type JoinResponse = ResponseOf<typeof JoinGroup>;
export type SyncResponse = ResponseOf<typeof SyncGroup>;

/** "Ask again soon": a coordinator that is not ready. */
const TRANSIENT: readonly number[] = [
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
];

const VERSION_OF_BLOBS = Buffer.from([0, 0]);

/** What opens connections, such as the subject of the suite. */
export interface Connector {
  connect(): Promise<WireClient>;
}

export interface MemberOptions {
  readonly instanceId?: string;
  readonly protocolType?: string;
  /** Names of the protocols, best first. */
  readonly protocols?: readonly string[];
  readonly topics?: readonly string[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

/** A member of a classic group on a connection of its own, so that it can wait without holding up others. */
export class TestMember {
  memberId = '';
  generationId = -1;

  private constructor(
    readonly client: WireClient,
    readonly groupId: string,
    private readonly options: MemberOptions,
  ) {}

  static async connect(subject: Connector, groupId: string, options: MemberOptions = {}): Promise<TestMember> {
    return new TestMember(await subject.connect(), groupId, options);
  }

  /** One JoinGroup as it is. */
  joinOnce(version = 9, changes: Partial<RequestInput<typeof JoinGroup>> = {}): Promise<JoinResponse> {
    const { instanceId = null, protocolType = 'consumer', protocols = ['range'], topics = ['topic'] } = this.options;
    return this.client.send(JoinGroup, version, {
      groupId: this.groupId,
      sessionTimeoutMs: this.options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: this.options.rebalanceTimeoutMs ?? 10_000,
      memberId: this.memberId,
      groupInstanceId: version >= 5 ? instanceId : null,
      protocolType,
      protocols: protocols.map((name) => ({ name, metadata: subscription(topics) })),
      ...changes,
    });
  }

  /** Joins, with the second step of new members; remembers what it is told. */
  async join(version = 9): Promise<JoinResponse> {
    let answer = await until('a coordinator', async () => {
      const tried = await this.joinOnce(version);
      return TRANSIENT.includes(tried.errorCode) ? undefined : tried;
    });
    if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.memberId = answer.memberId;
      answer = await this.joinOnce(version);
    }
    if (answer.errorCode === ErrorCode.NONE) {
      this.memberId = answer.memberId;
      this.generationId = answer.generationId;
    }
    return answer;
  }

  sync(
    assignments: Readonly<Record<string, Buffer>> = {},
    changes: Partial<RequestInput<typeof SyncGroup>> = {},
    version = 5,
  ): Promise<SyncResponse> {
    return this.client.send(SyncGroup, version, {
      groupId: this.groupId,
      generationId: this.generationId,
      memberId: this.memberId,
      groupInstanceId: version >= 3 ? (this.options.instanceId ?? null) : null,
      protocolType: this.options.protocolType ?? 'consumer',
      protocolName: this.options.protocols?.[0] ?? 'range',
      assignments: Object.entries(assignments).map(([memberId, assignment]) => ({ memberId, assignment })),
      ...changes,
    });
  }

  /** @returns the error code */
  async heartbeat(changes: Partial<RequestInput<typeof Heartbeat>> = {}): Promise<number> {
    const { groupId, generationId, memberId } = this;
    const groupInstanceId = this.options.instanceId ?? null;
    const request = { groupId, generationId, memberId, groupInstanceId, ...changes };
    return (await this.client.send(Heartbeat, 4, request)).errorCode;
  }

  /** @returns the error code of the member */
  async leave(): Promise<number | undefined> {
    const { groupId, memberId } = this;
    const answer = await this.client.send(LeaveGroup, 5, { groupId, members: [{ memberId }] });
    return answer.members[0]?.errorCode;
  }

  /** @returns the error code of the partition */
  async commit(topic: TestTopic, offset: number, changes: CommitChanges = {}): Promise<number> {
    const { groupId, generationId, memberId } = this;
    return commitOffset(this.client, groupId, topic, offset, { generationId, memberId, ...changes });
  }
}

/** Has the cluster coordinate groups: Apache Kafka makes the log for that when it is first asked for a coordinator. */
export async function awaitCoordinator(connector: Connector): Promise<void> {
  const client = await connector.connect();
  await until('a coordinator', async () => {
    const { coordinators } = await client.send(FindCoordinator, 4, { coordinatorKeys: ['group'] });
    return coordinators[0]?.errorCode === ErrorCode.NONE ? true : undefined;
  });
}

/** Makes a group that is stable with one member, whose assignment is opaque bytes. */
export async function stableGroup(
  subject: Connector,
  options: MemberOptions = {},
  groupId = uniqueName(),
): Promise<TestMember> {
  const member = await TestMember.connect(subject, groupId, options);
  const joined = await member.join();
  if (joined.errorCode !== ErrorCode.NONE) throw new Error(`not joined: error ${joined.errorCode}`);
  const synced = await member.sync({ [member.memberId]: Buffer.from('mine') });
  if (synced.errorCode !== ErrorCode.NONE) throw new Error(`not synced: error ${synced.errorCode}`);
  return member;
}

/** Makes a group that is stable with two members; the first of them leads. */
export async function stablePair(
  subject: Connector,
  options: MemberOptions = {},
): Promise<{ readonly leader: TestMember; readonly follower: TestMember }> {
  const leader = await stableGroup(subject, options);
  const follower = await TestMember.connect(subject, leader.groupId, options);
  const joining = follower.join();
  await rebalancing(leader);
  await Promise.all([leader.join(), joining]);
  const assignments = { [leader.memberId]: Buffer.from('first'), [follower.memberId]: Buffer.from('second') };
  const [first, second] = await Promise.all([leader.sync(assignments), follower.sync()]);
  if (first.errorCode !== ErrorCode.NONE || second.errorCode !== ErrorCode.NONE) throw new Error('not stable');
  return { leader, follower };
}

/** Waits until a member hears that it has to join again. */
export async function rebalancing(member: TestMember): Promise<void> {
  await until('a rebalance', async () =>
    (await member.heartbeat()) === ErrorCode.REBALANCE_IN_PROGRESS ? true : undefined,
  );
}

export interface CommitChanges {
  readonly version?: number;
  readonly generationId?: number;
  readonly memberId?: string;
  readonly metadata?: string | null;
  readonly partition?: number;
}

/** Commits one offset, by default without membership. @returns the error code of the partition */
export async function commitOffset(
  client: WireClient,
  groupId: string,
  topic: TestTopic,
  offset: number,
  { version = 9, generationId = -1, memberId = '', metadata = null, partition = 0 }: CommitChanges = {},
): Promise<number> {
  const partitions = [{ partitionIndex: partition, committedOffset: offset, committedMetadata: metadata }];
  const request = { groupId, generationIdOrMemberEpoch: generationId, memberId, topics: [{ ...topic, partitions }] };
  return until('a coordinator', async () => {
    const answer = await client.send(OffsetCommit, version, request);
    const code = answer.topics[0]!.partitions[0]!.errorCode;
    return TRANSIENT.includes(code) ? undefined : code;
  });
}

/** The group's part of OffsetFetch v8. Without topics it asks for all. */
export async function fetchOffsets(client: WireClient, groupId: string, topic?: TestTopic, partitionIndexes = [0]) {
  const topics = topic === undefined ? null : [{ name: topic.name, partitionIndexes }];
  const group = await until('a coordinator', async () => {
    const answer = await client.send(OffsetFetch, 8, { groups: [{ groupId, topics }] });
    return TRANSIENT.includes(answer.groups[0]!.errorCode) ? undefined : answer.groups[0]!;
  });
  return group;
}

/** The offset that a group has committed of a topic's partition 0. */
export async function committedOffset(client: WireClient, groupId: string, topic: TestTopic): Promise<number> {
  const group = await fetchOffsets(client, groupId, topic);
  return group.topics[0]!.partitions[0]!.committedOffset;
}

export async function describeGroup(client: WireClient, groupId: string, version = 5) {
  return until('a coordinator', async () => {
    const { groups } = await client.send(DescribeGroups, version, {
      groups: [groupId],
      includeAuthorizedOperations: false,
    });
    return TRANSIENT.includes(groups[0]!.errorCode) ? undefined : groups[0]!;
  });
}

/** A consumer's subscription, as it is sent in JoinGroup. @param owned what a cooperative consumer has still */
export function subscription(
  topics: readonly string[],
  owned?: { readonly topic: string; readonly partitions: readonly number[] },
): Buffer {
  if (owned === undefined) return Buffer.concat([VERSION_OF_BLOBS, ConsumerSubscription.encode({ topics }, 0)]);
  const encoded = ConsumerSubscription.encode({ topics, ownedPartitions: [owned] }, 1);
  return Buffer.concat([Buffer.from([0, 1]), encoded]);
}

/** A consumer's assignment, as a leader sends it in SyncGroup. */
export function assignment(topic: string, partitions: readonly number[]): Buffer {
  const encoded = ConsumerAssignment.encode({ partitions: [{ topic, partitions: [...partitions] }] }, 0);
  return Buffer.concat([VERSION_OF_BLOBS, encoded]);
}
