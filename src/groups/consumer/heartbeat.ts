import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { rangeAssignor } from './assignors/range.js';
import { uniformAssignor } from './assignors/uniform.js';
import { JOIN_EPOCH, LEAVE_EPOCH, STATIC_LEAVE_EPOCH } from './member.js';
import type { TopicPartitions } from './partitions.js';
import { compileTopicPattern } from './topic-pattern.js';

/** What a member says. Null, or −1 for the time, is what has not changed since it last said it. */
export interface ConsumerHeartbeat {
  readonly memberId: string;
  /** 0 joins, −1 leaves, −2 leaves for a while; else the epoch that the member was told last. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** ms */
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  /** What the member has, and will go on using. */
  readonly topicPartitions: readonly TopicPartitions[] | null;
  readonly clientId: string;
  readonly clientHost: string;
}

/** What a member is told. */
export interface HeartbeatResult {
  readonly memberId: string;
  readonly memberEpoch: number;
  /** When to send the next one, ms. */
  readonly heartbeatIntervalMs: number;
  /** All partitions that the member may use from now on; null when that is as it was. */
  readonly assignment: readonly TopicPartitions[] | null;
}

/** By name; the first is that of groups whose members don't ask for one. */
export const assignors = new Map([uniformAssignor, rangeAssignor].map((assignor) => [assignor.name, assignor]));

export const DEFAULT_ASSIGNOR = uniformAssignor;

/** From this version on a consumer chooses its own member id (KIP-1082). */
const MEMBER_ID_REQUIRED_VERSION = 1;

/**
 * Checks what can be checked without knowing the group.
 *
 * @param version of the request
 * @throws KafkaError INVALID_REQUEST, UNSUPPORTED_ASSIGNOR, INVALID_REGULAR_EXPRESSION
 */
export function validateHeartbeat(request: ConsumerHeartbeat & { readonly groupId: string }, version: number): void {
  const { memberEpoch } = request;
  if (version >= MEMBER_ID_REQUIRED_VERSION || memberEpoch > 0 || memberEpoch === LEAVE_EPOCH) {
    requireText(request.memberId, 'MemberId');
  }
  requireText(request.groupId, 'GroupId');
  requireText(request.instanceId, 'InstanceId');
  requireText(request.rackId, 'RackId');
  if (memberEpoch === JOIN_EPOCH) validateJoin(request);
  if (memberEpoch === STATIC_LEAVE_EPOCH && request.instanceId === null) throw invalid("InstanceId can't be null.");
  if (memberEpoch < STATIC_LEAVE_EPOCH) throw invalid('MemberEpoch is invalid.');
  if (request.serverAssignor !== null && !assignors.has(request.serverAssignor)) {
    throw new KafkaError(
      ErrorCode.UNSUPPORTED_ASSIGNOR,
      `ServerAssignor ${request.serverAssignor} is not supported. Supported assignors: ${[...assignors.keys()].join(', ')}.`,
    );
  }
  if (request.subscribedTopicRegex) compileTopicPattern(request.subscribedTopicRegex);
}

function validateJoin(request: ConsumerHeartbeat): void {
  if (request.rebalanceTimeoutMs === -1) throw invalid('RebalanceTimeoutMs must be provided in first request.');
  if (request.topicPartitions?.length !== 0) throw invalid('TopicPartitions must be empty when (re-)joining.');
  if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
    throw invalid('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.');
  }
}

function requireText(value: string | null, name: string): void {
  if (value !== null && value.trim() === '') throw invalid(`${name} can't be empty.`);
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_REQUEST, message);
}
