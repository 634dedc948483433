/**
 * DeleteTopics (key 20): deletes topics, by name or by id.
 *
 * - Every topic gets its own result.
 * - From v6 a topic is given by name or by id; giving both is INVALID_REQUEST.
 *
 * Versions:
 * - v1 is the oldest served (KIP-896).
 * - v3 may answer TOPIC_DELETION_DISABLED.
 * - v4 is flexible.
 * - v5 adds the error message, and may answer THROTTLING_QUOTA_EXCEEDED (KIP-599).
 * - v6 adds topic ids (KIP-516).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string, uuid } from '../codec/declare.js';

export const DeleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: '1-6',
  flexible: '4+',
  request: {
    topics: array('6+', {
      /** Null when the topic is given by id. */
      name: string('all', { nullable: true, default: null }),
      /** The zero uuid when the topic is given by name. */
      topicId: uuid(),
    }),
    /** Up to v5. */
    topicNames: array('1-5', 'string', { ignorable: true }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    responses: array('all', {
      /** Null when the topic was given by an id that does not exist, or may not be described. */
      name: string('all', { nullable: '6+' }),
      topicId: uuid('6+', { ignorable: true }),
      errorCode: int16(),
      errorMessage: string('5+', { nullable: true, default: null, ignorable: true }),
    }),
  },
});

export type DeleteTopicsRequest = RequestOf<typeof DeleteTopics>;
export type DeleteTopicsResponse = ResponseOf<typeof DeleteTopics>;
