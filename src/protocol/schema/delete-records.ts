/**
 * DeleteRecords (key 21): deletes the records before an offset, by moving the log start offset up (KIP-107).
 *
 * - It goes to the partition's leader.
 *
 * Versions:
 * - v2 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int64, string } from '../codec/declare.js';

export const DeleteRecords = defineApi({
  key: 21,
  name: 'DeleteRecords',
  versions: '0-2',
  flexible: '2+',
  request: {
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** The new log start offset, -1 for the high watermark. */
        offset: int64(),
      }),
    }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** The log start offset afterwards, -1 after an error. */
        lowWatermark: int64(),
        errorCode: int16(),
      }),
    }),
  },
});

export type DeleteRecordsRequest = RequestOf<typeof DeleteRecords>;
export type DeleteRecordsResponse = ResponseOf<typeof DeleteRecords>;
