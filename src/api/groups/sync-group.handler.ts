/*
 * SyncGroup: the leader hands in the assignment, and every member gets its own. The answer waits for the leader, and
 * until the assignment is durable.
 *
 * - From v5 the request names the group's protocol, which must be the elected one (KIP-559).
 */
import { syncFailure } from '../../groups/classic/messages.js';
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { SyncGroup } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof SyncGroup>;
type Response = ResponseInput<typeof SyncGroup>;

const FIRST_VERSION_WITH_PROTOCOL = 5;

@KafkaApi(SyncGroup)
export class SyncGroupHandler implements KafkaApiHandler<typeof SyncGroup> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  handle(request: Request, { apiVersion }: RequestContext): Promise<Response> {
    const { groupId, memberId, groupInstanceId, generationId, protocolType, protocolName, assignments } = request;
    const namesProtocol = protocolType !== null && protocolName !== null;
    if (apiVersion >= FIRST_VERSION_WITH_PROTOCOL && !namesProtocol) {
      throw new KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, 'protocol type and name must be given');
    }
    return this.coordinator.sync(groupId, {
      memberId,
      instanceId: groupInstanceId,
      generationId,
      protocolType,
      protocolName,
      assignments: new Map(assignments.map(({ memberId: id, assignment }) => [id, assignment])),
    });
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return syncFailure(code);
  }
}
