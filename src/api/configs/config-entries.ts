/*
 * Configurations as DescribeConfigs shows them. The numbers are those of `org.apache.kafka.common.config.ConfigResource`
 * and of the DescribeConfigs messages (KIP-226, KIP-569).
 */
import type { ConfigType } from '../../metadata/config-value.js';
import { documentationOf, TOPIC_CONFIGS } from '../../metadata/topic-config-definitions.js';
import { effectiveValue, type TopicConfigs } from '../../metadata/topic-configs.js';
import type { ResponseInput } from '../../protocol/codec/index.js';
import type { DescribeConfigs } from '../../protocol/schema/index.js';

export type ConfigEntry = ResponseInput<typeof DescribeConfigs>['results'][number]['configs'][number];

type Synonym = NonNullable<ConfigEntry['synonyms']>[number];

export const ResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const;

/** Where a value comes from. */
export const ConfigSource = {
  TOPIC: 1,
  DYNAMIC_DEFAULT_BROKER: 3,
  STATIC_BROKER: 4,
  DEFAULT: 5,
  BROKER_LOGGER: 6,
  GROUP: 8,
} as const;

const TYPES: Readonly<Record<ConfigType['kind'], number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  long: 5,
  double: 6,
  list: 7,
};

/** The number of a type of configuration. */
export function configTypeOf(kind: ConfigType['kind']): number {
  return TYPES[kind];
}

/**
 * All configurations of a topic, in the order of their names.
 *
 * @param own the topic's
 * @param defaults what the cluster's administrators have set for all topics
 */
export function topicConfigEntries(own: TopicConfigs, defaults: TopicConfigs): ConfigEntry[] {
  const effective = new Map([...defaults, ...own]);
  return Object.entries(TOPIC_CONFIGS).map(([name, definition]) => {
    const { type, default: builtIn, brokerName } = definition;
    // Topics have names of their own for what brokers have as defaults.
    const synonyms = brokerName === undefined ? [] : brokerSynonyms(name, brokerName, builtIn, defaults);
    if (own.has(name)) synonyms.unshift({ name, value: effectiveValue(own, name), source: ConfigSource.TOPIC });
    return {
      name,
      value: effectiveValue(effective, name),
      readOnly: false,
      configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT,
      isSensitive: false,
      synonyms,
      configType: configTypeOf(type.kind),
      documentation: documentationOf(definition),
    };
  });
}

/** The defaults of topics as configurations of brokers, which may be changed for all brokers at once. */
export function topicDefaultEntries(defaults: TopicConfigs): ConfigEntry[] {
  return Object.entries(TOPIC_CONFIGS).flatMap(([name, definition]) => {
    const { type, default: builtIn, brokerName } = definition;
    if (brokerName === undefined) return [];
    const synonyms = brokerSynonyms(name, brokerName, builtIn, defaults);
    return {
      name: brokerName,
      value: effectiveValue(defaults, name),
      readOnly: false,
      configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT,
      isSensitive: false,
      synonyms,
      configType: configTypeOf(type.kind),
      documentation: documentationOf(definition),
    };
  });
}

/** The deciding one first. */
function brokerSynonyms(name: string, brokerName: string, builtIn: string, defaults: TopicConfigs): Synonym[] {
  const byDefault = { name: brokerName, value: builtIn, source: ConfigSource.DEFAULT };
  if (!defaults.has(name)) return [byDefault];
  return [
    { name: brokerName, value: effectiveValue(defaults, name), source: ConfigSource.DYNAMIC_DEFAULT_BROKER },
    byDefault,
  ];
}

/** The one logger that there is. */
export function loggerEntry(level: string): ConfigEntry {
  return {
    name: 'root',
    value: level.toUpperCase(),
    readOnly: true,
    configSource: ConfigSource.BROKER_LOGGER,
    isSensitive: false,
    synonyms: [],
    configType: configTypeOf('string'),
    documentation: 'The least important events that are logged (KAFSCALE_LOG_LEVEL).',
  };
}
