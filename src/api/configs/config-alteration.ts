import { validateGroupConfig } from '../../groups/group-config.js';
import type { ConsumerGroupOptions } from '../../groups/group-options.js';
import type { Logger } from '../../logging/logger.js';
import type { GroupConfigs } from '../../metadata/group-configs.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { validateTopicConfigs } from '../../metadata/topic-configs.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { asKafkaError, duplicatesOf, requireAdminApis, type AdminOptions } from '../admin-requests.js';
import { ResourceType } from './config-entries.js';
import { topicNames, type ConfigChange } from './config-operations.js';

export interface ConfigResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

/** A resource, and what is to happen to its configurations, as one of the two requests says it. */
export interface Alteration<Item> extends ConfigResource {
  readonly configs: readonly Item[];
}

export interface AlterationResult extends ConfigResource {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string | null;
}

const CHANGE_TIMEOUT_MS = 30_000;

/**
 * Changes the configurations of topics and of groups, and the defaults that brokers have for all topics. Each resource has its own
 * result, and is changed as a whole or not at all. A change holds for what is produced from then on, when it is answered.
 */
export class ConfigAlteration {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly defaults: TopicDefaults,
    private readonly groups: GroupConfigs,
    private readonly logger: Logger,
    private readonly options: AdminOptions,
    private readonly groupOptions: ConsumerGroupOptions,
  ) {}

  /**
   * Carries out all changes of a request, or only checks them.
   *
   * @param toChange checks what is to happen, by the names that topics have for configurations; may throw KafkaError
   */
  async alterAll<Item extends { readonly name: string }>(
    alterations: readonly Alteration<Item>[],
    validateOnly: boolean,
    toChange: (configs: readonly Item[]) => ConfigChange,
  ): Promise<AlterationResult[]> {
    const duplicates = duplicatesOf(alterations, keyOf);
    const results = await Promise.all(
      alterations.map(async (alteration) => {
        try {
          requireAdminApis(this.options, 'change configurations');
          if (duplicates.has(keyOf(alteration))) throw invalidRequest('Each resource must appear at most once.');
          await this.alter(alteration, validateOnly, toChange);
          return resultOf(alteration);
        } catch (error) {
          return resultOf(alteration, asKafkaError(error));
        }
      }),
    );
    return results;
  }

  private async alter<Item extends { readonly name: string }>(
    { resourceType, resourceName, configs }: Alteration<Item>,
    validateOnly: boolean,
    toChange: (configs: readonly Item[]) => ConfigChange,
  ): Promise<void> {
    if (resourceType === ResourceType.BROKER) {
      requireAllBrokers(resourceName);
      const change = toChange(topicNames(configs));
      if (validateOnly) validateTopicConfigs(change(this.defaults.configs));
      else await this.defaults.alter(change, CHANGE_TIMEOUT_MS);
      return;
    }
    const change = toChange(configs);
    if (resourceType === ResourceType.GROUP) {
      await this.alterGroup(resourceName, change, validateOnly);
      return;
    }
    if (resourceType !== ResourceType.TOPIC) {
      throw invalidRequest('Only configurations of topics, groups and brokers can be changed.');
    }
    const topic = this.catalogue.get(resourceName);
    if (topic === undefined) {
      throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${resourceName}' does not exist.`);
    }
    if (validateOnly) {
      validateTopicConfigs(change(topic.configs));
      return;
    }
    await this.catalogue.alterConfigs(resourceName, change, CHANGE_TIMEOUT_MS);
    const names = configs.map(({ name }) => name);
    this.logger.info({ event: 'configs_changed', topic: resourceName, configs: names }, 'configurations changed');
  }

  private async alterGroup(groupId: string, change: ConfigChange, validateOnly: boolean): Promise<void> {
    if (groupId === '') throw invalidRequest('Default group resources are not allowed.');
    const validChange: ConfigChange = (before) => {
      const after = change(before);
      validateGroupConfig(after, this.groupOptions);
      return after;
    };
    if (validateOnly) validChange(this.groups.get(groupId));
    else await this.groups.alter(groupId, validChange, CHANGE_TIMEOUT_MS);
  }
}

/** The result for a resource: that of an error, or of success. */
export function resultOf({ resourceType, resourceName }: ConfigResource, error?: KafkaError): AlterationResult {
  const errorCode = error?.code ?? ErrorCode.NONE;
  return { errorCode, errorMessage: error?.message ?? null, resourceType, resourceName };
}

function requireAllBrokers(brokerName: string): void {
  if (brokerName === '') return;
  throw invalidRequest(
    'A broker has no configuration of its own that could be changed while it runs. The defaults of topics are changed ' +
      'for all brokers at once, by naming none; everything else comes from the environment (KAFSCALE_*).',
  );
}

function keyOf({ resourceType, resourceName }: ConfigResource): string {
  return `${resourceType} ${resourceName}`;
}

function invalidRequest(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_REQUEST, message);
}
