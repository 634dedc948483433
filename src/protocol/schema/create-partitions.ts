/**
 * CreatePartitions (key 37): adds partitions to topics. Their number never goes down.
 *
 * - Every topic gets its own result.
 * - validateOnly answers as if, and changes nothing.
 *
 * Versions:
 * - v2 is flexible.
 * - v3 may answer THROTTLING_QUOTA_EXCEEDED (KIP-599).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, string } from '../codec/declare.js';

export const CreatePartitions = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: '0-3',
  flexible: '2+',
  request: {
    topics: array('all', {
      name: string(),
      /** The number of partitions afterwards. */
      count: int32(),
      /** Null for automatic placement; otherwise one for each new partition. */
      assignments: array(
        'all',
        {
          brokerIds: array('all', 'int32'),
        },
        { nullable: true },
      ),
    }),
    timeoutMs: int32(),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    results: array('all', {
      name: string(),
      errorCode: int16(),
      errorMessage: string('all', { nullable: true, default: null }),
    }),
  },
});

export type CreatePartitionsRequest = RequestOf<typeof CreatePartitions>;
export type CreatePartitionsResponse = ResponseOf<typeof CreatePartitions>;
