/*
 * FindCoordinator: tells which broker coordinates a group.
 *
 * - A group is coordinated by the owner of its slot, which is always a broker that Metadata shows;
 *   COORDINATOR_NOT_AVAILABLE while there is none.
 * - Transactions (v1+) are not supported: TRANSACTIONAL_ID_AUTHORIZATION_FAILED, as for every use of them.
 * - Share groups (v6+) and unknown key types: INVALID_REQUEST.
 * - Any string is a group id here; JoinGroup is where an empty one is refused.
 * - v4+ asks for several keys and gets one entry for each, with its own error (KIP-699).
 */
import type { GroupSlots } from '../../cluster/group-slots.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { FindCoordinator } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof FindCoordinator>;
type Response = ResponseInput<typeof FindCoordinator>;

interface Coordinator {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

const KEY_TYPE_GROUP = 0;
const KEY_TYPE_TRANSACTION = 1;
const FIRST_VERSION_WITH_KEYS = 4;

@KafkaApi(FindCoordinator)
export class FindCoordinatorHandler implements KafkaApiHandler<typeof FindCoordinator> {
  constructor(private readonly slots: Pick<GroupSlots, 'coordinatorOf'>) {}

  handle(request: Request, { apiVersion }: RequestContext): Response {
    return respond(request, apiVersion, (key) => this.find(request.keyType, key));
  }

  errorResponse(request: Request, code: ErrorCode, message: string, { apiVersion }: RequestContext): Response {
    return respond(request, apiVersion, () => failure(code, message));
  }

  private find(keyType: number, key: string): Coordinator {
    if (keyType === KEY_TYPE_TRANSACTION) {
      return failure(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'Transactions are not supported.');
    }
    if (keyType !== KEY_TYPE_GROUP) return failure(ErrorCode.INVALID_REQUEST, `Key type ${keyType} is not supported.`);
    const broker = this.slots.coordinatorOf(key);
    if (broker === undefined) return failure(ErrorCode.COORDINATOR_NOT_AVAILABLE, 'The coordinator is not available.');
    return { nodeId: broker.id, host: broker.host, port: broker.port, errorCode: ErrorCode.NONE, errorMessage: null };
  }
}

function respond(request: Request, version: number, find: (key: string) => Coordinator): Response {
  if (version < FIRST_VERSION_WITH_KEYS) return find(request.key);
  return { coordinators: request.coordinatorKeys.map((key) => ({ key, ...find(key) })) };
}

function failure(errorCode: ErrorCode, errorMessage: string): Coordinator {
  return { nodeId: -1, host: '', port: -1, errorCode, errorMessage };
}
