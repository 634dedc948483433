/*
 * AlterPartitionReassignments: has partitions led by other brokers (KIP-455). A partition has one replica, its leader.
 *
 * - The leader gives the partition up in good order, and the other broker takes it over, after the answer. The cluster keeps
 *   its balance: it may move other partitions in return.
 * - Null takes a move back that isn't done; without one: NO_REASSIGNMENT_IN_PROGRESS.
 * - None or several brokers, or one that doesn't live or is draining: INVALID_REPLICA_ASSIGNMENT.
 * - A partition without a leader gets one by itself: LEADER_NOT_AVAILABLE, after which clients try again.
 */
import { requestMove } from '../../cluster/controller/request-move.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { AlterPartitionReassignments } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { asKafkaError, requireAdminApis, type AdminOptions } from '../admin-requests.js';
import { findTopic, requirePartition } from '../records/partition-lookup.js';

type Request = RequestOf<typeof AlterPartitionReassignments>;
type Response = ResponseInput<typeof AlterPartitionReassignments>;
type PartitionRequest = Request['topics'][number]['partitions'][number];

@KafkaApi(AlterPartitionReassignments)
export class AlterPartitionReassignmentsHandler implements KafkaApiHandler<typeof AlterPartitionReassignments> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly store: MetadataStore,
    private readonly options: AdminOptions,
  ) {}

  async handle(request: Request): Promise<Response> {
    requireAdminApis(this.options, 'move partitions');
    const responses: Response['responses'][number][] = [];
    for (const { name, partitions } of request.topics) {
      const results: Response['responses'][number]['partitions'][number][] = [];
      for (const partition of partitions) results.push(await this.resultOf(name, partition));
      responses.push({ name, partitions: results });
    }
    const { allowReplicationFactorChange } = request;
    return { allowReplicationFactorChange, errorCode: ErrorCode.NONE, errorMessage: null, responses };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    const { allowReplicationFactorChange } = request;
    return { allowReplicationFactorChange, errorCode: code, errorMessage: message, responses: [] };
  }

  private async resultOf(topic: string, partition: PartitionRequest) {
    const { partitionIndex } = partition;
    try {
      await this.move(topic, partition);
      return { partitionIndex, errorCode: ErrorCode.NONE, errorMessage: null };
    } catch (error) {
      const { code, message } = asKafkaError(error);
      return { partitionIndex, errorCode: code, errorMessage: message };
    }
  }

  private async move(name: string, { partitionIndex, replicas }: PartitionRequest): Promise<void> {
    const topic = findTopic(this.catalogue, { name, topicId: ZERO_UUID }, false);
    requirePartition(topic, partitionIndex);
    const [brokerId, ...others] = replicas ?? [];
    if (replicas !== null && (brokerId === undefined || others.length > 0)) {
      throw invalid('A partition has one replica: its leader.');
    }
    const outcome = await requestMove(this.store, name, partitionIndex, brokerId);
    switch (outcome) {
      case 'requested':
        return;
      case 'is there':
        if (brokerId !== undefined) return;
        throw new KafkaError(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, 'No reassignment is in progress.');
      case 'no such broker':
        throw invalid(`Broker ${brokerId} does not live, or is draining.`);
      case 'no leader':
        throw new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE, 'The partition has no leader at the moment.');
      case 'changed':
        throw new KafkaError(ErrorCode.REQUEST_TIMED_OUT, 'The partition was changing: try again.');
    }
  }
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
}
