/*
 * DeleteRecords: deletes the records of partitions below an offset, by moving the log start up (KIP-107).
 *
 * - −1 means the high watermark; more than that, or another negative offset: OFFSET_OUT_OF_RANGE. An offset below the log
 *   start changes nothing. The answer has the log start afterwards.
 * - Records of a topic that is only compacted are not deleted: POLICY_VIOLATION, as in Apache Kafka.
 * - The new log start is in the metadata store before it is answered, so that it holds after a restart.
 */
import type { PartitionLog } from '../../log/partition-log.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { effectiveValue } from '../../metadata/topic-configs.js';
import { listItems } from '../../metadata/config-value.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DeleteRecords } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { asKafkaError, MIN_TIMEOUT_MS, requireAdminApis, type AdminOptions } from '../admin-requests.js';
import { findLog, findTopic } from './partition-lookup.js';

type Request = RequestOf<typeof DeleteRecords>;
type Response = ResponseInput<typeof DeleteRecords>;
type TopicRequest = Request['topics'][number];
type PartitionRequest = TopicRequest['partitions'][number];
type PartitionResult = Response['topics'][number]['partitions'][number];

const TO_HIGH_WATERMARK = -1;

/** A partition of a request: what is to be done, or why nothing is. */
type Plan = { readonly partition: PartitionRequest } & (
  { readonly log: PartitionLog; readonly offset: number } | { readonly error: KafkaError }
);

@KafkaApi(DeleteRecords)
export class DeleteRecordsHandler implements KafkaApiHandler<typeof DeleteRecords> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly topicDefaults: TopicDefaults,
    private readonly logs: PartitionLogs,
    private readonly options: AdminOptions,
  ) {}

  async handle(request: Request): Promise<Response> {
    const timeoutMs = Math.max(MIN_TIMEOUT_MS, request.timeoutMs);
    const topics = await Promise.all(
      request.topics.map(async (topic) => ({ name: topic.name, partitions: await this.deleteFrom(topic, timeoutMs) })),
    );
    return { topics };
  }

  errorResponse(request: Request, code: ErrorCode): Response {
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => failure(partition, code)),
      })),
    };
  }

  private async deleteFrom(topic: TopicRequest, timeoutMs: number): Promise<PartitionResult[]> {
    const plans = topic.partitions.map((partition) => this.plan(topic.name, partition));
    const feasible = plans.flatMap((plan) => ('log' in plan ? plan : []));
    let failed: KafkaError | undefined;
    try {
      if (feasible.length > 0) await this.logs.deleteRecords(feasible, timeoutMs);
    } catch (error) {
      failed = asKafkaError(error);
    }
    return plans.map((plan) => {
      if ('error' in plan) return failure(plan.partition, plan.error.code);
      if (failed !== undefined) return failure(plan.partition, failed.code);
      const { partitionIndex } = plan.partition;
      return { partitionIndex, lowWatermark: plan.log.logStartOffset, errorCode: ErrorCode.NONE };
    });
  }

  private plan(topicName: string, partition: PartitionRequest): Plan {
    try {
      requireAdminApis(this.options, 'delete records', ErrorCode.TOPIC_AUTHORIZATION_FAILED);
      const topic = findTopic(this.catalogue, { name: topicName, topicId: ZERO_UUID }, false);
      const log = findLog(this.logs, topic, partition.partitionIndex);
      if (!log.isLeading) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      const policies = listItems(effectiveValue(this.topicDefaults.under(topic.configs), 'cleanup.policy'));
      if (!policies.includes('delete')) throw new KafkaError(ErrorCode.POLICY_VIOLATION);
      return { partition, log, offset: newLogStart(log, partition.offset) };
    } catch (error) {
      return { partition, error: asKafkaError(error) };
    }
  }
}

function newLogStart({ highWatermark }: PartitionLog, offset: number): number {
  if (offset === TO_HIGH_WATERMARK) return highWatermark;
  if (offset < 0 || offset > highWatermark) throw new KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE);
  return offset;
}

function failure({ partitionIndex }: PartitionRequest, errorCode: ErrorCode): PartitionResult {
  return { partitionIndex, lowWatermark: -1, errorCode };
}
