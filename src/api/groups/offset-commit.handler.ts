/*
 * OffsetCommit: stores how far a group has consumed. Answered when that is durable.
 *
 * - Every partition has its own result; what is wrong with the group or the member shows at each of them.
 * - Up to v9 topics come by name, and an unknown one is UNKNOWN_TOPIC_OR_PARTITION; from v10 by id: UNKNOWN_TOPIC_ID.
 * - v2 to v4 may say how long to keep the offset; later the broker's configuration decides (KIP-211).
 * - A member of a group that is not there is told GROUP_ID_NOT_FOUND from v9, ILLEGAL_GENERATION before. A client
 *   without membership (generation −1) commits to any group that has no members.
 * - Members of the consumer protocol (KIP-848) give their epoch, which they can from v9 only: UNSUPPORTED_VERSION before.
 */
import type { OffsetCoordinator, OffsetToCommit } from '../../groups/offset-coordinator.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { OffsetCommit } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof OffsetCommit>;
type Response = ResponseInput<typeof OffsetCommit>;
type PartitionRequest = Request['topics'][number]['partitions'][number];

/** A partition of the request: what to commit, or why it can't be. */
interface Item {
  readonly partitionIndex: number;
  readonly commit?: OffsetToCommit;
  errorCode: ErrorCode;
}

const FIRST_VERSION_WITH_GROUP_ID_NOT_FOUND = 9;
const FIRST_VERSION_WITH_MEMBER_EPOCHS = 9;
const FIRST_VERSION_WITH_TOPIC_IDS = 10;
const DEFAULT_RETENTION = -1;

@KafkaApi(OffsetCommit)
export class OffsetCommitHandler implements KafkaApiHandler<typeof OffsetCommit> {
  constructor(
    private readonly offsets: OffsetCoordinator,
    private readonly catalogue: TopicCatalogue,
  ) {}

  async handle(request: Request, { apiVersion }: RequestContext): Promise<Response> {
    const topics = request.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      items: this.itemsOf(name, topicId, partitions, apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS),
    }));
    const toCommit = topics.flatMap(({ items }) => items.filter(({ commit }) => commit !== undefined));
    const codes = toCommit.length === 0 ? [] : await this.commit(request, toCommit, apiVersion);
    toCommit.forEach((item, index) => (item.errorCode = codes[index] ?? ErrorCode.UNKNOWN_SERVER_ERROR));
    return {
      topics: topics.map(({ name, topicId, items }) => ({
        name,
        topicId,
        partitions: items.map(({ partitionIndex, errorCode }) => ({ partitionIndex, errorCode })),
      })),
    };
  }

  errorResponse(request: Request, code: ErrorCode): Response {
    return {
      topics: request.topics.map(({ name, topicId, partitions }) => ({
        name,
        topicId,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
      })),
    };
  }

  private itemsOf(name: string, topicId: string, partitions: readonly PartitionRequest[], byId: boolean): Item[] {
    const topic = byId ? this.catalogue.getById(topicId) : this.catalogue.get(name);
    const unknownTopic =
      byId && topicId !== ZERO_UUID ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    return partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
      if (topic === undefined) return { partitionIndex, errorCode: unknownTopic };
      if (partitionIndex < 0 || partitionIndex >= topic.partitionCount) {
        return { partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
      }
      const commit = {
        topic: topic.name,
        topicId: topic.id,
        partition: partitionIndex,
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata: committedMetadata ?? '',
      };
      return { partitionIndex, commit, errorCode: ErrorCode.NONE };
    });
  }

  private async commit(request: Request, items: readonly Item[], version: number): Promise<readonly ErrorCode[]> {
    const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch, retentionTimeMs } = request;
    const committer = {
      memberId,
      instanceId: groupInstanceId,
      generationId: generationIdOrMemberEpoch,
      knowsEpochs: version >= FIRST_VERSION_WITH_MEMBER_EPOCHS,
    };
    const missing =
      version >= FIRST_VERSION_WITH_GROUP_ID_NOT_FOUND ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
    try {
      return await this.offsets.commit(
        groupId,
        committer,
        items.flatMap(({ commit }) => commit ?? []),
        retentionTimeMs === DEFAULT_RETENTION ? undefined : retentionTimeMs,
        missing,
      );
    } catch (error) {
      if (error instanceof KafkaError) return items.map(() => error.code);
      throw error;
    }
  }
}
