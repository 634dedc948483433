import { ErrorCode, KafkaError } from '../protocol/errors.js';

const MAX_LENGTH = 249;
const LEGAL = /^[A-Za-z0-9._-]+$/;
/** In the object store this name holds what belongs to no topic. */
const RESERVED = '_kafscale';

/**
 * Checks Kafka's rules (`org.apache.kafka.common.internals.Topic`) and ours: 1 to 249 characters of `[A-Za-z0-9._-]`,
 * neither `.` nor `..` nor `_kafscale`.
 *
 * @throws KafkaError INVALID_TOPIC_EXCEPTION
 */
export function validateTopicName(name: string): void {
  const fault = faultOf(name);
  if (fault !== undefined) throw new KafkaError(ErrorCode.INVALID_TOPIC_EXCEPTION, fault);
}

export function isValidTopicName(name: string): boolean {
  return faultOf(name) === undefined;
}

/**
 * What is the same for topics that can't both exist: metric names turn `.` into `_`, so that Kafka refuses a topic that
 * differs from another only there.
 */
export function collisionKey(name: string): string {
  return name.replaceAll('.', '_');
}

function faultOf(name: string): string | undefined {
  if (name === '') return 'A topic name can not be empty.';
  if (name === '.' || name === '..') return `A topic can not be named "${name}".`;
  if (name.length > MAX_LENGTH)
    return `A topic name has at most ${MAX_LENGTH} characters; this one has ${name.length}.`;
  if (!LEGAL.test(name))
    return `Topic name "${name}" contains other characters than ASCII letters, digits, ".", "_" and "-".`;
  if (name === RESERVED) return `Topic name "${name}" is reserved.`;
  return undefined;
}
