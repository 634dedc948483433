/*
 * JoinGroup: enters a classic group. The answer waits until all members have come, or the rebalance has timed out.
 *
 * - Up to v3 a new member joins at once; from v4 it is given an id first and comes back with it (KIP-394).
 * - v0 has no rebalance timeout: the session timeout takes its place (KIP-62).
 * - From v9 a static leader that comes back can be told to keep the assignment (KIP-814).
 * - Up to v6 the protocol's name is never null.
 */
import { joinFailure, type JoinRequest, type JoinResult } from '../../groups/classic/messages.js';
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { JoinGroup } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof JoinGroup>;
type Response = ResponseInput<typeof JoinGroup>;

const FIRST_VERSION_WITH_REBALANCE_TIMEOUT = 1;
const FIRST_VERSION_WITH_MEMBER_ID_REQUIRED = 4;
const FIRST_VERSION_WITH_NULL_PROTOCOL = 7;
const FIRST_VERSION_WITH_SKIP_ASSIGNMENT = 9;

@KafkaApi(JoinGroup)
export class JoinGroupHandler implements KafkaApiHandler<typeof JoinGroup> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  async handle(request: Request, context: RequestContext): Promise<Response> {
    const result = await this.coordinator.join(request.groupId, joinRequestOf(request, context));
    return respond(result, context);
  }

  errorResponse(request: Request, code: ErrorCode, _message: string, context: RequestContext): Response {
    return respond(joinFailure(request.memberId, code), context);
  }
}

function joinRequestOf(request: Request, { apiVersion, clientId, clientHost }: RequestContext): JoinRequest {
  const { memberId, sessionTimeoutMs, protocolType, protocols, reason } = request;
  return {
    memberId,
    instanceId: request.groupInstanceId,
    clientId: clientId ?? '',
    // As Java prints addresses, which is what tools expect to find.
    clientHost: `/${clientHost}`,
    sessionTimeoutMs,
    rebalanceTimeoutMs:
      apiVersion >= FIRST_VERSION_WITH_REBALANCE_TIMEOUT ? request.rebalanceTimeoutMs : sessionTimeoutMs,
    protocolType,
    protocols,
    needsKnownMemberId: apiVersion >= FIRST_VERSION_WITH_MEMBER_ID_REQUIRED,
    canSkipAssignment: apiVersion >= FIRST_VERSION_WITH_SKIP_ASSIGNMENT,
    reason: reason ?? 'not provided',
  };
}

function respond({ members, protocolName, ...result }: JoinResult, { apiVersion }: RequestContext): Response {
  return {
    ...result,
    protocolName: apiVersion >= FIRST_VERSION_WITH_NULL_PROTOCOL ? protocolName : (protocolName ?? ''),
    members: members.map(({ memberId, instanceId, metadata }) => ({
      memberId,
      groupInstanceId: instanceId,
      metadata,
    })),
  };
}
