/*
 * Heartbeat: a member of a classic group is alive, and hears whether it has to join again. Nothing is written.
 *
 * - While groups are loaded, a heartbeat is answered without an error, as Apache Kafka does: the sessions begin when that
 *   is done.
 */
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { Heartbeat } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof Heartbeat>;
type Response = ResponseInput<typeof Heartbeat>;

@KafkaApi(Heartbeat)
export class HeartbeatHandler implements KafkaApiHandler<typeof Heartbeat> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  handle({ groupId, memberId, groupInstanceId, generationId }: Request): Response {
    this.coordinator.heartbeat(groupId, memberId, groupInstanceId, generationId);
    return { errorCode: ErrorCode.NONE };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : code };
  }
}
