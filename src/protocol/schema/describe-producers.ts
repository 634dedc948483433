/**
 * DescribeProducers (key 61): lists the producers with an id that a partition's leader knows (KIP-664).
 *
 * Versions:
 * - All versions are flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, string } from '../codec/declare.js';

export const DescribeProducers = defineApi({
  key: 61,
  name: 'DescribeProducers',
  versions: '0',
  flexible: '0+',
  request: {
    topics: array('all', {
      name: string(),
      partitionIndexes: array('all', 'int32'),
    }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string('all', { nullable: true, default: null }),
        activeProducers: array('all', {
          producerId: int64(),
          /** Wider here than elsewhere, where it is an int16. */
          producerEpoch: int32(),
          /** -1 when unknown. */
          lastSequence: int32('all', { default: -1 }),
          /** -1 when unknown. */
          lastTimestamp: int64('all', { default: -1 }),
          /** Of the coordinator that wrote the last marker. */
          coordinatorEpoch: int32(),
          /** -1 without an open transaction. */
          currentTxnStartOffset: int64('all', { default: -1 }),
        }),
      }),
    }),
  },
});

export type DescribeProducersRequest = RequestOf<typeof DescribeProducers>;
export type DescribeProducersResponse = ResponseOf<typeof DescribeProducers>;
