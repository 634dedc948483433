/*
 * OffsetFetch: reads back what groups have committed.
 *
 * - Nothing committed, or no such group: offset −1 without an error.
 * - Topics null: all that have an offset.
 * - What is wrong with a group shows at each partition in v1, at the top from v2, at the group from v8, where several
 *   groups are asked for (KIP-709).
 * - From v9 a member of the consumer protocol is told UNKNOWN_MEMBER_ID or STALE_MEMBER_EPOCH when it isn't who it takes
 *   itself to be (KIP-848).
 * - From v10 topics come by id, and an unknown one is UNKNOWN_TOPIC_ID.
 * - With requireStable (v7+) the answer waits for commits that are under way; there are no transactions to wait for.
 */
import type { CommittedOffset } from '../../groups/committed-offset.js';
import type { OffsetCoordinator } from '../../groups/offset-coordinator.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { OffsetFetch } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof OffsetFetch>;
type Response = ResponseInput<typeof OffsetFetch>;

interface TopicRequest {
  readonly name: string;
  readonly topicId: string;
  readonly partitionIndexes: readonly number[];
}

/** Who asks, as members of the consumer protocol say. */
interface MemberRequest {
  readonly memberId: string | null;
  readonly memberEpoch: number;
}

interface TopicResponse {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly PartitionResponse[];
}

interface PartitionResponse {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number;
  readonly metadata: string;
  readonly errorCode: ErrorCode;
}

interface GroupResponse {
  readonly topics: readonly TopicResponse[];
  readonly errorCode: ErrorCode;
}

const FIRST_VERSION_WITH_TOP_LEVEL_ERROR = 2;
const FIRST_VERSION_WITH_GROUPS = 8;
const FIRST_VERSION_WITH_TOPIC_IDS = 10;
const NO_MEMBER: MemberRequest = { memberId: null, memberEpoch: -1 };
const NOTHING = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '' };

@KafkaApi(OffsetFetch)
export class OffsetFetchHandler implements KafkaApiHandler<typeof OffsetFetch> {
  constructor(
    private readonly offsets: OffsetCoordinator,
    private readonly catalogue: TopicCatalogue,
  ) {}

  async handle(request: Request, { apiVersion }: RequestContext): Promise<Response> {
    const { requireStable } = request;
    if (apiVersion < FIRST_VERSION_WITH_GROUPS) {
      const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null;
      const { topics: found, errorCode } = await this.fetch(request.groupId, topics, requireStable, apiVersion);
      return { topics: found, errorCode };
    }
    const groups = request.groups.map(async ({ groupId, memberId, memberEpoch, topics }) => ({
      groupId,
      ...(await this.fetch(groupId, topics, requireStable, apiVersion, { memberId, memberEpoch })),
    }));
    return { groups: await Promise.all(groups) };
  }

  errorResponse(request: Request, code: ErrorCode, _message: string, { apiVersion }: RequestContext): Response {
    if (apiVersion >= FIRST_VERSION_WITH_GROUPS) {
      return { groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode: code })) };
    }
    return failure(code, request.topics, apiVersion);
  }

  private async fetch(
    groupId: string,
    topics: readonly TopicRequest[] | null,
    requireStable: boolean,
    version: number,
    { memberId, memberEpoch }: MemberRequest = NO_MEMBER,
  ): Promise<GroupResponse> {
    const byId = version >= FIRST_VERSION_WITH_TOPIC_IDS;
    try {
      this.offsets.checkFetch(groupId, memberId, memberEpoch);
      if (requireStable) await this.offsets.settle(groupId);
      const found =
        topics === null ? this.fetchAll(groupId) : topics.map((topic) => this.fetchTopic(groupId, topic, byId));
      return { topics: found, errorCode: ErrorCode.NONE };
    } catch (error) {
      if (error instanceof KafkaError) return failure(error.code, topics, version);
      throw error;
    }
  }

  private fetchTopic(groupId: string, { name, topicId, partitionIndexes }: TopicRequest, byId: boolean): TopicResponse {
    const topicName = byId ? this.catalogue.getById(topicId)?.name : name;
    const partitions = partitionIndexes.map((partition) => {
      if (topicName === undefined) return nothingOf(partition, ErrorCode.UNKNOWN_TOPIC_ID);
      return partitionOf(partition, this.offsets.fetch(groupId, topicName, partition));
    });
    return { name, topicId, partitions };
  }

  private fetchAll(groupId: string): TopicResponse[] {
    const byTopic = Map.groupBy(this.offsets.fetchAll(groupId), ({ topic }) => topic);
    return Array.from(byTopic, ([name, offsets]) => ({
      name,
      topicId: this.catalogue.get(name)?.id ?? ZERO_UUID,
      partitions: offsets.map(({ partition, committed }) => partitionOf(partition, committed)),
    }));
  }
}

function partitionOf(partitionIndex: number, committed: CommittedOffset | undefined): PartitionResponse {
  if (committed === undefined) return nothingOf(partitionIndex, ErrorCode.NONE);
  const { offset: committedOffset, leaderEpoch: committedLeaderEpoch, metadata } = committed;
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode: ErrorCode.NONE };
}

function nothingOf(partitionIndex: number, errorCode: ErrorCode): PartitionResponse {
  return { partitionIndex, ...NOTHING, errorCode };
}

/** The oldest version has no place for an error but the partitions. */
function failure(
  errorCode: ErrorCode,
  topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[] | null,
  version: number,
): GroupResponse {
  if (version >= FIRST_VERSION_WITH_TOP_LEVEL_ERROR) return { topics: [], errorCode };
  const failed = (topics ?? []).map(({ name, partitionIndexes }) => ({
    name,
    topicId: ZERO_UUID,
    partitions: partitionIndexes.map((partition) => nothingOf(partition, errorCode)),
  }));
  return { topics: failed, errorCode };
}
