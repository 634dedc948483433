/*
 * OffsetDelete: deletes committed offsets of single partitions (KIP-496). Answered when that is durable.
 *
 * - Topics that a member consumes: GROUP_SUBSCRIBED_TO_TOPIC; unknown topics and partitions: UNKNOWN_TOPIC_OR_PARTITION.
 * - There being no offset is no error.
 */
import type { OffsetCoordinator, TopicPartition } from '../../groups/offset-coordinator.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { OffsetDelete } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof OffsetDelete>;
type Response = ResponseInput<typeof OffsetDelete>;

@KafkaApi(OffsetDelete)
export class OffsetDeleteHandler implements KafkaApiHandler<typeof OffsetDelete> {
  constructor(
    private readonly offsets: OffsetCoordinator,
    private readonly catalogue: TopicCatalogue,
  ) {}

  async handle({ groupId, topics }: Request): Promise<Response> {
    const asked = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    );
    const known = asked.filter((each) => this.exists(each));
    const codes = await this.offsets.delete(groupId, known);
    const results = new Map(known.map((each, index) => [each, codes[index] ?? ErrorCode.UNKNOWN_SERVER_ERROR]));
    const byTopic = Map.groupBy(asked, ({ topic }) => topic);
    return {
      errorCode: ErrorCode.NONE,
      topics: Array.from(byTopic, ([name, partitions]) => ({
        name,
        partitions: partitions.map((each) => ({
          partitionIndex: each.partition,
          errorCode: results.get(each) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        })),
      })),
    };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code, topics: [] };
  }

  private exists({ topic, partition }: TopicPartition): boolean {
    const known = this.catalogue.get(topic);
    return known !== undefined && partition >= 0 && partition < known.partitionCount;
  }
}
