/* What IncrementalAlterConfigs and AlterConfigs may ask for, and what it makes of configurations. */
import { listItems } from '../../metadata/config-value.js';
import { TOPIC_CONFIGS } from '../../metadata/topic-config-definitions.js';
import { effectiveValue, type TopicConfigs } from '../../metadata/topic-configs.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { duplicatesOf } from '../admin-requests.js';

/** The operations of IncrementalAlterConfigs (KIP-339). */
export const Operation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

/** One change of one configuration. */
export interface ConfigOperation {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
}

/** Gives the configurations after a change for those before it. Applied twice it gives the same as once. */
export type ConfigChange = (before: TopicConfigs) => TopicConfigs;

const OPERATION_NAMES = new Map<number, string>(Object.entries(Operation).map(([name, code]) => [code, name]));

const TOPIC_NAMES = new Map(
  Object.entries(TOPIC_CONFIGS).flatMap(([name, { brokerName }]) =>
    brokerName === undefined ? [] : ([[brokerName, name]] as const),
  ),
);

/**
 * Translates the names that brokers have for the defaults of topics into those of topics.
 *
 * @throws KafkaError INVALID_REQUEST for a configuration that can't be changed while brokers run
 */
export function topicNames<T extends { readonly name: string }>(configs: readonly T[]): T[] {
  const unknown = configs.filter(({ name }) => !TOPIC_NAMES.has(name)).map(({ name }) => name);
  if (unknown.length > 0) throw invalidRequest(`Cannot update these configs dynamically: ${unknown.join(', ')}`);
  return configs.map((config) => ({ ...config, name: TOPIC_NAMES.get(config.name) ?? config.name }));
}

/**
 * The change that operations make.
 *
 * @throws KafkaError INVALID_REQUEST when they make no sense, whatever they are applied to; the change itself throws
 *   INVALID_CONFIG for a list operation on what is no list
 */
export function changeOf(operations: readonly ConfigOperation[]): ConfigChange {
  checkOperations(operations);
  return (before) => {
    const after = new Map(before);
    for (const { name, configOperation, value } of operations) {
      if (configOperation === Operation.DELETE) after.delete(name);
      else if (configOperation === Operation.SET) after.set(name, value ?? '');
      else after.set(name, editList(name, configOperation, value ?? '', before));
    }
    return after;
  };
}

/**
 * The change that leaves nothing but these configurations.
 *
 * @throws KafkaError INVALID_REQUEST when one is there twice or has no value
 */
export function replacementBy(configs: readonly Omit<ConfigOperation, 'configOperation'>[]): ConfigChange {
  checkOperations(configs.map((config) => ({ ...config, configOperation: Operation.SET })));
  const after = new Map(configs.map(({ name, value }) => [name, value ?? '']));
  return () => after;
}

function checkOperations(operations: readonly ConfigOperation[]): void {
  const unknown = operations.find(({ configOperation }) => !OPERATION_NAMES.has(configOperation));
  if (unknown !== undefined) throw invalidRequest(`There is no operation ${unknown.configOperation}.`);
  const duplicates = duplicatesOf(operations, ({ name }) => name);
  if (duplicates.size > 0) throw invalidRequest(`Error due to duplicate config keys: ${[...duplicates].join(', ')}`);
  const missing = operations.filter(
    ({ configOperation, value }) => configOperation !== Operation.DELETE && value === null,
  );
  if (missing.length > 0) {
    throw invalidRequest(`Null value not supported for: ${missing.map(({ name }) => name).join(', ')}`);
  }
}

function editList(name: string, operation: number, value: string, before: TopicConfigs): string {
  const definition = Object.hasOwn(TOPIC_CONFIGS, name) ? TOPIC_CONFIGS[name] : undefined;
  if (definition?.type.kind !== 'list') {
    throw new KafkaError(
      ErrorCode.INVALID_CONFIG,
      `Can't ${OPERATION_NAMES.get(operation)} to key ${name} because its type is not LIST.`,
    );
  }
  const present = listItems(effectiveValue(before, name));
  const items = listItems(value);
  const edited =
    operation === Operation.APPEND
      ? [...new Set([...present, ...items])]
      : present.filter((item) => !items.includes(item));
  return edited.join(',');
}

function invalidRequest(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_REQUEST, message);
}
