/*
 * AlterPartitionReassignments: moves replicas of partitions (KIP-455). The cluster places partitions by itself, so every
 * move is refused with INVALID_REPLICA_ASSIGNMENT, but for one to where the partition is already.
 *
 * - Null stops a move; there is none: NO_REASSIGNMENT_IN_PROGRESS.
 * - Unknown partitions: UNKNOWN_TOPIC_OR_PARTITION.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { AlterPartitionReassignments } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { describePartition } from './partition-description.js';
import { findTopic, requirePartition } from '../records/partition-lookup.js';

type Request = RequestOf<typeof AlterPartitionReassignments>;
type Response = ResponseInput<typeof AlterPartitionReassignments>;
type PartitionRequest = Request['topics'][number]['partitions'][number];

@KafkaApi(AlterPartitionReassignments)
export class AlterPartitionReassignmentsHandler implements KafkaApiHandler<typeof AlterPartitionReassignments> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
  ) {}

  handle(request: Request): Response {
    return {
      allowReplicationFactorChange: request.allowReplicationFactorChange,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      responses: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => {
          const error = this.refusalOf(name, partition);
          return {
            partitionIndex: partition.partitionIndex,
            errorCode: error?.code ?? ErrorCode.NONE,
            errorMessage: error?.message ?? null,
          };
        }),
      })),
    };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    const { allowReplicationFactorChange } = request;
    return { allowReplicationFactorChange, errorCode: code, errorMessage: message, responses: [] };
  }

  private refusalOf(name: string, { partitionIndex, replicas }: PartitionRequest): KafkaError | undefined {
    try {
      const topic = findTopic(this.catalogue, { name, topicId: ZERO_UUID }, false);
      requirePartition(topic, partitionIndex);
      if (replicas === null) {
        return new KafkaError(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, 'No reassignment is in progress.');
      }
      const { replicaNodes } = describePartition(this.cluster, topic, partitionIndex);
      if (replicas.length > 0 && replicas.join() === replicaNodes.join()) return undefined;
      return new KafkaError(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        'The cluster places partitions by itself: they cannot be assigned to brokers.',
      );
    } catch (error) {
      if (error instanceof KafkaError) return error;
      throw error;
    }
  }
}
