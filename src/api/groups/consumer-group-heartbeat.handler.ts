/*
 * ConsumerGroupHeartbeat: all that a member of the consumer protocol does (KIP-848): it joins, reports what it has, is told
 * what to have, and leaves. Answered when what is told is durable; where nothing has changed, at once.
 */
import { validateHeartbeat } from '../../groups/consumer/heartbeat.js';
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ConsumerGroupHeartbeat } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof ConsumerGroupHeartbeat>;
type Response = ResponseInput<typeof ConsumerGroupHeartbeat>;

@KafkaApi(ConsumerGroupHeartbeat)
export class ConsumerGroupHeartbeatHandler implements KafkaApiHandler<typeof ConsumerGroupHeartbeat> {
  constructor(private readonly coordinator: Pick<GroupCoordinator, 'consumerHeartbeat'>) {}

  async handle(request: Request, { apiVersion, clientId, clientHost }: RequestContext): Promise<Response> {
    // As Java prints addresses, which is what tools expect to find.
    const heartbeat = { ...request, clientId: clientId ?? '', clientHost: `/${clientHost}` };
    validateHeartbeat(heartbeat, apiVersion);
    const { assignment, ...result } = await this.coordinator.consumerHeartbeat(request.groupId, heartbeat);
    return {
      errorCode: ErrorCode.NONE,
      ...result,
      assignment: assignment === null ? null : { topicPartitions: assignment },
    };
  }

  errorResponse(_request: Request, code: ErrorCode, message: string): Response {
    return { errorCode: code, errorMessage: message, memberEpoch: 0, heartbeatIntervalMs: 0 };
  }
}
