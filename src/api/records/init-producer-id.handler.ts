/*
 * InitProducerId: gives an idempotent producer its id (KIP-98).
 *
 * - Every answer has a new id with epoch 0, also for a producer that gives its present one to have its epoch raised
 *   (v3+, KIP-360): so does Apache Kafka without a transactional id.
 * - Id and epoch must both be given or both be absent, else INVALID_REQUEST.
 * - Transactions are not supported: TRANSACTIONAL_ID_AUTHORIZATION_FAILED.
 * - While the metadata store has no ids to give: COORDINATOR_LOAD_IN_PROGRESS, which clients retry.
 */
import type { Logger } from '../../logging/logger.js';
import { MetadataUnavailableError } from '../../metadata/metadata-store.js';
import type { ProducerIdAllocator } from '../../metadata/producer-ids.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { InitProducerId } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof InitProducerId>;
type Response = ResponseInput<typeof InitProducerId>;

const NONE = -1;

@KafkaApi(InitProducerId)
export class InitProducerIdHandler implements KafkaApiHandler<typeof InitProducerId> {
  constructor(
    private readonly producerIds: ProducerIdAllocator,
    private readonly logger: Logger,
  ) {}

  async handle(request: Request): Promise<Response> {
    checkRequest(request);
    return { errorCode: ErrorCode.NONE, producerId: await this.allocate(), producerEpoch: 0 };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code, producerId: NONE, producerEpoch: NONE };
  }

  private async allocate(): Promise<number> {
    try {
      return await this.producerIds.allocate();
    } catch (error) {
      if (!(error instanceof MetadataUnavailableError)) throw error;
      this.logger.warn({ event: 'producer_ids_unavailable', err: error }, 'no producer ids to give');
      throw new KafkaError(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, 'no producer ids at the moment', { cause: error });
    }
  }
}

function checkRequest({ transactionalId, producerId, producerEpoch }: Request): void {
  if (transactionalId === '') throw new KafkaError(ErrorCode.INVALID_REQUEST, 'the transactional id is empty');
  if ((producerId === NONE) !== (producerEpoch === NONE)) {
    throw new KafkaError(ErrorCode.INVALID_REQUEST, 'producer id and epoch must be given together');
  }
  if (transactionalId !== null) {
    throw new KafkaError(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'transactions are not supported');
  }
}
