/*
 * CreateTopics: creates topics, each with its own result, one after the other in the order of the request.
 *
 * - A name that is there twice fails once, with INVALID_REQUEST. A request may validate only.
 * - Partitions and replication factor: −1 takes the default; 0 and less is INVALID_PARTITIONS or
 *   INVALID_REPLICATION_FACTOR. Any other factor is accepted and recorded. What is reported is 1, as in Metadata:
 *   durability is the object store's.
 * - A manual assignment must be well-formed and name known brokers, and decides the number of partitions. The cluster
 *   places leaders by itself.
 * - A request for more partitions than are reasonable is refused as a whole: POLICY_VIOLATION.
 * - The topic is created also with a timeout of 0 or less; the answer waits for leaders as long as the timeout allows.
 * - v5+ reports the topic's configuration (KIP-525), v7+ its id (KIP-516).
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { NewTopic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { TopicConfigs } from '../../metadata/topic-configs.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { CreateTopics } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import {
  duplicatesOf,
  MAX_NEW_PARTITIONS_PER_REQUEST,
  MAX_PARTITIONS_PER_TOPIC,
  requireAdminApis,
  requireFewerPartitions,
  type AdminOptions,
} from '../admin-requests.js';
import { topicConfigEntries } from '../configs/config-entries.js';
import { partitionsOfAssignment } from './manual-assignment.js';
import type { TopicCreation } from './topic-creation.js';

type Request = RequestOf<typeof CreateTopics>;
type Response = ResponseInput<typeof CreateTopics>;
type TopicRequest = Request['topics'][number];
type TopicResult = Response['topics'][number];

const DEFAULT = -1;
/** The one replica that every partition has. */
const REPLICATION_FACTOR = 1;

@KafkaApi(CreateTopics)
export class CreateTopicsHandler implements KafkaApiHandler<typeof CreateTopics> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
    private readonly creation: TopicCreation,
    private readonly topicDefaults: TopicDefaults,
    private readonly options: AdminOptions,
  ) {}

  async handle(request: Request): Promise<Response> {
    const duplicates = duplicatesOf(request.topics, ({ name }) => name);
    const topics = [...duplicates].map((name) => {
      return failure(name, new KafkaError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.'));
    });
    const distinct = request.topics.filter(({ name }) => !duplicates.has(name));
    const isTooLarge = this.partitionsIn(distinct) > MAX_NEW_PARTITIONS_PER_REQUEST;
    for (const topic of distinct) {
      topics.push(isTooLarge ? failure(topic.name, tooManyPartitions()) : await this.createOne(topic, request));
    }
    return { topics };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return { topics: request.topics.map(({ name }) => failure(name, new KafkaError(code, message))) };
  }

  private async createOne(topic: TopicRequest, { timeoutMs, validateOnly }: Request): Promise<TopicResult> {
    try {
      requireAdminApis(this.options, 'create topics');
      const newTopic = this.toNewTopic(topic);
      if (validateOnly) {
        this.catalogue.validate(newTopic);
        return this.success(newTopic, ZERO_UUID);
      }
      const { id } = await this.creation.create(newTopic, timeoutMs);
      return this.success(newTopic, id);
    } catch (error) {
      if (error instanceof KafkaError) return failure(topic.name, error);
      throw error;
    }
  }

  private toNewTopic({ name, numPartitions, replicationFactor, assignments, configs }: TopicRequest): NewTopic {
    const knownBrokers = new Set(this.cluster.brokers().map(({ id }) => id));
    const partitionCount =
      assignments.length === 0
        ? withDefault(numPartitions, this.creation.defaults.partitions)
        : partitionsOfAssignment({ numPartitions, replicationFactor, assignments }, knownBrokers);
    requireFewerPartitions(partitionCount);
    const factor = assignments[0]?.brokerIds.length ?? withDefault(replicationFactor, REPLICATION_FACTOR);
    return { name, partitionCount, replicationFactor: factor, configs: toConfigs(configs) };
  }

  /** A request of which each topic is small may still be large. Topics that are too large alone are refused alone. */
  private partitionsIn(topics: readonly TopicRequest[]): number {
    return topics
      .map(
        ({ numPartitions, assignments }) =>
          assignments.length || withDefault(numPartitions, this.creation.defaults.partitions),
      )
      .filter((count) => count <= MAX_PARTITIONS_PER_TOPIC)
      .reduce((sum, count) => sum + Math.max(0, count), 0);
  }

  private success({ name, partitionCount, configs }: NewTopic, topicId: string): TopicResult {
    return {
      name,
      topicId,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      numPartitions: partitionCount,
      replicationFactor: REPLICATION_FACTOR,
      configs: topicConfigEntries(configs, this.topicDefaults.configs),
    };
  }
}

function toConfigs(configs: TopicRequest['configs']): TopicConfigs {
  return new Map(
    configs.map(({ name, value }) => {
      if (value === null) throw new KafkaError(ErrorCode.INVALID_CONFIG, `Configuration ${name} has no value.`);
      return [name, value];
    }),
  );
}

function withDefault(value: number, defaultValue: number): number {
  return value === DEFAULT ? defaultValue : value;
}

function tooManyPartitions(): KafkaError {
  return new KafkaError(
    ErrorCode.POLICY_VIOLATION,
    `A request creates at most ${MAX_NEW_PARTITIONS_PER_REQUEST} partitions.`,
  );
}

function failure(name: string, { code, message }: KafkaError): TopicResult {
  return { name, errorCode: code, errorMessage: message, configs: null };
}
