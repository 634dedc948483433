import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MetadataFormatError } from '../../metadata/metadata-store.js';
import { decodeConsumerGroup, encodeConsumerGroup } from '../../metadata/records.js';
import { consumerGroupOfRecord, encodeConsumerGroupRecord } from './group-record.js';
import { newMember, type ConsumerMember, type Reconciliation } from './member.js';
import { listPartitions, NO_PARTITIONS, type Partitions } from './partitions.js';
import type { ConsumerGroupSnapshot } from './snapshot.js';

const NOW = new Date('2026-01-02T03:04:05.678Z');
const KEY = 'consumers/g/metadata';

const topicId = fc.constantFrom('AAAAAAAAAAAAAAAAAAAAAQ', 'zzzzzzzzzzzzzzzzzzzzzw', 'someTopicSomeTopicSomQ');
const partitions: fc.Arbitrary<Partitions> = fc
  .uniqueArray(fc.tuple(topicId, fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 5 })), {
    selector: ([id]) => id,
  })
  .map((topics) => new Map(topics.map(([id, numbers]) => [id, new Set(numbers)])));
const text = fc.string({ unit: 'binary', maxLength: 10 });

const member: fc.Arbitrary<ConsumerMember> = fc.record({
  id: fc.uuid(),
  instanceId: fc.option(text),
  rackId: fc.option(text),
  clientId: text,
  clientHost: text,
  rebalanceTimeoutMs: fc.nat(),
  assignorName: fc.option(fc.constantFrom('uniform', 'range')),
  subscription: fc.record({ names: fc.array(text, { maxLength: 3 }).map((names) => new Set(names)), pattern: text }),
  epoch: fc.integer({ min: -2, max: 1_000_000 }),
  previousEpoch: fc.integer({ min: 0, max: 1_000_000 }),
  state: fc.constantFrom<Reconciliation>('stable', 'unrevoked', 'unreleased'),
  assigned: partitions,
  pendingRevocation: fc.constant(NO_PARTITIONS),
  classic: fc.option(
    fc.record({
      sessionTimeoutMs: fc.nat(),
      protocols: fc.array(fc.record({ name: text, metadata: fc.uint8Array().map((bytes) => Buffer.from(bytes)) }), {
        maxLength: 2,
      }),
    }),
  ),
});

const group: fc.Arbitrary<ConsumerGroupSnapshot> = fc.record({
  groupId: fc.constant('g'),
  groupEpoch: fc.nat(),
  targetEpoch: fc.nat(),
  changedAt: fc.nat(2_000_000_000).map((seconds) => seconds * 1000),
  fingerprint: text,
  assignorName: fc.constantFrom('uniform', 'range'),
  members: fc
    .uniqueArray(fc.tuple(member, partitions), { selector: ([{ id }]) => id, maxLength: 4 })
    .map((all) => all.map(([each, target]) => ({ member: each, target, epochOf: (_: string, p: number) => p + 3 }))),
});

function roundTrip(snapshot: ConsumerGroupSnapshot): ConsumerGroupSnapshot {
  const value = encodeConsumerGroupRecord(snapshot, NOW, () => 'topic');
  return consumerGroupOfRecord(decodeConsumerGroup(value, KEY), KEY, 'g');
}

const plain = ({ members, ...rest }: ConsumerGroupSnapshot) => ({
  ...rest,
  members: members.map(({ member: { assigned, pendingRevocation, ...details }, target, epochOf }) => ({
    details,
    assigned: listPartitions(assigned),
    pendingRevocation: listPartitions(pendingRevocation),
    target: listPartitions(target),
    epochs: listPartitions(assigned).map(({ topicId: id, partitions: numbers }) => numbers.map((p) => epochOf(id, p))),
  })),
});

describe('the record of a consumer group', () => {
  test('holds everything', () => {
    fc.assert(fc.property(group, (snapshot) => expect(plain(roundTrip(snapshot))).toEqual(plain(snapshot))));
  });

  test('can be read by other programs', () => {
    const assigned = new Map([['AAAAAAAAAAAAAAAAAAAAAQ', new Set([1, 0])]]);
    const each: ConsumerMember = {
      ...newMember('m'),
      epoch: 4,
      clientId: 'c',
      clientHost: '/h',
      rebalanceTimeoutMs: 5_000,
      subscription: { names: new Set(['orders']), pattern: '' },
      assigned,
    };
    const snapshot = (targetEpoch: number, state: Reconciliation): ConsumerGroupSnapshot => ({
      groupId: 'g',
      groupEpoch: 4,
      targetEpoch,
      changedAt: NOW.getTime(),
      fingerprint: '',
      assignorName: 'uniform',
      members: [{ member: { ...each, state }, target: assigned, epochOf: () => 4 }],
    });
    const read = (given: ConsumerGroupSnapshot) =>
      decodeConsumerGroup(
        encodeConsumerGroupRecord(given, NOW, () => 'orders'),
        KEY,
      );
    expect(read(snapshot(4, 'stable'))).toMatchObject({
      groupId: 'g',
      groupType: 'consumer',
      state: 'stable',
      protocolType: 'consumer',
      protocol: 'uniform',
      generationId: 4,
      rebalanceTimeoutMs: 5_000,
      stateChangedAt: '2026-01-02T03:04:05.678Z',
      members: {
        m: {
          clientId: 'c',
          clientHost: '/h',
          heartbeatAt: '2026-01-02T03:04:05.678Z',
          subscriptions: ['orders'],
          assignments: [{ topic: 'orders', partitions: [0, 1] }],
        },
      },
    });
    expect(read(snapshot(3, 'stable')).state).toBe('preparing_rebalance');
    expect(read(snapshot(4, 'unreleased')).state).toBe('completing_rebalance');
    expect(read({ ...snapshot(4, 'stable'), members: [] }).state).toBe('empty');
  });

  test('of a large group leaves out what only other programs read', () => {
    const names = Array.from({ length: 100 }, (_, index) => `a-topic-with-a-long-name-${index}`);
    const members = Array.from({ length: 1_000 }, (_, index) => ({
      member: { ...newMember(`member-${index}`), subscription: { names: new Set(names), pattern: '' } },
      target: NO_PARTITIONS,
      epochOf: () => 0,
    }));
    const snapshot: ConsumerGroupSnapshot = {
      groupId: 'g',
      groupEpoch: 2,
      targetEpoch: 2,
      changedAt: 0,
      fingerprint: '',
      assignorName: 'uniform',
      members,
    };
    const value = encodeConsumerGroupRecord(snapshot, NOW, () => undefined);
    expect(value.length).toBeLessThan(256 * 1024);
    const record = decodeConsumerGroup(value, KEY);
    expect(record.members['member-7']?.subscriptions).toEqual([]);
    expect(consumerGroupOfRecord(record, KEY, 'g').members[7]!.member.subscription.names.size).toBe(100);
  });

  test('that is damaged is refused', () => {
    const record = { groupId: 'g', groupType: 'consumer', stateChangedAt: NOW.toISOString() };
    const damaged = encodeConsumerGroup({
      ...{ state: '', protocolType: '', protocol: '', leader: '', generationId: 1, members: {}, rebalanceTimeoutMs: 0 },
      ...record,
      memberStates: Buffer.from('damaged'),
    });
    expect(() => consumerGroupOfRecord(decodeConsumerGroup(damaged, KEY), KEY, 'g')).toThrow(MetadataFormatError);
  });
});
