import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { ClassicState } from './classic/group-state.js';
import {
  joinFailure,
  syncFailure,
  type JoinRequest,
  type JoinResult,
  type LeavingMember,
  type SyncRequest,
  type SyncResult,
} from './classic/messages.js';
import type { Group } from './group.js';
import type { GroupDirectory } from './group-directory.js';
import type { GroupOptions } from './group-options.js';

/** A group as ListGroups shows it. */
export interface ListedGroup {
  readonly groupId: string;
  /** Empty for groups that only keep offsets. */
  readonly protocolType: string;
  readonly state: ClassicState;
  readonly type: 'classic';
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
      return await group.classic.join(request);
    } catch (error) {
      if (error instanceof KafkaError) return joinFailure(request.memberId, error.code);
      throw error;
    }
  }

  /** Waits for the member's assignment, or for the news that there will be none. */
  async sync(groupId: string, request: SyncRequest): Promise<SyncResult> {
    try {
      return await this.require(groupId).classic.sync(request);
    } catch (error) {
      if (error instanceof KafkaError) return syncFailure(error.code);
      throw error;
    }
  }

  /** A sign of life. Throws KafkaError as {@link ClassicGroup.heartbeat}. */
  heartbeat(groupId: string, memberId: string, instanceId: string | null, generationId: number): void {
    this.require(groupId).classic.heartbeat(memberId, instanceId, generationId);
  }

  /** Takes members out of a group. @returns an error code for each. Throws KafkaError as {@link GroupDirectory.find} */
  leave(groupId: string, members: readonly LeavingMember[]): ErrorCode[] {
    requireGroupId(groupId);
    const group = this.directory.find(groupId);
    return group?.classic.leave(members) ?? members.map(() => ErrorCode.UNKNOWN_MEMBER_ID);
  }

  /** Throws KafkaError as {@link GroupDirectory.find}. */
  describe(groupId: string): Group | undefined {
    return this.directory.find(groupId);
  }

  /** Throws KafkaError as {@link GroupDirectory.all}. */
  list(): ListedGroup[] {
    return this.directory.all().map(({ id, classic }) => ({
      groupId: id,
      protocolType: classic.protocolType,
      state: classic.state,
      type: 'classic',
    }));
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
    if (group.classic.state !== 'Empty') throw new KafkaError(ErrorCode.NON_EMPTY_GROUP, 'The group is not empty.');
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
