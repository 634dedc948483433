import { MetadataFormatError, type KeyValue } from './metadata-store.js';
import { decodeTopicConfig, encodeTopicConfig } from './records.js';
import { numberOf, type TopicConfigs } from './topic-configs.js';
import { uuidBytes, uuidOf } from './uuid.js';

export interface Topic {
  readonly name: string;
  /** 22 characters of base64url, as Kafka prints a UUID. Unique to this topic: a re-created namesake has another. */
  readonly id: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly configs: TopicConfigs;
  /** RFC 3339. */
  readonly createdAt: string;
}

export function encodeTopic(topic: Topic): Buffer {
  return encodeTopicConfig({
    name: topic.name,
    partitions: topic.partitionCount,
    replicationFactor: topic.replicationFactor,
    retentionMs: storedNumber(topic.configs, 'retention.ms'),
    retentionBytes: storedNumber(topic.configs, 'retention.bytes'),
    segmentBytes: storedNumber(topic.configs, 'segment.bytes'),
    createdAt: topic.createdAt,
    config: Object.fromEntries(topic.configs),
    topicId: uuidBytes(topic.id),
  });
}

/** @throws MetadataFormatError */
export function decodeTopic(entry: Pick<KeyValue, 'key' | 'value'>): Topic {
  const record = decodeTopicConfig(entry.value, entry.key);
  const id = uuidOf(record.topicId);
  if (id === undefined || record.partitions < 1) {
    throw new MetadataFormatError(`${entry.key} is no TopicConfig: it lacks a topic id or partitions`);
  }
  return {
    name: record.name,
    id,
    partitionCount: record.partitions,
    replicationFactor: record.replicationFactor,
    configs: new Map(Object.entries(record.config)),
    createdAt: record.createdAt,
  };
}

function storedNumber(configs: TopicConfigs, name: string): number {
  return Math.min(numberOf(configs, name), Number.MAX_SAFE_INTEGER);
}
