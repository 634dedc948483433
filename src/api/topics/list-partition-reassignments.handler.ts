/*
 * ListPartitionReassignments: the partitions whose replicas are being moved (KIP-455). There never are any: partitions
 * have no replicas to be copied, and a change of leader is done when it is seen.
 */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ListPartitionReassignments } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof ListPartitionReassignments>;
type Response = ResponseInput<typeof ListPartitionReassignments>;

@KafkaApi(ListPartitionReassignments)
export class ListPartitionReassignmentsHandler implements KafkaApiHandler<typeof ListPartitionReassignments> {
  handle(): Response {
    return { errorCode: ErrorCode.NONE, errorMessage: null, topics: [] };
  }

  errorResponse(_request: Request, code: ErrorCode, message: string): Response {
    return { errorCode: code, errorMessage: message, topics: [] };
  }
}
