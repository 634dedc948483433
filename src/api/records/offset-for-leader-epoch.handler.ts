/*
 * OffsetForLeaderEpoch: where a leader epoch ended, for clients that want to know whether the log was cut off before
 * their position (KIP-101, KIP-320).
 *
 * - Only the leader answers, inside its lease; the epoch that the client believes in is checked.
 * - The answer is the newest epoch not above the one asked for, and the first offset after it. An epoch that is yet to
 *   come is answered −1, −1; one older than all records with itself and the log start, as Apache Kafka does.
 * - Nothing beyond the high watermark is told, to nobody: what is not committed may never exist.
 */
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { OffsetForLeaderEpoch } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { checkLeaderEpoch, findLog, findTopic } from './partition-lookup.js';

type Request = RequestOf<typeof OffsetForLeaderEpoch>;
type Response = ResponseInput<typeof OffsetForLeaderEpoch>;
type PartitionRequest = Request['topics'][number]['partitions'][number];
type PartitionResponse = Response['topics'][number]['partitions'][number];

@KafkaApi(OffsetForLeaderEpoch)
export class OffsetForLeaderEpochHandler implements KafkaApiHandler<typeof OffsetForLeaderEpoch> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly logs: PartitionLogs,
  ) {}

  handle(request: Request): Response {
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((partition) => this.answer(topic, partition)),
      })),
    };
  }

  errorResponse(request: Request, code: ErrorCode): Response {
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode: code })),
      })),
    };
  }

  private answer(topicName: string, request: PartitionRequest): PartitionResponse {
    const { partition, currentLeaderEpoch, leaderEpoch } = request;
    try {
      const topic = findTopic(this.catalogue, { name: topicName, topicId: ZERO_UUID }, false);
      const log = findLog(this.logs, topic, partition);
      checkLeaderEpoch(log, currentLeaderEpoch);
      if (!log.isLeading) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      return { partition, errorCode: ErrorCode.NONE, ...log.endOfEpoch(leaderEpoch) };
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return { partition, errorCode: error.code };
    }
  }
}
