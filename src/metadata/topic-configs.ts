import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { faultOf, listItems } from './config-value.js';
import { TOPIC_CONFIGS, type TopicConfigDefinition } from './topic-config-definitions.js';

/** A topic's own configurations by name, as given; what is absent has the default. */
export type TopicConfigs = ReadonlyMap<string, string>;

/** What the log needs to know of a topic's configuration. */
export interface TopicLogConfig {
  /** Largest record batch, in bytes. */
  readonly maxMessageBytes: number;
  /** Whether the broker dates the records. */
  readonly logAppendTime: boolean;
  /** How far behind the broker's clock a record may be dated, ms. */
  readonly timestampBeforeMaxMs: number;
  /** How far ahead of the broker's clock a record may be dated, ms. */
  readonly timestampAfterMaxMs: number;
  /** Whether every record needs a key. */
  readonly compacted: boolean;
  /** `producer`, or the codec in which records are to be stored. */
  readonly compressionType: string;
}

/**
 * Checks names and values.
 *
 * @throws KafkaError INVALID_CONFIG whose message says what would be right
 */
export function validateTopicConfigs(configs: TopicConfigs): void {
  for (const [name, value] of configs) {
    const definition = definitionOf(name);
    if (definition === undefined) throw invalid(`Unknown topic config name: ${name}`);
    const fault = faultOf(definition.type, value);
    if (fault !== undefined) throw invalid(`Invalid value "${value}" for configuration ${name}: it must be ${fault}.`);
  }
  if (effectiveValue(configs, 'remote.storage.enable').toLowerCase() === 'true') {
    throw invalid('Tiered storage is not available: remote.storage.enable must be false.');
  }
  if (numberOf(configs, 'min.compaction.lag.ms') > numberOf(configs, 'max.compaction.lag.ms')) {
    throw invalid('min.compaction.lag.ms must not exceed max.compaction.lag.ms.');
  }
}

/** The configuration that the log acts on. */
export function logConfigOf(configs: TopicConfigs): TopicLogConfig {
  return {
    maxMessageBytes: numberOf(configs, 'max.message.bytes'),
    logAppendTime: effectiveValue(configs, 'message.timestamp.type') === 'LogAppendTime',
    timestampBeforeMaxMs: numberOf(configs, 'message.timestamp.before.max.ms'),
    timestampAfterMaxMs: numberOf(configs, 'message.timestamp.after.max.ms'),
    compacted: listItems(effectiveValue(configs, 'cleanup.policy')).includes('compact'),
    compressionType: effectiveValue(configs, 'compression.type'),
  };
}

/**
 * The topic's own value if it is one, else the default: other programs write topics too, and one bad value must not
 * make a topic unusable.
 *
 * @throws RangeError when there is no such configuration
 */
export function effectiveValue(configs: TopicConfigs, name: string): string {
  const definition = definitionOf(name);
  if (definition === undefined) throw new RangeError(`${name} is no topic configuration`);
  const value = configs.get(name)?.trim();
  return value === undefined || faultOf(definition.type, value) !== undefined ? definition.default : value;
}

/**
 * The effective value of a numeric configuration. Beyond 2^53 it is the nearest number.
 *
 * @throws RangeError when there is no such configuration
 */
export function numberOf(configs: TopicConfigs, name: string): number {
  return Number(effectiveValue(configs, name));
}

function definitionOf(name: string): TopicConfigDefinition | undefined {
  return Object.hasOwn(TOPIC_CONFIGS, name) ? TOPIC_CONFIGS[name] : undefined;
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_CONFIG, message);
}
