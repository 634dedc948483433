import { batchesIn, BatchLayout, RecordBatch } from '../../src/protocol/records/record-batch.js';
import type { NewBatch, NewRecord } from '../../src/protocol/records/build-batch.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import type { ResponseOf } from '../../src/protocol/codec/index.js';
import { Fetch, ListOffsets, Produce } from '../../src/protocol/schema/index.js';
import type { WireClient } from '../support/wire-client.js';
import type { TestTopic } from './topics.js';

export type ProducedPartition = ResponseOf<typeof Produce>['responses'][number]['partitionResponses'][number];
export type FetchResponse = ResponseOf<typeof Fetch>;
export type FetchedPartition = FetchResponse['responses'][number]['partitions'][number];
export type ListedPartition = ResponseOf<typeof ListOffsets>['topics'][number]['partitions'][number];

export const LATEST = -1;
export const EARLIEST = -2;

/** A batch of records with the given values, one by default. */
export function batchOf(values: readonly string[] = ['value'], options: Omit<NewBatch, 'records'> = {}): Buffer {
  return batchOfRecords(
    values.map((value) => ({ value, timestamp: Date.now() })),
    options,
  );
}

export function batchOfRecords(records: readonly NewRecord[], options: Omit<NewBatch, 'records'> = {}): Buffer {
  return buildRecordBatch({ records, ...options });
}

/** Changes a batch's header and makes its CRC right again, so that only the change can be objected to. */
export function withHeader(batch: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(batch);
  change(bytes);
  bytes.writeUInt32BE(new RecordBatch(bytes).computeCrc(), BatchLayout.CRC);
  return bytes;
}

export interface ProduceOptions {
  readonly version?: number;
  readonly acks?: number;
  readonly partition?: number;
  readonly transactionalId?: string;
}

/** A Produce request for one partition. */
export function produceRequest(topic: TestTopic, records: Buffer | null, options: ProduceOptions = {}) {
  return {
    transactionalId: options.transactionalId ?? null,
    acks: options.acks ?? -1,
    timeoutMs: 10_000,
    topicData: [{ ...topic, partitionData: [{ index: options.partition ?? 0, records }] }],
  };
}

/** Produces to one partition and gives its part of the answer. */
export async function produce(
  client: WireClient,
  topic: TestTopic,
  records: Buffer | null,
  options: ProduceOptions = {},
): Promise<ProducedPartition> {
  const answer = await client.send(Produce, options.version ?? 11, produceRequest(topic, records, options));
  return answer.responses[0]!.partitionResponses[0]!;
}

export interface FetchOptions {
  readonly version?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly isolationLevel?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly replicaId?: number;
  readonly replicaState?: { readonly replicaId: number; readonly replicaEpoch: number };
}

export interface FetchPosition {
  readonly topic: TestTopic;
  readonly partition?: number;
  readonly offset: number;
  readonly maxBytes?: number;
  readonly currentLeaderEpoch?: number;
}

/** Fetches from several partitions; answers at once unless `maxWaitMs` is given. */
export function fetch(
  client: WireClient,
  positions: readonly FetchPosition[],
  options: FetchOptions = {},
): Promise<FetchResponse> {
  const { version = 12, maxWaitMs = 0, minBytes = 1, maxBytes = 50 * 1024 * 1024, ...rest } = options;
  const topics = [...new Set(positions.map(({ topic }) => topic))];
  return client.send(Fetch, version, {
    maxWaitMs,
    minBytes,
    maxBytes,
    ...rest,
    topics: topics.map((topic) => ({
      topic: topic.name,
      topicId: topic.topicId,
      partitions: positions
        .filter((position) => position.topic === topic)
        .map((position) => ({
          partition: position.partition ?? 0,
          fetchOffset: position.offset,
          partitionMaxBytes: position.maxBytes ?? 1024 * 1024,
          currentLeaderEpoch: position.currentLeaderEpoch ?? -1,
        })),
    })),
  });
}

/** Fetches from one partition and gives its part of the answer. */
export async function fetchOne(
  client: WireClient,
  topic: TestTopic,
  offset: number,
  options: FetchOptions & Omit<FetchPosition, 'topic' | 'offset' | 'maxBytes'> = {},
): Promise<FetchedPartition> {
  const { partition = 0, currentLeaderEpoch = -1, ...rest } = options;
  const answer = await fetch(client, [{ topic, partition, offset, currentLeaderEpoch }], rest);
  return answer.responses[0]!.partitions[0]!;
}

export function recordBytes(partition: FetchedPartition): Buffer {
  return Buffer.concat([...(partition.records ?? [])]);
}

export function batches(partition: FetchedPartition): RecordBatch[] {
  return [...batchesIn(recordBytes(partition))];
}

/** Asks for one offset of one partition. */
export async function listOffset(
  client: WireClient,
  topic: TestTopic,
  timestamp: number,
  options: { readonly version?: number; readonly partition?: number; readonly isolationLevel?: number } = {},
): Promise<ListedPartition> {
  const answer = await client.send(ListOffsets, options.version ?? 7, {
    replicaId: -1,
    isolationLevel: options.isolationLevel ?? 0,
    topics: [{ name: topic.name, partitions: [{ partitionIndex: options.partition ?? 0, timestamp }] }],
  });
  return answer.topics[0]!.partitions[0]!;
}

/** The offset that the next record of a partition will get. */
export async function endOffset(client: WireClient, topic: TestTopic, partition = 0): Promise<number> {
  return (await listOffset(client, topic, LATEST, { partition })).offset;
}
