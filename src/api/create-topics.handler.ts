/*
 * CreateTopics: creates topics, each with its own result, one after the other in the order of the request.
 *
 * - A name that is there twice fails once, with INVALID_REQUEST. A request may validate only.
 * - Partitions and replication factor: −1 takes the default; 0 and less is INVALID_PARTITIONS or
 *   INVALID_REPLICATION_FACTOR. Any other factor is accepted and recorded. What is reported is 1, as in Metadata:
 *   durability is the object store's.
 * - A manual assignment must be well-formed and name known brokers, and decides the number of partitions. The cluster
 *   places leaders by itself.
 * - The topic is created also with a timeout of 0 or less; the answer waits for leaders as long as the timeout allows.
 * - v5+ reports the topic's configuration (KIP-525), v7+ its id (KIP-516).
 */
import type { ClusterView } from '../cluster/cluster-view.js';
import type { BrokerMetrics } from '../metrics/broker-metrics.js';
import type { NewTopic, TopicCatalogue } from '../metadata/topic-catalogue.js';
import { TOPIC_CONFIGS } from '../metadata/topic-config-definitions.js';
import { effectiveValue, type TopicConfigs } from '../metadata/topic-configs.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { CreateTopics } from '../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../protocol/transport/index.js';
import { partitionsOfAssignment } from './manual-assignment.js';
import type { TopicCreation } from './topic-creation.js';

type Request = RequestOf<typeof CreateTopics>;
type Response = ResponseInput<typeof CreateTopics>;
type TopicRequest = Request['topics'][number];
type TopicResult = Response['topics'][number];

/** More in one topic would be a mistake, and a large one: every partition costs memory on its leader. */
const MAX_PARTITIONS = 10_000;
const DEFAULT = -1;
/** The one replica that every partition has. */
const REPLICATION_FACTOR = 1;

const CONFIG_SOURCE_TOPIC = 1;
const CONFIG_SOURCE_DEFAULT = 5;

export interface AdminOptions {
  /** Whether clients may create and delete topics. */
  readonly allowAdminApis: boolean;
}

@KafkaApi(CreateTopics)
export class CreateTopicsHandler implements KafkaApiHandler<typeof CreateTopics> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
    private readonly creation: TopicCreation,
    private readonly metrics: Pick<BrokerMetrics, 'adminRequest'>,
    private readonly options: AdminOptions,
  ) {}

  async handle(request: Request): Promise<Response> {
    const duplicates = duplicateNames(request);
    const topics = [...duplicates].map((name) => {
      return failure(name, new KafkaError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.'));
    });
    for (const topic of request.topics) {
      if (!duplicates.has(topic.name)) topics.push(await this.createOne(topic, request));
    }
    this.metrics.adminRequest('CreateTopics', topics.filter(({ errorCode }) => errorCode !== ErrorCode.NONE).length);
    return { topics };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return { topics: request.topics.map(({ name }) => failure(name, new KafkaError(code, message))) };
  }

  private async createOne(topic: TopicRequest, { timeoutMs, validateOnly }: Request): Promise<TopicResult> {
    try {
      if (!this.options.allowAdminApis) {
        throw new KafkaError(
          ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
          'This cluster does not let clients create topics.',
        );
      }
      const newTopic = this.toNewTopic(topic);
      if (validateOnly) {
        this.catalogue.validate(newTopic);
        return success(newTopic, ZERO_UUID);
      }
      const { id } = await this.creation.create(newTopic, timeoutMs);
      return success(newTopic, id);
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
    if (partitionCount > MAX_PARTITIONS) {
      throw new KafkaError(ErrorCode.INVALID_PARTITIONS, `A topic has at most ${MAX_PARTITIONS} partitions.`);
    }
    const factor = assignments[0]?.brokerIds.length ?? withDefault(replicationFactor, REPLICATION_FACTOR);
    return { name, partitionCount, replicationFactor: factor, configs: toConfigs(configs) };
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

function duplicateNames({ topics }: Request): ReadonlySet<string> {
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  for (const { name } of topics) {
    if (seen.has(name)) duplicates.add(name);
    seen.add(name);
  }
  return duplicates;
}

function success({ name, partitionCount, configs }: NewTopic, topicId: string): TopicResult {
  return {
    name,
    topicId,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    numPartitions: partitionCount,
    replicationFactor: REPLICATION_FACTOR,
    configs: Object.keys(TOPIC_CONFIGS).map((config) => ({
      name: config,
      value: effectiveValue(configs, config),
      readOnly: false,
      configSource: configs.has(config) ? CONFIG_SOURCE_TOPIC : CONFIG_SOURCE_DEFAULT,
      isSensitive: false,
    })),
  };
}

function failure(name: string, { code, message }: KafkaError): TopicResult {
  return { name, errorCode: code, errorMessage: message, configs: null };
}
