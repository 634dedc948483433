import { ErrorCode, KafkaError } from '../protocol/errors.js';
import {
  joinFailure,
  syncFailure,
  type JoinRequest,
  type JoinResult,
  type LeavingMember,
  type SyncRequest,
  type SyncResult,
} from './classic/messages.js';
import type { ConsumerHeartbeat, HeartbeatResult } from './consumer/heartbeat.js';
import type { ConsumerGroup } from './consumer/consumer-group.js';
import { JOIN_EPOCH } from './consumer/member.js';
import type { Group, Membership } from './group.js';
import type { GroupDirectory } from './group-directory.js';
import type { GroupOptions } from './group-options.js';

/** A group as ListGroups shows it. */
export interface ListedGroup {
  readonly groupId: string;
  /** Empty for groups that only keep offsets. */
  readonly protocolType: string;
  readonly state: Membership['state'];
  readonly type: Membership['type'];
}

/** Coordinates the members of all groups of this broker: finds the group, and has it do the rest. */
export class GroupCoordinator {
  constructor(
    private readonly directory: GroupDirectory,
    private readonly options: Pick<GroupOptions, 'minSessionTimeoutMs' | 'maxSessionTimeoutMs'>,
  ) {}

  /** Waits until the member is in a generation, or is refused. */
  async join(groupId: string, request: JoinRequest): Promise<JoinResult> {
    try {
      const { sessionTimeoutMs, memberId } = request;
      requireGroupId(groupId);
      if (sessionTimeoutMs < this.options.minSessionTimeoutMs || sessionTimeoutMs > this.options.maxSessionTimeoutMs) {
        throw new KafkaError(ErrorCode.INVALID_SESSION_TIMEOUT);
      }
      const group = memberId === '' ? this.directory.findOrCreate(groupId) : this.directory.find(groupId);
      if (group === undefined) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
      if (group.consumer?.isVacant === true) this.directory.makeClassic(group);
      return await group.classicProtocol.join(request);
    } catch (error) {
      if (error instanceof KafkaError) return joinFailure(request.memberId, error.code);
      throw error;
    }
  }

  /** Waits for the member's assignment, or for the news that there will be none. */
  async sync(groupId: string, request: SyncRequest): Promise<SyncResult> {
    try {
      return await this.require(groupId).classicProtocol.sync(request);
    } catch (error) {
      if (error instanceof KafkaError) return syncFailure(error.code);
      throw error;
    }
  }

  /** A sign of life. Throws KafkaError as {@link ClassicProtocol.heartbeat}. */
  heartbeat(groupId: string, memberId: string, instanceId: string | null, generationId: number): void {
    this.require(groupId).classicProtocol.heartbeat(memberId, instanceId, generationId);
  }

  /** Takes members out of a group. @returns an error code for each. Throws KafkaError as {@link GroupDirectory.find} */
  leave(groupId: string, members: readonly LeavingMember[]): ErrorCode[] {
    requireGroupId(groupId);
    const group = this.directory.find(groupId);
    return group?.classicProtocol.leave(members) ?? members.map(() => ErrorCode.UNKNOWN_MEMBER_ID);
  }

  /**
   * Takes what a member of the consumer protocol says, and waits until what it is told is durable.
   *
   * @throws KafkaError GROUP_ID_NOT_FOUND when the group isn't there, or is a classic one that can't be changed; and as
   *   {@link ConsumerGroup.heartbeat} and {@link GroupDirectory.find}
   */
  async consumerHeartbeat(groupId: string, request: ConsumerHeartbeat): Promise<HeartbeatResult> {
    if (request.memberEpoch !== JOIN_EPOCH) return this.requireConsumer(groupId).heartbeat(request);
    return this.directory.asConsumer(this.directory.findOrCreate(groupId)).heartbeat(request);
  }

  /**
   * A group of the consumer protocol.
   *
   * @throws KafkaError GROUP_ID_NOT_FOUND when there is none, and as {@link GroupDirectory.find}
   */
  requireConsumer(groupId: string): ConsumerGroup {
    const group = this.directory.find(groupId);
    if (group?.consumer !== undefined) return group.consumer;
    const message = group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a consumer group.`;
    throw new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND, message);
  }

  /** Throws KafkaError as {@link GroupDirectory.find}. */
  describe(groupId: string): Group | undefined {
    return this.directory.find(groupId);
  }

  /** Throws KafkaError as {@link GroupDirectory.all}. */
  list(): ListedGroup[] {
    return this.directory
      .all()
      .map(({ id, membership: { protocolType, state, type } }) => ({ groupId: id, protocolType, state, type }));
  }

  /**
   * Deletes a group with its offsets.
   *
   * @throws KafkaError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP, and as {@link GroupDirectory.find} and
   *   {@link GroupDirectory.delete}
   */
  async delete(groupId: string): Promise<void> {
    const group = this.directory.find(groupId);
    if (group === undefined) throw new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND, `Group ${groupId} not found.`);
    if (group.membership.state !== 'Empty') throw new KafkaError(ErrorCode.NON_EMPTY_GROUP, 'The group is not empty.');
    await this.directory.delete(group);
  }

  private require(groupId: string): Group {
    requireGroupId(groupId);
    const group = this.directory.find(groupId);
    if (group === undefined) throw new KafkaError(ErrorCode.UNKNOWN_MEMBER_ID);
    return group;
  }
}

function requireGroupId(groupId: string): void {
  if (groupId === '') throw new KafkaError(ErrorCode.INVALID_GROUP_ID);
}
