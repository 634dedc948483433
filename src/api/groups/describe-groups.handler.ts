/*
 * DescribeGroups: state, protocol and members of classic groups.
 *
 * - A group that isn't there, or is one of the consumer protocol, is Dead: without an error up to v5, GROUP_ID_NOT_FOUND
 *   from v6 (KIP-1043).
 * - The members' metadata and the protocol are shown in a stable group only: else they are in flux.
 */
import type { ClassicGroup } from '../../groups/classic/classic-group.js';
import type { Member } from '../../groups/classic/member.js';
import { NO_BYTES } from '../../groups/classic/messages.js';
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DescribeGroups } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';
import { GROUP_OPERATIONS } from '../authorized-operations.js';

type Request = RequestOf<typeof DescribeGroups>;
type Response = ResponseInput<typeof DescribeGroups>;
type DescribedGroup = Response['groups'][number];

const FIRST_VERSION_WITH_NOT_FOUND = 6;

@KafkaApi(DescribeGroups)
export class DescribeGroupsHandler implements KafkaApiHandler<typeof DescribeGroups> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  handle({ groups, includeAuthorizedOperations }: Request, { apiVersion }: RequestContext): Response {
    const operations = includeAuthorizedOperations ? { authorizedOperations: GROUP_OPERATIONS } : {};
    return { groups: groups.map((groupId) => ({ ...this.describe(groupId, apiVersion), ...operations })) };
  }

  errorResponse({ groups }: Request, code: ErrorCode, message: string): Response {
    return { groups: groups.map((groupId) => absent(groupId, '', code, message)) };
  }

  private describe(groupId: string, version: number): DescribedGroup {
    try {
      const group = this.coordinator.describe(groupId);
      if (group?.classic !== undefined) return describe(group.classic);
      if (version < FIRST_VERSION_WITH_NOT_FOUND) return absent(groupId, 'Dead', ErrorCode.NONE, null);
      const message = group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a classic group.`;
      return absent(groupId, 'Dead', ErrorCode.GROUP_ID_NOT_FOUND, message);
    } catch (error) {
      if (error instanceof KafkaError) return absent(groupId, '', error.code, error.message);
      throw error;
    }
  }
}

function describe(classic: ClassicGroup): DescribedGroup {
  const isStable = classic.state === 'Stable';
  return {
    errorCode: ErrorCode.NONE,
    groupId: classic.id,
    groupState: classic.state,
    protocolType: classic.protocolType,
    protocolData: isStable ? (classic.protocolName ?? '') : '',
    members: classic.members.map((member) =>
      describeMember(member, isStable ? member.metadataFor(classic.protocolName) : NO_BYTES),
    ),
  };
}

function describeMember(member: Member, memberMetadata: Buffer) {
  return {
    memberId: member.id,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    memberMetadata,
    memberAssignment: member.assignment,
  };
}

function absent(
  groupId: string,
  groupState: string,
  errorCode: ErrorCode,
  errorMessage: string | null,
): DescribedGroup {
  return { errorCode, errorMessage, groupId, groupState, protocolType: '', protocolData: '', members: [] };
}
