import { expect, test } from '@jest/globals';
import { heartbeatOf } from '../../../test/support/consumer-group-kit.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { validateHeartbeat, type ConsumerHeartbeat } from './heartbeat.js';

const first = heartbeatOf('m', 0, { rebalanceTimeoutMs: 1, subscribedTopicNames: [], topicPartitions: [] });

function failure(request: ConsumerHeartbeat, { groupId = 'g', version = 1 } = {}): [number, string] | undefined {
  try {
    validateHeartbeat({ ...request, groupId }, version);
    return undefined;
  } catch (error) {
    if (error instanceof KafkaError) return [error.code, error.message];
    throw error;
  }
}

test.each<[string, ConsumerHeartbeat]>([
  ['the first', first],
  ['the first, with a pattern', { ...first, subscribedTopicNames: null, subscribedTopicRegex: '' }],
  ['one that says nothing new', heartbeatOf('m', 7)],
  ['the last', heartbeatOf('m', -1)],
  ['the last for now', heartbeatOf('m', -2, { instanceId: 'i' })],
  ['one with an assignor', heartbeatOf('m', 7, { serverAssignor: 'range' })],
])('takes %s', (_, request) => {
  expect(failure(request)).toBeUndefined();
});

test('takes one without a member id before version 1, when joining', () => {
  expect(failure({ ...first, memberId: '' }, { version: 0 })).toBeUndefined();
  expect(failure({ ...first, memberId: '' })).toEqual([ErrorCode.INVALID_REQUEST, "MemberId can't be empty."]);
  expect(failure(heartbeatOf('', 1), { version: 0 })).toBeDefined();
  expect(failure(heartbeatOf('', -1), { version: 0 })).toBeDefined();
});

test('refuses one without a group', () => {
  expect(failure(first, { groupId: '' })).toEqual([ErrorCode.INVALID_REQUEST, "GroupId can't be empty."]);
});

test.each<[string, Partial<ConsumerHeartbeat>]>([
  ["InstanceId can't be empty.", { instanceId: '' }],
  ["RackId can't be empty.", { rackId: '' }],
  ['RebalanceTimeoutMs must be provided in first request.', { rebalanceTimeoutMs: -1 }],
  ['TopicPartitions must be empty when (re-)joining.', { topicPartitions: null }],
  ['TopicPartitions must be empty when (re-)joining.', { topicPartitions: [{ topicId: 'x', partitions: [] }] }],
  [
    'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    { subscribedTopicNames: null },
  ],
  ["InstanceId can't be null.", { memberEpoch: -2 }],
  ['MemberEpoch is invalid.', { memberEpoch: -3 }],
])('refuses with "%s"', (message, changes) => {
  expect(failure({ ...first, ...changes })).toEqual([ErrorCode.INVALID_REQUEST, message]);
});

test('refuses an assignor that there is not', () => {
  expect(failure({ ...first, serverAssignor: 'sticky' })).toEqual([
    ErrorCode.UNSUPPORTED_ASSIGNOR,
    'ServerAssignor sticky is not supported. Supported assignors: uniform, range.',
  ]);
});

test('refuses a pattern that is none', () => {
  const [code, message] = failure({ ...first, subscribedTopicRegex: '(' }) ?? [];
  expect(code).toBe(ErrorCode.INVALID_REGULAR_EXPRESSION);
  expect(message).toContain('SubscribedTopicRegex `(` is not a valid regular expression');
});
