/*
 * DescribeProducers: the idempotent producers that have written to a partition lately (KIP-664).
 *
 * - Only the leader answers. Without transactions there are no open ones, and no coordinators.
 */
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DescribeProducers } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { findLog, findTopic } from './partition-lookup.js';

type Request = RequestOf<typeof DescribeProducers>;
type Response = ResponseInput<typeof DescribeProducers>;
type PartitionResponse = Response['topics'][number]['partitions'][number];

const NO_COORDINATOR = -1;

@KafkaApi(DescribeProducers)
export class DescribeProducersHandler implements KafkaApiHandler<typeof DescribeProducers> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly logs: PartitionLogs,
  ) {}

  handle(request: Request): Response {
    return {
      topics: request.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partition) => this.describe(name, partition)),
      })),
    };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return {
      topics: request.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partition) => failure(partition, new KafkaError(code, message))),
      })),
    };
  }

  private describe(topicName: string, partitionIndex: number): PartitionResponse {
    try {
      const topic = findTopic(this.catalogue, { name: topicName, topicId: ZERO_UUID }, false);
      const log = findLog(this.logs, topic, partitionIndex);
      if (!log.isLeading) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      const activeProducers = log
        .activeProducers()
        .map((producer) => ({ ...producer, coordinatorEpoch: NO_COORDINATOR, currentTxnStartOffset: -1 }));
      return { partitionIndex, errorCode: ErrorCode.NONE, activeProducers };
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return failure(partitionIndex, error);
    }
  }
}

function failure(partitionIndex: number, { code, message }: KafkaError): PartitionResponse {
  return { partitionIndex, errorCode: code, errorMessage: message, activeProducers: [] };
}
