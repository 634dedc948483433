/**
 * Produce (key 0): appends record batches to partitions.
 *
 * - Every partition gets its own result: some may fail while others succeed.
 * - With acks 0 there is no response frame at all.
 * - A partition's records hold exactly one batch of magic 2 (KIP-98); the batch is neither decoded nor copied here.
 * - In answers that send the client elsewhere (NOT_LEADER_OR_FOLLOWER) the new leader and its address come along.
 *
 * Versions:
 * - v3 is the oldest served (KIP-896). v0 to v2 are advertised all the same: librdkafka up to 2.11.0 takes their absence
 *   to mean "no compression" (KAFKA-18659).
 * - v4 may answer KAFKA_STORAGE_ERROR.
 * - v5 adds the log start offset to the response.
 * - v7 allows zstd (KIP-110).
 * - v8 tells which records spoiled a batch (KIP-467).
 * - v9 is flexible.
 * - v10 adds the current leader and node endpoints (KIP-951).
 * - v11 may answer TRANSACTION_ABORTABLE, v12 adds partitions to a transaction implicitly (KIP-890).
 * - v13 names topics by id instead of name (KIP-516).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, records, string, struct, uuid } from '../codec/declare.js';

export const Produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: '3-13',
  flexible: '9+',
  request: {
    /** Null unless the producer is transactional. */
    transactionalId: string('all', { nullable: true, default: null }),
    /** 0: no answer wanted. 1: the leader has it. -1: all in-sync replicas have it. */
    acks: int16(),
    /** How long the broker may wait for durability before it answers REQUEST_TIMED_OUT. */
    timeoutMs: int32(),
    topicData: array('all', {
      /** Up to v12; empty later. */
      name: string('3-12', { ignorable: true }),
      /** From v13; zero before. */
      topicId: uuid('13+', { ignorable: true }),
      partitionData: array('all', {
        index: int32(),
        /** A view of the request frame. */
        records: records('all', { nullable: true }),
      }),
    }),
  },
  response: {
    responses: array('all', {
      /** Up to v12; empty later. */
      name: string('3-12', { ignorable: true }),
      /** From v13; zero before. */
      topicId: uuid('13+', { ignorable: true }),
      partitionResponses: array('all', {
        index: int32(),
        errorCode: int16(),
        /** Offset of the first record, -1 after an error. */
        baseOffset: int64(),
        /** The broker's time of the append for LogAppendTime topics, otherwise -1. */
        logAppendTimeMs: int64('all', { default: -1 }),
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        /** The records that caused the whole batch to be refused. */
        recordErrors: array(
          '8+',
          {
            /** Position of the record in its batch, from 0. */
            batchIndex: int32(),
            batchIndexErrorMessage: string('all', { nullable: true, default: null }),
          },
          { ignorable: true },
        ),
        /** What the refused records have in common. */
        errorMessage: string('8+', { nullable: true, default: null, ignorable: true }),
        /** Where to produce from now on; clients use it when both numbers are 0 or more. */
        currentLeader: struct(
          '10+',
          {
            leaderId: int32('all', { default: -1 }),
            leaderEpoch: int32('all', { default: -1 }),
          },
          { tag: 0 },
        ),
      }),
    }),
    throttleTimeMs: int32('all', { default: 0 }),
    /** Addresses of the brokers that currentLeader names. */
    nodeEndpoints: array(
      '10+',
      {
        nodeId: int32(),
        host: string(),
        port: int32(),
        rack: string('all', { nullable: true, default: null }),
      },
      { tag: 0 },
    ),
  },
});

export type ProduceRequest = RequestOf<typeof Produce>;
export type ProduceResponse = ResponseOf<typeof Produce>;
