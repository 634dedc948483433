import type { AssignedTopic } from '../consumer-protocol.js';
import { listPartitions, partitionsOf, type Partitions } from './partitions.js';
import type { TopicsView } from './subscriptions.js';

/** Partitions as the classic protocol names them, by the ids of their topics. Topics that are gone are left out. */
export function fromNamed(assigned: readonly AssignedTopic[], topics: TopicsView): Partitions {
  const known = assigned.flatMap(({ topic, partitions }) => {
    const id = topics.get(topic)?.id;
    return id === undefined ? [] : [{ topicId: id, partitions }];
  });
  return partitionsOf(known);
}

/** Partitions by the names of their topics. Topics that are gone are left out. */
export function toNamed(partitions: Partitions, topics: TopicsView): AssignedTopic[] {
  return listPartitions(partitions).flatMap(({ topicId, partitions: numbers }) => {
    const topic = topics.getById(topicId)?.name;
    return topic === undefined ? [] : [{ topic, partitions: numbers }];
  });
}
