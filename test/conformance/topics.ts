import { randomUUID } from 'node:crypto';
import type { ResponseOf } from '../../src/protocol/codec/index.js';
import { ErrorCode } from '../../src/protocol/errors.js';
import { CreateTopics, DeleteTopics, ListOffsets, Metadata } from '../../src/protocol/schema/index.js';
import type { WireClient } from '../support/wire-client.js';
import { until } from '../support/until.js';

export interface TestTopic {
  readonly name: string;
  readonly topicId: string;
}

export type TopicMetadata = ResponseOf<typeof Metadata>['topics'][number];

/** A legal topic name that no other run uses. */
export function uniqueName(): string {
  return `conformance-${randomUUID()}`;
}

/** Makes a topic with a new name and waits until all its partitions are served. */
export async function createTopic(
  client: WireClient,
  options: { readonly partitions?: number; readonly configs?: Readonly<Record<string, string>> } = {},
): Promise<TestTopic> {
  const name = uniqueName();
  await createTopicNamed(client, name, options);
  const { topicId } = await topicWithLeaders(client, name);
  return { name, topicId };
}

async function createTopicNamed(
  client: WireClient,
  name: string,
  options: { readonly partitions?: number; readonly configs?: Readonly<Record<string, string>> },
): Promise<void> {
  const configs = Object.entries(options.configs ?? {}).map(([key, value]) => ({ name: key, value }));
  const answer = await client.send(CreateTopics, 7, {
    topics: [{ name, numPartitions: options.partitions ?? 1, replicationFactor: 1, assignments: [], configs }],
    timeoutMs: 10_000,
  });
  const [topic] = answer.topics;
  if (topic?.errorCode !== ErrorCode.NONE) throw new Error(`topic not created: ${JSON.stringify(topic)}`);
}

/**
 * Waits until the broker knows the topic and serves all its partitions: Apache Kafka names a partition's leader before
 * the leader itself knows.
 */
export async function topicWithLeaders(client: WireClient, name: string): Promise<TopicMetadata> {
  const topic = await until(`leaders of ${name}`, async () => {
    const metadata = await topicMetadata(client, name);
    const ready =
      metadata.errorCode === ErrorCode.NONE &&
      metadata.partitions.length > 0 &&
      metadata.partitions.every(({ errorCode, leaderId }) => errorCode === ErrorCode.NONE && leaderId >= 0);
    return ready ? metadata : undefined;
  });
  const partitions = topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, timestamp: -1 }));
  await until(`the logs of ${name}`, async () => {
    const answer = await client.send(ListOffsets, 7, { replicaId: -1, topics: [{ name, partitions }] });
    const listed = answer.topics.flatMap((entry) => entry.partitions);
    return listed.every(({ errorCode }) => errorCode === ErrorCode.NONE) ? true : undefined;
  });
  return topic;
}

/** One topic as Metadata v12 shows it; it is not created. */
export async function topicMetadata(client: WireClient, topic: string | { topicId: string }): Promise<TopicMetadata> {
  const reference = typeof topic === 'string' ? { name: topic } : { name: null, topicId: topic.topicId };
  const answer = await client.send(Metadata, 12, { topics: [reference], allowAutoTopicCreation: false });
  return answer.topics[0]!;
}

/** The names of all topics. */
export async function topicNames(client: WireClient): Promise<(string | null)[]> {
  const answer = await client.send(Metadata, 12, { topics: null, allowAutoTopicCreation: false });
  return answer.topics.map(({ name }) => name);
}

/** Deletes a topic and waits until the broker has forgotten it. */
export async function deleteTopic(client: WireClient, topic: TestTopic): Promise<void> {
  const answer = await client.send(DeleteTopics, 6, { topics: [{ topicId: topic.topicId }], timeoutMs: 10_000 });
  const [deleted] = answer.responses;
  if (deleted?.errorCode !== ErrorCode.NONE) throw new Error(`topic not deleted: ${JSON.stringify(deleted)}`);
  await until(`the end of ${topic.name}`, async () => {
    const metadata = await topicMetadata(client, { topicId: topic.topicId });
    return metadata.errorCode === ErrorCode.UNKNOWN_TOPIC_ID ? true : undefined;
  });
}

/** Makes a topic with the name of one that was deleted. */
export async function recreateTopic(client: WireClient, name: string): Promise<TestTopic> {
  await createTopicNamed(client, name, {});
  const { topicId } = await topicWithLeaders(client, name);
  return { name, topicId };
}
