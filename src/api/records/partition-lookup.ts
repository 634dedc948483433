import type { PartitionLog } from '../../log/partition-log.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { ReadableLog } from '../../log/readable-log.js';
import type { Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';

/** How requests name a topic: by name in older versions, by id in newer ones, the other being empty or zero. */
export interface TopicReference {
  readonly name: string;
  readonly topicId: string;
}

/**
 * The topic that a request means.
 *
 * @param byId whether the request's version names topics by id
 * @throws KafkaError UNKNOWN_TOPIC_ID or UNKNOWN_TOPIC_OR_PARTITION
 */
export function findTopic(catalogue: TopicCatalogue, reference: TopicReference, byId: boolean): Topic {
  const topic = byId ? catalogue.getById(reference.topicId) : catalogue.get(reference.name);
  if (topic !== undefined) return topic;
  if (byId || reference.topicId !== ZERO_UUID) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_ID);
  throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
}

/**
 * The log of a partition that this broker leads.
 *
 * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION when the topic has no such partition
 * @throws KafkaError NOT_LEADER_OR_FOLLOWER when this broker doesn't lead it, or has not opened it yet
 */
export function findLog(logs: PartitionLogs, topic: Topic, partition: number): PartitionLog {
  const log = logs.find(topic.id, partition);
  if (log !== undefined) return log;
  requirePartition(topic, partition);
  // It may be among those that are still to be opened.
  logs.want(topic.id, partition);
  throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
}

/** @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION when the topic has no such partition */
export function requirePartition({ partitionCount }: Topic, partition: number): void {
  if (partition < 0 || partition >= partitionCount) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
}

/**
 * Checks the leader epoch that a client believes in (KIP-320).
 *
 * @param epoch −1 when the client doesn't know one
 * @throws KafkaError FENCED_LEADER_EPOCH for an older epoch, UNKNOWN_LEADER_EPOCH for a newer one
 */
export function checkLeaderEpoch(log: Pick<ReadableLog, 'leaderEpoch' | 'highWatermark'>, epoch: number): void {
  // Who has yet to find out about a partition can't judge.
  if (epoch < 0 || epoch === log.leaderEpoch || log.highWatermark < 0) return;
  if (epoch < log.leaderEpoch) throw new KafkaError(ErrorCode.FENCED_LEADER_EPOCH);
  throw new KafkaError(ErrorCode.UNKNOWN_LEADER_EPOCH);
}
