import { setTimeout as delay } from 'node:timers/promises';
import { CreateTopics, Fetch, ListOffsets, Produce } from '../../src/protocol/schema/index.js';
import type { Connection, Frame } from './connection.js';
import { bodyOf, frameOf } from './connection.js';

const LATEST = -1;
const RETRY_MS = 20;
const REQUEST_TIMEOUT_MS = 60_000;
/** The newest versions that name topics: both brokers serve them, and no topic id has to be looked up. */
const VERSION = { createTopics: 7, fetch: 12, listOffsets: 7, produce: 9 };

/** What a Java consumer asks for at its defaults. */
const MAX_PARTITION_BYTES = 1024 * 1024;
const MAX_RESPONSE_BYTES = 50 * 1024 * 1024;

/** Asks for a topic; one that exists already is all right. */
export async function createTopic(connection: Connection, name: string, partitions: number): Promise<void> {
  const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] };
  const { topics } = await connection.send(CreateTopics, VERSION.createTopics, { topics: [topic] });
  for (const { errorCode, errorMessage } of topics) {
    if (errorCode !== 0 && errorCode !== 36) throw new Error(`${name}: error ${errorCode} ${errorMessage ?? ''}`);
  }
}

/** A request that writes these batches, by partition, and wants to be told when they are durable. */
export function produceFrame(topic: string, batches: ReadonlyMap<number, Buffer>): Frame {
  const partitionData = [...batches].map(([index, records]) => ({ index, records }));
  const topicData = [{ name: topic, partitionData }];
  return frameOf(Produce, VERSION.produce, { acks: -1, timeoutMs: REQUEST_TIMEOUT_MS, topicData });
}

/** Sends a frame of {@link produceFrame}. @throws {Error} when the broker refuses any of it */
export async function produce(connection: Connection, frame: Frame): Promise<void> {
  const { responses } = bodyOf(Produce, VERSION.produce, await connection.exchange(frame));
  for (const { name, partitionResponses } of responses) {
    for (const { index, errorCode } of partitionResponses) {
      if (errorCode !== 0) throw new Error(`produce to ${name}-${index}: error ${errorCode}`);
    }
  }
}

/** Where partitions 0 to `partitions` - 1 end; undefined while one of them has no leader that answers for it. */
async function endOffsets(connection: Connection, topic: string, partitions: number): Promise<number[] | undefined> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: LATEST }));
  const { topics } = await connection.send(ListOffsets, VERSION.listOffsets, {
    replicaId: -1,
    topics: [{ name: topic, partitions: asked }],
  });
  const found = (topics[0]?.partitions ?? []).filter(({ errorCode }) => errorCode === 0);
  const ends = new Map(found.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
  return ends.size < partitions ? undefined : asked.map(({ partitionIndex }) => ends.get(partitionIndex) as number);
}

/** {@link endOffsets}, waiting for the leaders. */
export async function awaitEndOffsets(connection: Connection, topic: string, partitions: number): Promise<number[]> {
  for (;;) {
    const ends = await endOffsets(connection, topic, partitions);
    if (ends !== undefined) return ends;
    await delay(RETRY_MS);
  }
}

/** Records of some partitions as they came, by partition; those without any are missing. */
export async function fetchRecords(
  connection: Connection,
  topic: string,
  offsets: ReadonlyMap<number, number>,
  maxWaitMs: number,
): Promise<Map<number, Buffer>> {
  const partitions = [...offsets].map(([partition, fetchOffset]) => {
    return { partition, fetchOffset, partitionMaxBytes: MAX_PARTITION_BYTES };
  });
  const { responses } = await connection.send(Fetch, VERSION.fetch, {
    maxWaitMs,
    minBytes: 1,
    maxBytes: MAX_RESPONSE_BYTES,
    topics: [{ topic, partitions }],
  });
  const found = new Map<number, Buffer>();
  for (const { partitionIndex, errorCode, records } of responses[0]?.partitions ?? []) {
    if (errorCode !== 0) throw new Error(`fetch of ${topic}-${partitionIndex}: error ${errorCode}`);
    const bytes = records?.[0];
    if (bytes !== undefined && bytes.length > 0) found.set(partitionIndex, bytes);
  }
  return found;
}
