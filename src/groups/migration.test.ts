import { describe, expect, test } from '@jest/globals';
import { FakeTopics } from '../../test/support/consumer-group-kit.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { ConsumerAssignment, ConsumerSubscription } from '../protocol/schema/consumer-protocol.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import { listPartitions } from './consumer/partitions.js';
import { assignedPartitions } from './consumer-protocol.js';
import { allowsDowngrade, downgraded, upgraded } from './migration.js';

const RULES = { migrationPolicy: 'bidirectional', maxGroupSize: 10 } as const;
const VERSION_3 = Buffer.from([0, 3]);

const topics = new FakeTopics();
const orders = topics.set('orders', 3).id;

function subscription(rackId: string | null = null): Buffer {
  return Buffer.concat([VERSION_3, ConsumerSubscription.encode({ topics: ['orders', 'gone'], rackId }, 3)]);
}

function assignment(partitions: readonly number[], userData: Buffer | null = null): Buffer {
  const named = [
    { topic: 'orders', partitions },
    { topic: 'gone', partitions: [0] },
  ];
  return Buffer.concat([VERSION_3, ConsumerAssignment.encode({ partitions: named, userData }, 0)]);
}

function memberOf(id: string, given: Buffer) {
  return {
    id,
    instanceId: null,
    clientId: 'client',
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 20_000,
    protocols: [
      { name: 'own', metadata: Buffer.from('not a subscription') },
      { name: 'range', metadata: subscription('rack') },
    ],
    assignment: given,
  };
}

const group: GroupSnapshot = {
  groupId: 'g',
  generationId: 7,
  protocolType: 'consumer',
  protocolName: 'range',
  leaderId: 'm1',
  changedAt: 1_700_000_000_000,
  members: [memberOf('m1', assignment([0, 2])), memberOf('m2', assignment([1]))],
};

const refusal = (snapshot: GroupSnapshot, rules: Parameters<typeof upgraded>[2] = RULES) => {
  try {
    upgraded(snapshot, topics, rules);
    return undefined;
  } catch (error) {
    if (error instanceof KafkaError && error.code === ErrorCode.GROUP_ID_NOT_FOUND) return error.message;
    throw error;
  }
};

describe('a classic group becomes one of the consumer protocol', () => {
  test('with members who have what they had', () => {
    const { groupEpoch, targetEpoch, members } = upgraded(group, topics, RULES);
    expect({ groupEpoch, targetEpoch }).toEqual({ groupEpoch: 7, targetEpoch: 7 });
    expect(members.map(({ member }) => member)).toMatchObject([
      { id: 'm1', rackId: 'rack', epoch: 7, previousEpoch: 7, state: 'stable', classic: { sessionTimeoutMs: 10_000 } },
      { id: 'm2' },
    ]);
    expect(members.map(({ member, target }) => [listPartitions(member.assigned), listPartitions(target)])).toEqual([
      [[{ topicId: orders, partitions: [0, 2] }], [{ topicId: orders, partitions: [0, 2] }]],
      [[{ topicId: orders, partitions: [1] }], [{ topicId: orders, partitions: [1] }]],
    ]);
  });

  test('also before it has elected a protocol', () => {
    const member = { ...memberOf('m1', Buffer.alloc(0)), protocols: [{ name: 'range', metadata: subscription() }] };
    const { members } = upgraded({ ...group, protocolName: null, members: [member] }, topics, RULES);
    expect([...members[0]!.member.subscription.names]).toEqual(['orders', 'gone']);
  });

  test.each<[string, GroupSnapshot]>([
    ['another protocol type', { ...group, protocolType: 'connect' }],
    ['a protocol that is not understood', { ...group, protocolName: 'own' }],
    ['an assignment that is none', { ...group, members: [memberOf('m1', Buffer.from('?'))] }],
    ['an assignor with words of its own', { ...group, members: [memberOf('m1', assignment([0], Buffer.from('x')))] }],
    [
      'a partition of two members',
      { ...group, members: [memberOf('m1', assignment([0])), memberOf('m2', assignment([0]))] },
    ],
  ])('but not with %s', (_, snapshot) => {
    expect(refusal(snapshot)).toMatch(/^Cannot upgrade classic group g to consumer group because .+\.$/);
  });

  test('when the policy allows it, and not when it is too large', () => {
    expect(refusal(group, { ...RULES, migrationPolicy: 'upgrade' })).toBeUndefined();
    expect(refusal(group, { ...RULES, migrationPolicy: 'downgrade' })).toContain('disabled');
    expect(refusal(group, { ...RULES, migrationPolicy: 'disabled' })).toContain('disabled');
    expect(refusal(group, { ...RULES, maxGroupSize: 1 })).toContain('size');
  });
});

describe('a group of the consumer protocol becomes a classic one', () => {
  test('with members who have what they were to have', () => {
    const classic = downgraded(upgraded(group, topics, RULES), topics);
    expect(classic).toMatchObject({ generationId: 7, protocolType: 'consumer', protocolName: 'own', leaderId: 'm1' });
    expect(classic.members.map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(classic.members.map((member) => assignedPartitions(member.assignment))).toEqual([
      [{ topic: 'orders', partitions: [0, 2] }],
      [{ topic: 'orders', partitions: [1] }],
    ]);
    expect(classic.members[0]!.protocols).toEqual(group.members[0]!.protocols);
  });

  test('when the policy allows it', () => {
    const allowing = (['bidirectional', 'upgrade', 'downgrade', 'disabled'] as const).filter(allowsDowngrade);
    expect(allowing).toEqual(['bidirectional', 'downgrade']);
  });
});
