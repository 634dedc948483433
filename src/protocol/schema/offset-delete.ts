/**
 * OffsetDelete (key 47): deletes committed offsets of single partitions (KIP-496).
 *
 * - Topics that a member of the group subscribes to are refused with GROUP_SUBSCRIBED_TO_TOPIC.
 * - The only API of its age that is not flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string } from '../codec/declare.js';

export const OffsetDelete = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: '0',
  flexible: 'none',
  request: {
    groupId: string(),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
      }),
    }),
  },
  response: {
    /** Of the group as a whole. */
    errorCode: int16(),
    throttleTimeMs: int32('all', { default: 0 }),
    topics: array('all', {
      name: string(),
      partitions: array('all', {
        partitionIndex: int32(),
        /** Of the partition alone. */
        errorCode: int16(),
      }),
    }),
  },
});

export type OffsetDeleteRequest = RequestOf<typeof OffsetDelete>;
export type OffsetDeleteResponse = ResponseOf<typeof OffsetDelete>;
