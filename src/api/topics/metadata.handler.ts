/*
 * Metadata: the brokers, and the leaders of the partitions of the topics that are asked for.
 *
 * - Null asks for all topics, an empty list for none; in v0, which has no null, the empty list asks for all.
 * - A topic is found by its id if one is given (v12+), else by its name; in v10 and v11 an id, or no name, is an
 *   INVALID_REQUEST. A topic that is asked for twice is described once.
 * - A topic that is not there is created if the client and the configuration allow it; the answer then waits for the
 *   leaders of the new topic. Otherwise: UNKNOWN_TOPIC_OR_PARTITION, or UNKNOWN_TOPIC_ID without a name.
 * - A partition has one replica, its leader: durability is the object store's. Without a live leader it is answered
 *   LEADER_NOT_AVAILABLE with leader −1.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { isValidTopicName } from '../../metadata/topic-name.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { Metadata } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';
import { CLUSTER_OPERATIONS, TOPIC_OPERATIONS } from '../authorized-operations.js';
import { describePartition } from './partition-description.js';
import type { TopicCreation } from './topic-creation.js';

type Request = RequestOf<typeof Metadata>;
type Response = ResponseInput<typeof Metadata>;
type TopicRequest = NonNullable<Request['topics']>[number];
type TopicResponse = Response['topics'][number];

const FIRST_VERSION_WITH_IDS = 12;

export interface MetadataOptions {
  /** Whether clients create topics by asking for them. */
  readonly autoCreateTopics: boolean;
}

@KafkaApi(Metadata)
export class MetadataHandler implements KafkaApiHandler<typeof Metadata> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
    private readonly creation: TopicCreation,
    private readonly options: MetadataOptions,
  ) {}

  async handle(request: Request, { apiVersion }: RequestContext): Promise<Response> {
    const topics = asksForAll(request, apiVersion)
      ? this.catalogue.all().map((topic) => this.describe(topic, request))
      : await this.describeRequested(request, apiVersion);
    return {
      brokers: this.cluster.brokers().map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
      clusterId: this.cluster.clusterId,
      controllerId: this.cluster.controllerId(),
      topics,
      ...(request.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: CLUSTER_OPERATIONS }),
    };
  }

  errorResponse(request: Request, code: ErrorCode, _message: string, { apiVersion }: RequestContext): Response {
    const topics = (request.topics ?? []).map(({ name, topicId }) => {
      // Older versions have no null for the name.
      return failure(code, name ?? (apiVersion < FIRST_VERSION_WITH_IDS ? '' : null), topicId);
    });
    return { brokers: [], topics, errorCode: code };
  }

  private describeRequested(request: Request, version: number): Promise<TopicResponse[]> {
    const requested = request.topics ?? [];
    if (version < FIRST_VERSION_WITH_IDS && requested.some(({ name, topicId }) => name === null || isId(topicId))) {
      throw new KafkaError(ErrorCode.INVALID_REQUEST, `topics cannot be looked up by id in version ${version}`);
    }
    const distinct = new Map(
      requested.map((topic) => [isId(topic.topicId) ? topic.topicId : `name ${topic.name}`, topic]),
    );
    return Promise.all([...distinct.values()].map((topic) => this.describeOne(topic, request)));
  }

  private async describeOne({ name, topicId }: TopicRequest, request: Request): Promise<TopicResponse> {
    if (isId(topicId) || name === null) {
      const topic = this.catalogue.getById(topicId);
      return topic ? this.describe(topic, request) : failure(ErrorCode.UNKNOWN_TOPIC_ID, null, topicId);
    }
    const existing = this.catalogue.get(name);
    if (existing) return this.describe(existing, request);
    if (!isValidTopicName(name)) return failure(ErrorCode.INVALID_TOPIC_EXCEPTION, name);
    if (!this.options.autoCreateTopics || !request.allowAutoTopicCreation) {
      return failure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name);
    }
    const created = await this.creation.createMissing(name);
    return created instanceof KafkaError ? failure(created.code, name) : this.describe(created, request);
  }

  private describe(topic: Topic, request: Request): TopicResponse {
    return {
      errorCode: ErrorCode.NONE,
      name: topic.name,
      topicId: topic.id,
      partitions: Array.from({ length: topic.partitionCount }, (_, index) =>
        describePartition(this.cluster, topic, index),
      ),
      ...(request.includeTopicAuthorizedOperations && { topicAuthorizedOperations: TOPIC_OPERATIONS }),
    };
  }
}

function asksForAll({ topics }: Request, version: number): boolean {
  return topics === null || (version === 0 && topics.length === 0);
}

function isId(topicId: string): boolean {
  return topicId !== ZERO_UUID;
}

function failure(errorCode: ErrorCode, name: string | null, topicId = ZERO_UUID): TopicResponse {
  return { errorCode, name, topicId, partitions: [] };
}
