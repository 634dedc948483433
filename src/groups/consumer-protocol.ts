import { MalformedRequestError } from '../protocol/codec/index.js';
import { ConsumerAssignment, ConsumerSubscription } from '../protocol/schema/consumer-protocol.js';

/** The protocol type under which consumers form groups. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

const VERSION_BYTES = 2;

export interface AssignedTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface ConsumerSubscriptionInfo {
  readonly topics: readonly string[];
  /** What the consumer has and means to keep for now. */
  readonly owned: readonly AssignedTopic[];
  readonly rackId: string | null;
}

export interface ConsumerAssignmentInfo {
  readonly partitions: readonly AssignedTopic[];
  /** Whether the assignor has said more to the consumer. */
  readonly hasUserData: boolean;
}

/** All that a consumer says when it joins; undefined when the bytes are no subscription. */
export function parseSubscription(metadata: Buffer): ConsumerSubscriptionInfo | undefined {
  if (metadata.length < VERSION_BYTES) return undefined;
  const version = Math.min(Math.max(metadata.readInt16BE(0), 0), ConsumerSubscription.versions.max);
  return lenient(() => {
    const { topics, ownedPartitions, rackId } = ConsumerSubscription.decode(metadata.subarray(VERSION_BYTES), version);
    return { topics, owned: ownedPartitions, rackId };
  });
}

/** The topics that a consumer subscribes to; undefined when the bytes are no subscription. */
export function subscribedTopics(metadata: Buffer): readonly string[] | undefined {
  return lenient(() => ConsumerSubscription.decode(metadata.subarray(VERSION_BYTES), 0).topics);
}

/** The partitions that a consumer is assigned; undefined when the bytes are no assignment. */
export function assignedPartitions(assignment: Buffer): readonly AssignedTopic[] | undefined {
  return parseAssignment(assignment)?.partitions;
}

/** What a consumer is assigned; undefined when the bytes are no assignment. */
export function parseAssignment(assignment: Buffer): ConsumerAssignmentInfo | undefined {
  if (assignment.length === 0) return { partitions: [], hasUserData: false };
  return lenient(() => {
    const { partitions, userData } = ConsumerAssignment.decode(assignment.subarray(VERSION_BYTES), 0);
    return { partitions, hasUserData: userData !== null && userData.length > 0 };
  });
}

/**
 * An assignment as a consumer reads it.
 *
 * @param subscription the consumer's own, whose version it is given
 */
export function encodeAssignment(partitions: readonly AssignedTopic[], subscription: Buffer): Buffer {
  const version = Buffer.alloc(VERSION_BYTES);
  subscription.copy(version, 0, 0, VERSION_BYTES);
  return Buffer.concat([version, ConsumerAssignment.encode({ partitions }, 0)]);
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
