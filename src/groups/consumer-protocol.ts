import { MalformedRequestError } from '../protocol/codec/index.js';
import { ConsumerAssignment, ConsumerSubscription } from '../protocol/schema/consumer-protocol.js';

/** The protocol type under which consumers form groups. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

const VERSION_BYTES = 2;

export interface AssignedTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** The topics that a consumer subscribes to; undefined when the bytes are no subscription. */
export function subscribedTopics(metadata: Buffer): readonly string[] | undefined {
  return lenient(() => ConsumerSubscription.decode(metadata.subarray(VERSION_BYTES), 0).topics);
}

/** The partitions that a consumer is assigned; undefined when the bytes are no assignment. */
export function assignedPartitions(assignment: Buffer): readonly AssignedTopic[] | undefined {
  if (assignment.length === 0) return [];
  return lenient(() => ConsumerAssignment.decode(assignment.subarray(VERSION_BYTES), 0).partitions);
}

/** The bytes are opaque to a coordinator, so there is nothing wrong with those that can't be read. */
function lenient<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedRequestError) return undefined;
    throw error;
  }
}
