/**
 * Fetch (key 1): reads record batches, from the given offset of each partition.
 *
 * - Waits up to maxWaitMs for minBytes; the first batch is returned whole even when it is larger than maxBytes (KIP-74).
 * - Session 0 is "no session": the response then holds every requested partition. Sessions (KIP-227) send changes only.
 * - With isolation level 1 records after the last stable offset stay hidden and aborted transactions are listed.
 * - The record batches of the response go to the socket without being copied.
 *
 * Versions:
 * - v4 is the oldest served (KIP-896); it brought the isolation level (KIP-98).
 * - v5 adds the log start offset.
 * - v7 adds sessions (KIP-227).
 * - v9 adds the epoch check (KIP-320).
 * - v10 allows zstd (KIP-110).
 * - v11 adds the client's rack and the preferred read replica (KIP-392).
 * - v12 is flexible, and adds divergence detection and leader discovery (KIP-595).
 * - v13 names topics by id instead of name (KIP-516).
 * - v14 may answer OFFSET_MOVED_TO_TIERED_STORAGE (KIP-405).
 * - v15 moves the replica id into a tagged struct (KIP-903).
 * - v16 adds node endpoints (KIP-951).
 * - v17 adds the directory id (KIP-853), v18 the replica's high watermark (KIP-1166): both are sent by replicas only.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import {
  array,
  defineApi,
  int16,
  int32,
  int64,
  INT64_MAX,
  int8,
  recordChunks,
  string,
  struct,
  uuid,
} from '../codec/declare.js';

export const Fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: '4-18',
  flexible: '12+',
  request: {
    /** Replicas only. */
    clusterId: string('12+', { nullable: true, default: null, tag: 0, ignorable: true }),
    /** -1 for consumers. */
    replicaId: int32('4-14', { default: -1 }),
    /** Replicas only. */
    replicaState: struct(
      '15+',
      {
        replicaId: int32('all', { default: -1 }),
        replicaEpoch: int64('all', { default: -1 }),
      },
      { tag: 1 },
    ),
    maxWaitMs: int32(),
    minBytes: int32(),
    /** Bound of the whole response; not honoured for the first batch. */
    maxBytes: int32('all', { default: 0x7fffffff }),
    /** 0: read uncommitted. 1: read committed. */
    isolationLevel: int8('all', { default: 0 }),
    sessionId: int32('7+', { default: 0, ignorable: true }),
    /** 0 opens a session, -1 closes it or does without, others count up. */
    sessionEpoch: int32('7+', { default: -1, ignorable: true }),
    topics: array('all', {
      /** Up to v12; empty later. */
      topic: string('4-12', { ignorable: true }),
      /** From v13; zero before. */
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('all', {
        partition: int32(),
        /** The epoch that the client believes in; -1 skips the check. */
        currentLeaderEpoch: int32('9+', { default: -1, ignorable: true }),
        fetchOffset: int64(),
        /** The leader epoch of the last record that was fetched, -1 when there is none. */
        lastFetchedEpoch: int32('12+', { default: -1 }),
        /** Replicas only. */
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        partitionMaxBytes: int32(),
        /** Replicas only. */
        replicaDirectoryId: uuid('17+', { tag: 0, ignorable: true }),
        /** Replicas only. */
        highWatermark: int64('18+', { default: INT64_MAX, tag: 1, ignorable: true }),
      }),
    }),
    /** What an incremental fetch takes out of its session. */
    forgottenTopicsData: array('7+', {
      topic: string('7-12', { ignorable: true }),
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('all', 'int32'),
    }),
    /** Where the consumer runs. */
    rackId: string('11+', { default: '', ignorable: true }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    /** Of the fetch as a whole, such as an unknown session. */
    errorCode: int16('7+', { ignorable: true }),
    /** 0 when there is no session. */
    sessionId: int32('7+', { default: 0 }),
    responses: array('all', {
      /** Up to v12; empty later. */
      topic: string('4-12', { ignorable: true }),
      /** From v13; zero before. */
      topicId: uuid('13+', { ignorable: true }),
      partitions: array('all', {
        partitionIndex: int32(),
        /** Java clients only know a closed list of codes here. */
        errorCode: int16(),
        /** One past the last offset that consumers may see. */
        highWatermark: int64(),
        /** Up to here every transaction is decided. The high watermark when there are no transactions. */
        lastStableOffset: int64('all', { default: -1 }),
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        /** Where the client's log and this one part, found by lastFetchedEpoch. */
        divergingEpoch: struct(
          '12+',
          {
            epoch: int32('all', { default: -1 }),
            endOffset: int64('all', { default: -1 }),
          },
          { tag: 0 },
        ),
        /** Where to fetch from now on. */
        currentLeader: struct(
          '12+',
          {
            leaderId: int32('all', { default: -1 }),
            leaderEpoch: int32('all', { default: -1 }),
          },
          { tag: 1 },
        ),
        /** Controllers only. */
        snapshotId: struct(
          '12+',
          {
            endOffset: int64('all', { default: -1 }),
            epoch: int32('all', { default: -1 }),
          },
          { tag: 2 },
        ),
        /** Null or empty when there are none. */
        abortedTransactions: array(
          'all',
          {
            producerId: int64(),
            /** First record of the aborted transaction. */
            firstOffset: int64(),
          },
          { nullable: true },
        ),
        /** The broker to fetch from next, -1 for this one. */
        preferredReadReplica: int32('11+', { default: -1 }),
        /** Buffers sent one after the other; decoded as one view of the frame. */
        records: recordChunks('all', { nullable: true }),
      }),
    }),
    /** Addresses of the brokers that currentLeader names. */
    nodeEndpoints: array(
      '16+',
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

export type FetchRequest = RequestOf<typeof Fetch>;
export type FetchResponse = ResponseOf<typeof Fetch>;
