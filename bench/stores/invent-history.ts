import { crc32c } from '../../src/checksum/crc32c.js';
import { SegmentLayoutBuilder } from '../../src/log/compaction/segment-layout.js';
import { SegmentWriter } from '../../src/log/compaction/write-segment.js';
import { silentLogger } from '../../src/logging/logger.js';
import { partitionStateKey, topicConfigKey } from '../../src/metadata/keys.js';
import type { Operation } from '../../src/metadata/metadata-store.js';
import { decodeStateRecord, encodeStateRecord, newestSegments } from '../../src/metadata/partition-state.js';
import { decodeTopic } from '../../src/metadata/topic.js';
import { buildRecordBatch } from '../../src/protocol/records/build-batch.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import { encodeManifest } from '../../src/storage/manifest-format.js';
import type { Segment } from '../../src/storage/manifest-format.js';
import { manifestKey } from '../../src/storage/object-keys.js';
import { systemClock } from '../../src/time/clock.js';
import type { BrokerStores } from '../brokers/kafscale.js';

/** Real segments at each end of a history: more than a reader of its first records touches. */
const REAL_AT_EACH_END = 4;
const RECORDS_PER_SEGMENT = 10;
const RECORD_BYTES = 120_000;
const INVENTED_BYTES = 64 * 1024 * 1024;
const VERSION = 1;
/** Requests under way at once. */
const CONCURRENCY = 32;
const STATES_PER_TRANSACTION = 32;

export interface History {
  readonly topic: string;
  readonly partitions: number;
  readonly segmentsPerPartition: number;
  /** The partition whose first and last segments are there; all others are only named. */
  readonly readablePartition: number;
}

/** Gives partitions that have no records yet a past: a manifest with many segments. The broker must not run. */
export async function inventHistory(stores: BrokerStores, history: History): Promise<void> {
  const { topic, partitions } = history;
  const config = await stores.metadata.get(topicConfigKey(topic));
  if (config === undefined) throw new Error(`there is no topic ${topic}`);
  const { id: topicId } = decodeTopic(config);
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  for (let from = 0; from < partitions; from += CONCURRENCY) {
    const operations = await Promise.all(
      numbers.slice(from, from + CONCURRENCY).map((partition) => inventPartition(stores, history, topicId, partition)),
    );
    await inTransactions(stores, operations);
  }
}

async function inventPartition(
  { objects, metadata, namespace }: BrokerStores,
  { topic, partitions, segmentsPerPartition, readablePartition }: History,
  topicId: string,
  partition: number,
): Promise<Operation> {
  const segments = Array.from({ length: segmentsPerPartition }, (_, index) => inventedSegment(index));
  if (partition === readablePartition) {
    const writer = new SegmentWriter(objects, namespace, systemClock, Math.random, silentLogger);
    const { signal } = new AbortController();
    for (let count = 0; count < REAL_AT_EACH_END; count += 1) {
      for (const index of [count, segmentsPerPartition - 1 - count]) {
        segments[index] = await writer.write({ topicName: topic, partition }, layOut(index), 'plain', signal);
      }
    }
  }
  const checkpointOffset = segmentsPerPartition * RECORDS_PER_SEGMENT;
  const key = manifestKey(namespace, topicId, partition, VERSION, '00000000');
  const bytes = encodeManifest({
    topicId,
    topicName: topic,
    partition,
    version: VERSION,
    createdAt: Date.now(),
    incarnationId: 'bench',
    leaderEpoch: 0,
    logStartOffset: 0,
    checkpointOffset,
    segments,
    epochs: [{ epoch: 0, startOffset: 0 }],
    producers: [],
    retired: [],
    topicConfig: new Map(),
    topicPartitions: partitions,
  });
  await objects.create(key, [bytes], { crc32c: crc32c(bytes) });
  const stateKey = partitionStateKey(topic, partition);
  const entry = await metadata.get(stateKey);
  if (entry === undefined) throw new Error(`${topic}-${partition} has no state`);
  const state = {
    ...decodeStateRecord(entry),
    manifestVersion: VERSION,
    manifestKey: key,
    checkpointOffset,
    logEndOffset: checkpointOffset,
    highWatermark: checkpointOffset,
    segments: newestSegments(segments),
  };
  return { type: 'put', key: stateKey, value: encodeStateRecord(state) };
}

async function inTransactions({ metadata }: BrokerStores, operations: readonly Operation[]): Promise<void> {
  for (let from = 0; from < operations.length; from += STATES_PER_TRANSACTION) {
    await metadata.txn({ compare: [], success: operations.slice(from, from + STATES_PER_TRANSACTION) });
  }
}

function inventedSegment(index: number): Segment {
  const baseOffset = index * RECORDS_PER_SEGMENT;
  return {
    baseOffset,
    lastOffset: baseOffset + RECORDS_PER_SEGMENT - 1,
    sizeBytes: INVENTED_BYTES,
    recordCount: RECORDS_PER_SEGMENT,
    maxTimestamp: Date.now(),
    createdAt: Date.now(),
    suffix: undefined,
  };
}

function layOut(index: number) {
  const value = Buffer.alloc(RECORD_BYTES, index);
  const records = Array.from({ length: RECORDS_PER_SEGMENT }, () => ({ timestamp: Date.now(), value }));
  const builder = new SegmentLayoutBuilder();
  builder.addBatch(new RecordBatch(buildRecordBatch({ records, baseOffset: index * RECORDS_PER_SEGMENT })));
  return builder.build(Date.now());
}
