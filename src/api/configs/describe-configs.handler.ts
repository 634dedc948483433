/*
 * DescribeConfigs: the configurations of topics, groups and brokers, with where each value comes from (KIP-226, KIP-569).
 *
 * - A broker answers for itself only, another id is INVALID_REQUEST; the empty name means what is set for all brokers.
 * - Of loggers there is one, the root, whose level comes from the environment.
 * - A group need not exist to have configurations; one without a name is INVALID_REQUEST.
 * - Unknown topics: UNKNOWN_TOPIC_OR_PARTITION; a name that no topic can have: INVALID_TOPIC_EXCEPTION. Other kinds of
 *   resources: INVALID_REQUEST.
 * - Synonyms and documentation only when they are asked for. Unknown configurations that are asked for are left out.
 */
import type { BrokerConfig } from '../../config/broker-config.js';
import type { GroupConfigs } from '../../metadata/group-configs.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { isValidTopicName } from '../../metadata/topic-name.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DescribeConfigs } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { brokerConfigEntries } from './broker-config-entries.js';
import {
  ConfigSource,
  loggerEntry,
  ResourceType,
  topicConfigEntries,
  topicDefaultEntries,
  type ConfigEntry,
} from './config-entries.js';
import { groupConfigEntries } from './group-config-entries.js';

type Request = RequestOf<typeof DescribeConfigs>;
type Response = ResponseInput<typeof DescribeConfigs>;
type Resource = Request['resources'][number];
type Result = Response['results'][number];

@KafkaApi(DescribeConfigs)
export class DescribeConfigsHandler implements KafkaApiHandler<typeof DescribeConfigs> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly defaults: TopicDefaults,
    private readonly groups: GroupConfigs,
    private readonly config: BrokerConfig,
  ) {}

  handle(request: Request): Response {
    return { results: request.resources.map((resource) => this.describe(resource, request)) };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return { results: request.resources.map((resource) => failure(resource, new KafkaError(code, message))) };
  }

  private describe(resource: Resource, request: Request): Result {
    const { resourceType, resourceName, configurationKeys } = resource;
    try {
      // Apache Kafka takes an empty list for all, too.
      const asked = configurationKeys?.length ? new Set(configurationKeys) : undefined;
      const configs = this.entriesOf(resource)
        .filter(({ name }) => asked?.has(name) ?? true)
        .map((entry) => reduced(entry, request));
      return { errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName, configs };
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return failure(resource, error);
    }
  }

  /** @throws KafkaError */
  private entriesOf({ resourceType, resourceName }: Resource): ConfigEntry[] {
    switch (resourceType) {
      case ResourceType.TOPIC:
        return this.topicEntries(resourceName);
      case ResourceType.BROKER:
        if (resourceName === '') {
          return topicDefaultEntries(this.defaults.configs).filter(
            ({ configSource }) => configSource === ConfigSource.DYNAMIC_DEFAULT_BROKER,
          );
        }
        this.requireSelf(resourceName);
        return [...brokerConfigEntries(this.config), ...topicDefaultEntries(this.defaults.configs)].sort(byName);
      case ResourceType.BROKER_LOGGER:
        this.requireSelf(resourceName);
        return [loggerEntry(this.config.logging.level)];
      case ResourceType.GROUP:
        if (resourceName === '') throw new KafkaError(ErrorCode.INVALID_REQUEST, 'Group name must not be empty');
        return groupConfigEntries(this.groups.get(resourceName), this.config);
      default:
        throw new KafkaError(
          ErrorCode.INVALID_REQUEST,
          `There are no configurations of resource type ${resourceType}.`,
        );
    }
  }

  private topicEntries(name: string): ConfigEntry[] {
    const topic = this.catalogue.get(name);
    if (topic !== undefined) return topicConfigEntries(topic.configs, this.defaults.configs);
    if (!isValidTopicName(name)) {
      throw new KafkaError(ErrorCode.INVALID_TOPIC_EXCEPTION, `"${name}" is no topic name.`);
    }
    throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Topic "${name}" does not exist.`);
  }

  private requireSelf(brokerName: string): void {
    const self = String(this.config.brokerId);
    if (brokerName === self) return;
    throw new KafkaError(
      ErrorCode.INVALID_REQUEST,
      `Unexpected broker id, expected ${self}, but received ${brokerName}`,
    );
  }
}

function reduced(entry: ConfigEntry, { includeSynonyms, includeDocumentation }: Request): ConfigEntry {
  return {
    ...entry,
    synonyms: includeSynonyms ? entry.synonyms : [],
    documentation: includeDocumentation ? entry.documentation : null,
  };
}

function byName(a: ConfigEntry, b: ConfigEntry): number {
  return a.name < b.name ? -1 : 1;
}

function failure({ resourceType, resourceName }: Resource, { code, message }: KafkaError): Result {
  return { errorCode: code, errorMessage: message, resourceType, resourceName, configs: [] };
}
