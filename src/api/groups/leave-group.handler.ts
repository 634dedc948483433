/*
 * LeaveGroup: takes members out of a classic group.
 *
 * - Up to v2 a member leaves by itself, and its result is that of the request.
 * - From v3 several members leave, each with its own result; a static member may be given by its instance id alone,
 *   which is how administrators remove it (KIP-345).
 */
import type { LeavingMember } from '../../groups/classic/messages.js';
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { LeaveGroup } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof LeaveGroup>;
type Response = ResponseInput<typeof LeaveGroup>;

const FIRST_VERSION_WITH_MEMBERS = 3;

@KafkaApi(LeaveGroup)
export class LeaveGroupHandler implements KafkaApiHandler<typeof LeaveGroup> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  handle(request: Request, { apiVersion }: RequestContext): Response {
    const leaving = leavingMembers(request, apiVersion);
    const codes = this.coordinator.leave(request.groupId, leaving);
    if (apiVersion < FIRST_VERSION_WITH_MEMBERS) return { errorCode: codes[0] ?? ErrorCode.UNKNOWN_MEMBER_ID };
    return {
      errorCode: ErrorCode.NONE,
      members: leaving.map(({ memberId, instanceId }, index) => ({
        memberId,
        groupInstanceId: instanceId,
        errorCode: codes[index] ?? ErrorCode.UNKNOWN_MEMBER_ID,
      })),
    };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code };
  }
}

function leavingMembers({ memberId, members }: Request, version: number): LeavingMember[] {
  if (version < FIRST_VERSION_WITH_MEMBERS) return [{ memberId, instanceId: null, reason: 'not provided' }];
  return members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.groupInstanceId,
    reason: member.reason ?? 'not provided',
  }));
}
