/*
 * DescribeTopicPartitions: the partitions of topics, page by page (KIP-966).
 *
 * - Topics come in the order of their names, and each from its first partition; the cursor says where a page begins, and
 *   what comes before it is left out. None asked for means all.
 * - A page has at most the partitions that the request allows, and at most 2,000. The topic that doesn't fit any more is
 *   cut, and the cursor for the next page points to what is missing.
 * - A cursor with a negative partition, or with a topic that is not asked for: INVALID_REQUEST.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { isValidTopicName } from '../../metadata/topic-name.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DescribeTopicPartitions } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { TOPIC_OPERATIONS } from '../authorized-operations.js';
import { describePartition } from './partition-description.js';

type Request = RequestOf<typeof DescribeTopicPartitions>;
type Response = ResponseInput<typeof DescribeTopicPartitions>;
type TopicResponse = Response['topics'][number];

/** `max.request.partition.size.limit` of Apache Kafka. */
const MAX_PARTITIONS = 2000;

@KafkaApi(DescribeTopicPartitions)
export class DescribeTopicPartitionsHandler implements KafkaApiHandler<typeof DescribeTopicPartitions> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
  ) {}

  handle(request: Request): Response {
    const { cursor } = request;
    checkCursor(request);
    const names = this.namesFrom(request, cursor?.topicName ?? '');
    let left = Math.max(1, Math.min(request.responsePartitionLimit, MAX_PARTITIONS));
    const topics: TopicResponse[] = [];
    for (const topicName of names) {
      if (left === 0) return { topics, nextCursor: { topicName, partitionIndex: 0 } };
      const first = topicName === cursor?.topicName ? cursor.partitionIndex : 0;
      const { topic, next } = this.describe(topicName, first, left);
      topics.push(topic);
      if (next !== undefined) return { topics, nextCursor: { topicName, partitionIndex: next } };
      left -= topic.partitions.length;
    }
    return { topics, nextCursor: null };
  }

  errorResponse(request: Request, code: ErrorCode): Response {
    return { topics: request.topics.map(({ name }) => failure(name, code)) };
  }

  private namesFrom({ topics }: Request, first: string): string[] {
    const names = topics.length > 0 ? topics.map(({ name }) => name) : this.catalogue.all().map(({ name }) => name);
    return [...new Set(names)].filter((name) => name >= first).sort();
  }

  /** @returns the topic, and the partition that comes next when not all of them fitted */
  private describe(name: string, first: number, limit: number): { topic: TopicResponse; next?: number } {
    const topic = this.catalogue.get(name);
    if (topic === undefined) {
      const code = isValidTopicName(name) ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
      return { topic: failure(name, code) };
    }
    const end = Math.min(topic.partitionCount, first + limit);
    const partitions = Array.from({ length: Math.max(0, end - first) }, (_, index) => ({
      ...describePartition(this.cluster, topic, first + index),
      // Empty and not null: Java's admin client takes null for what is not there badly.
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    }));
    return {
      topic: {
        errorCode: ErrorCode.NONE,
        name,
        topicId: topic.id,
        partitions,
        topicAuthorizedOperations: TOPIC_OPERATIONS,
      },
      ...(end < topic.partitionCount && { next: end }),
    };
  }
}

function checkCursor({ cursor, topics }: Request): void {
  if (cursor === null) return;
  if (cursor.partitionIndex < 0) {
    throw new KafkaError(ErrorCode.INVALID_REQUEST, 'the partition of the cursor is negative');
  }
  if (topics.length > 0 && !topics.some(({ name }) => name === cursor.topicName)) {
    throw new KafkaError(ErrorCode.INVALID_REQUEST, `topic ${cursor.topicName} of the cursor is not asked for`);
  }
}

function failure(name: string, errorCode: ErrorCode): TopicResponse {
  return { errorCode, name, topicId: ZERO_UUID, partitions: [] };
}
