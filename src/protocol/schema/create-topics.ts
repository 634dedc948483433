/**
 * CreateTopics (key 19): creates topics.
 *
 * - Every topic gets its own result. A name that appears twice in one request fails for that name.
 * - -1 partitions or replicas take the broker's default, or stand beside a manual assignment.
 * - validateOnly answers as if, and changes nothing.
 *
 * Versions:
 * - v2 is the oldest served (KIP-896).
 * - v4 allows -1 without an assignment (KIP-464).
 * - v5 is flexible, and returns the topic's configuration (KIP-525).
 * - v6 may answer THROTTLING_QUOTA_EXCEEDED (KIP-599).
 * - v7 returns the topic's id (KIP-516).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string, uuid } from '../codec/declare.js';

export const CreateTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: '2-7',
  flexible: '5+',
  request: {
    topics: array('all', {
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      /** Empty for automatic placement. */
      assignments: array('all', {
        partitionIndex: int32(),
        brokerIds: array('all', 'int32'),
      }),
      configs: array('all', {
        name: string(),
        /** Null takes the default. */
        value: string('all', { nullable: true }),
      }),
    }),
    timeoutMs: int32('all', { default: 60000 }),
    validateOnly: bool('all', { default: false }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    topics: array('all', {
      name: string(),
      topicId: uuid('7+', { ignorable: true }),
      errorCode: int16(),
      /** Null when there is no error. */
      errorMessage: string('all', { nullable: true }),
      /** Why configs is null although the topic was created. */
      topicConfigErrorCode: int16('5+', { tag: 0, ignorable: true }),
      numPartitions: int32('5+', { default: -1, ignorable: true }),
      replicationFactor: int16('5+', { default: -1, ignorable: true }),
      configs: array(
        '5+',
        {
          name: string(),
          value: string('all', { nullable: true }),
          readOnly: bool(),
          /** Where the value comes from, as in DescribeConfigs. */
          configSource: int8('all', { default: -1 }),
          isSensitive: bool(),
        },
        { nullable: true, ignorable: true },
      ),
    }),
  },
});

export type CreateTopicsRequest = RequestOf<typeof CreateTopics>;
export type CreateTopicsResponse = ResponseOf<typeof CreateTopics>;
