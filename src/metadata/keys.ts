import { isValidTopicName } from './topic-name.js';

/*
 * The keys of the metadata store, relative to its prefix. Whatever goes into a key is checked, so that no name can reach
 * another's keys; a wrong one is a RangeError.
 */

export const TOPICS_PREFIX = 'topics/';
export const BROKERS_PREFIX = 'brokers/';
export const ASSIGNMENTS_PREFIX = 'assignments/';
export const INCARNATIONS_PREFIX = 'incarnations/';
export const COMMITS_PREFIX = 'commits/';
export const TRIMS_PREFIX = 'trims/';
export const MERGES_PREFIX = 'merges/';
export const DELETED_TOPICS_PREFIX = 'deleted-topics/';
export const CONSUMERS_PREFIX = 'consumers/';
export const GROUP_CONFIGS_PREFIX = 'group-configs/';
export const PRODUCER_IDS_KEY = 'producer-ids';
export const CLUSTER_ID_KEY = 'cluster-id';
/** In which versions everything is written. */
export const FORMAT_LEVEL_KEY = 'format-level';
/** Added to the store's revisions where they are compared with what was seen before a recovery. */
export const REVISION_FLOOR_KEY = 'revision-floor';
/** Configurations that all topics have unless they say otherwise. */
export const TOPIC_DEFAULTS_KEY = 'topic-defaults';
/** Who coordinates which groups. One record, so that a write of groups can compare it. */
export const GROUP_SLOTS_KEY = 'group-slots';
/** Held, under its lease, by the broker that assigns partitions. */
export const CONTROLLER_KEY = 'controller';

/** Prefix of all keys of one topic but its assignments. */
export const topicPrefix = (topic: string) => `${TOPICS_PREFIX}${topicName(topic)}/`;

export const topicConfigKey = (topic: string) => `${topicPrefix(topic)}config`;

/** Prefix of the states of one topic's partitions. */
export const partitionStatesPrefix = (topic: string) => `${topicPrefix(topic)}partitions/`;

export const partitionStateKey = (topic: string, partition: number) =>
  `${partitionStatesPrefix(topic)}${integer(partition)}`;

export const brokerKey = (nodeId: number) => `${BROKERS_PREFIX}${integer(nodeId)}`;

/** Prefix of the assignments of one topic's partitions. */
export const topicAssignmentsPrefix = (topic: string) => `${ASSIGNMENTS_PREFIX}${topicName(topic)}/`;

export const assignmentKey = (topic: string, partition: number) =>
  `${topicAssignmentsPrefix(topic)}${integer(partition)}`;

export const incarnationKey = (incarnationId: string) => `${INCARNATIONS_PREFIX}${identifier(incarnationId)}`;

export const commitKey = (incarnationId: string) => `${COMMITS_PREFIX}${identifier(incarnationId)}`;

/** Up to which WAL object an incarnation's WAL is not needed any more. */
export const trimKey = (incarnationId: string) => `${TRIMS_PREFIX}${identifier(incarnationId)}`;

/** The objects that replace an incarnation's WAL objects. */
export const mergesKey = (incarnationId: string) => `${MERGES_PREFIX}${identifier(incarnationId)}`;

/** Notes that a topic's objects are to be deleted. */
export const deletedTopicKey = (topicId: string) => `${DELETED_TOPICS_PREFIX}${identifier(topicId)}`;

/** Prefix of all keys of one group. Any text is a group id: what could be taken for more than a name is escaped. */
export const groupPrefix = (groupId: string) => `${CONSUMERS_PREFIX}${escapeGroupId(groupId)}/`;

export const groupMetadataKey = (groupId: string) => `${groupPrefix(groupId)}metadata`;

export const committedOffsetKey = (groupId: string, topic: string, partition: number) =>
  `${groupPrefix(groupId)}offsets/${topicName(topic)}/${integer(partition)}`;

/** What a group's administrators have set for it: it stays when the group is deleted. */
export const groupConfigKey = (groupId: string) => `${GROUP_CONFIGS_PREFIX}${escapeGroupId(groupId)}`;

/** Names the last transaction in which a broker wrote groups and their offsets. */
export const groupWriterKey = (nodeId: number) => `group-writers/${integer(nodeId)}`;

export type ParsedKey =
  | { readonly type: 'topicConfig'; readonly topic: string }
  | { readonly type: 'partitionState'; readonly topic: string; readonly partition: number }
  | { readonly type: 'broker'; readonly nodeId: number }
  | { readonly type: 'assignment'; readonly topic: string; readonly partition: number }
  | { readonly type: 'incarnation'; readonly incarnationId: string }
  | { readonly type: 'commit'; readonly incarnationId: string }
  | { readonly type: 'trim'; readonly incarnationId: string }
  | { readonly type: 'merges'; readonly incarnationId: string }
  | { readonly type: 'deletedTopic'; readonly topicId: string }
  | { readonly type: 'groupMetadata'; readonly groupId: string }
  | {
      readonly type: 'committedOffset';
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
    }
  | { readonly type: 'groupConfig'; readonly groupId: string }
  | { readonly type: 'groupWriter'; readonly nodeId: number }
  | { readonly type: 'producerIds' }
  | { readonly type: 'clusterId' }
  | { readonly type: 'formatLevel' }
  | { readonly type: 'groupSlots' }
  | { readonly type: 'revisionFloor' }
  | { readonly type: 'topicDefaults' };

/** What a key stands for; undefined for a key that this version doesn't know, which it must leave alone. */
export function parseKey(key: string): ParsedKey | undefined {
  const parsed = interpret(key.split('/'));
  return parsed !== undefined && buildKey(parsed) === key ? parsed : undefined;
}

function interpret(parts: readonly string[]): ParsedKey | undefined {
  const [root, name = '', kind = '', number = ''] = parts;
  if (root === 'consumers') return interpretConsumers(parts);
  switch (root) {
    case 'topics':
      if (!isValidTopicName(name)) return undefined;
      if (kind === 'config') return { type: 'topicConfig', topic: name };
      return kind === 'partitions' && isInteger(number)
        ? { type: 'partitionState', topic: name, partition: Number(number) }
        : undefined;
    case 'assignments':
      return isValidTopicName(name) && isInteger(kind)
        ? { type: 'assignment', topic: name, partition: Number(kind) }
        : undefined;
    case 'brokers':
      return isInteger(name) ? { type: 'broker', nodeId: Number(name) } : undefined;
    case 'incarnations':
      return IDENTIFIER.test(name) ? { type: 'incarnation', incarnationId: name } : undefined;
    case 'commits':
      return IDENTIFIER.test(name) ? { type: 'commit', incarnationId: name } : undefined;
    case 'trims':
      return IDENTIFIER.test(name) ? { type: 'trim', incarnationId: name } : undefined;
    case 'merges':
      return IDENTIFIER.test(name) ? { type: 'merges', incarnationId: name } : undefined;
    case 'deleted-topics':
      return IDENTIFIER.test(name) ? { type: 'deletedTopic', topicId: name } : undefined;
    case 'group-configs':
      return interpretGroupConfig(name);
    case 'group-writers':
      return isInteger(name) ? { type: 'groupWriter', nodeId: Number(name) } : undefined;
    case PRODUCER_IDS_KEY:
      return { type: 'producerIds' };
    case CLUSTER_ID_KEY:
      return { type: 'clusterId' };
    case FORMAT_LEVEL_KEY:
      return { type: 'formatLevel' };
    case GROUP_SLOTS_KEY:
      return { type: 'groupSlots' };
    case REVISION_FLOOR_KEY:
      return { type: 'revisionFloor' };
    case TOPIC_DEFAULTS_KEY:
      return { type: 'topicDefaults' };
    default:
      return undefined;
  }
}

function interpretConsumers(parts: readonly string[]): ParsedKey | undefined {
  const [, group = '', kind, topic = '', partition = ''] = parts;
  const groupId = unescapeGroupId(group);
  if (groupId === undefined) return undefined;
  if (kind === 'metadata') return { type: 'groupMetadata', groupId };
  return kind === 'offsets' && isValidTopicName(topic) && isInteger(partition)
    ? { type: 'committedOffset', groupId, topic, partition: Number(partition) }
    : undefined;
}

function interpretGroupConfig(escaped: string): ParsedKey | undefined {
  const groupId = unescapeGroupId(escaped);
  return groupId === undefined ? undefined : { type: 'groupConfig', groupId };
}

function buildKey(key: ParsedKey): string {
  switch (key.type) {
    case 'topicConfig':
      return topicConfigKey(key.topic);
    case 'partitionState':
      return partitionStateKey(key.topic, key.partition);
    case 'broker':
      return brokerKey(key.nodeId);
    case 'assignment':
      return assignmentKey(key.topic, key.partition);
    case 'incarnation':
      return incarnationKey(key.incarnationId);
    case 'commit':
      return commitKey(key.incarnationId);
    case 'trim':
      return trimKey(key.incarnationId);
    case 'merges':
      return mergesKey(key.incarnationId);
    case 'deletedTopic':
      return deletedTopicKey(key.topicId);
    case 'groupMetadata':
      return groupMetadataKey(key.groupId);
    case 'committedOffset':
      return committedOffsetKey(key.groupId, key.topic, key.partition);
    case 'groupConfig':
      return groupConfigKey(key.groupId);
    case 'groupWriter':
      return groupWriterKey(key.nodeId);
    case 'producerIds':
      return PRODUCER_IDS_KEY;
    case 'clusterId':
      return CLUSTER_ID_KEY;
    case 'formatLevel':
      return FORMAT_LEVEL_KEY;
    case 'groupSlots':
      return GROUP_SLOTS_KEY;
    case 'revisionFloor':
      return REVISION_FLOOR_KEY;
    case 'topicDefaults':
      return TOPIC_DEFAULTS_KEY;
  }
}

const IDENTIFIER = /^[A-Za-z0-9_-]{1,64}$/;
const INTEGER = /^(0|[1-9][0-9]{0,9})$/;
const MAX_INT32 = 2 ** 31 - 1;

/** Common ids stay as they are. */
function escapeGroupId(groupId: string): string {
  return groupId.toWellFormed().replaceAll(/[%/\p{Cc}]/gu, encodeURIComponent);
}

function unescapeGroupId(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}

function topicName(name: string): string {
  if (!isValidTopicName(name)) throw new RangeError(`"${name}" is no topic name`);
  return name;
}

function identifier(id: string): string {
  if (!IDENTIFIER.test(id)) throw new RangeError(`"${id}" is no identifier: 1 to 64 characters of [A-Za-z0-9_-]`);
  return id;
}

function integer(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > MAX_INT32) {
    throw new RangeError(`${value} is not in 0 to ${MAX_INT32}`);
  }
  return value.toString();
}

function isInteger(text: string): boolean {
  return INTEGER.test(text) && Number(text) <= MAX_INT32;
}
