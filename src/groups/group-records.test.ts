import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { kafscale } from '../generated/metadata.js';
import { MetadataFormatError } from '../metadata/metadata-store.js';
import { decodeConsumerGroup } from '../metadata/records.js';
import { KafkaError } from '../protocol/errors.js';
import { ConsumerAssignment, ConsumerSubscription } from '../protocol/schema/consumer-protocol.js';
import type { GroupSnapshot, MemberSnapshot } from './classic/group-snapshot.js';
import { decodeOffset, encodeOffset } from './committed-offset.js';
import { encodeGroup, groupOfRecord } from './group-records.js';

const KEY = 'consumers/g/metadata';
const NOW = new Date('2026-01-02T03:04:05.678Z');
const VERSION = Buffer.from([0, 1]);

function member(id: string, changes: Partial<MemberSnapshot> = {}): MemberSnapshot {
  const subscription = ConsumerSubscription.encode({ topics: ['orders', 'events'] }, 0);
  const partitions = [{ topic: 'orders', partitions: [0, 2] }];
  return {
    id,
    instanceId: null,
    clientId: 'client',
    clientHost: '/10.0.0.1',
    sessionTimeoutMs: 45_000,
    rebalanceTimeoutMs: 300_000,
    protocols: [
      { name: 'range', metadata: Buffer.concat([VERSION, subscription]) },
      { name: 'other', metadata: Buffer.from([1, 2, 3]) },
    ],
    assignment: Buffer.concat([VERSION, ConsumerAssignment.encode({ partitions }, 0)]),
    ...changes,
  };
}

function group(members: readonly MemberSnapshot[], changes: Partial<GroupSnapshot> = {}): GroupSnapshot {
  return {
    groupId: 'g',
    generationId: 7,
    protocolType: 'consumer',
    protocolName: 'range',
    leaderId: members[0]?.id ?? null,
    changedAt: NOW.getTime(),
    members,
    ...changes,
  };
}

const decodeGroup = (value: Buffer) => groupOfRecord(decodeConsumerGroup(value, KEY), KEY, 'g');
const roundTrip = (snapshot: GroupSnapshot) => decodeGroup(encodeGroup(snapshot, NOW));

describe('the record of a group', () => {
  test('keeps all that a coordinator needs', () => {
    const snapshot = group([member('a'), member('b', { instanceId: 'instance', assignment: Buffer.alloc(0) })]);
    expect(roundTrip(snapshot)).toEqual(snapshot);
    const empty = group([], { protocolName: null, leaderId: null });
    expect(roundTrip(empty)).toEqual(empty);
  });

  test('says to other programs who consumes what', () => {
    const record = decodeConsumerGroup(encodeGroup(group([member('a')]), NOW), KEY);
    expect(record).toMatchObject({
      groupId: 'g',
      state: 'stable',
      protocolType: 'consumer',
      protocol: 'range',
      leader: 'a',
      generationId: 7,
      rebalanceTimeoutMs: 300_000,
    });
    expect(record.members['a']).toMatchObject({
      clientId: 'client',
      clientHost: '/10.0.0.1',
      heartbeatAt: NOW.toISOString(),
      sessionTimeoutMs: 45_000,
      subscriptions: ['orders', 'events'],
      assignments: [{ topic: 'orders', partitions: [0, 2] }],
    });
    expect(decodeConsumerGroup(encodeGroup(group([]), NOW), KEY).state).toBe('empty');
  });

  test('of a group of another kind keeps its bytes, and claims to know nothing about them', () => {
    const connect = member('a', { protocols: [{ name: 'range', metadata: Buffer.from('?') }] });
    const snapshot = group([connect], { protocolType: 'connect' });
    expect(roundTrip(snapshot)).toEqual(snapshot);
    const record = decodeConsumerGroup(encodeGroup(snapshot, NOW), KEY);
    expect(record.members['a']).toMatchObject({ subscriptions: [], assignments: [] });
  });

  test('of a thousand members with long subscriptions fits into a request to etcd', () => {
    const topics = Array.from({ length: 500 }, (_, index) => `a-topic-with-quite-a-long-name-${index}`);
    const metadata = Buffer.concat([VERSION, ConsumerSubscription.encode({ topics }, 0)]);
    const members = Array.from({ length: 1_000 }, (_, index) =>
      member(`consumer-${index}-0ce4b5a4-5b0b-4b61-8d1c-${String(index).padStart(12, '0')}`, {
        protocols: [
          { name: 'range', metadata },
          { name: 'cooperative-sticky', metadata },
        ],
      }),
    );
    const value = encodeGroup(group(members), NOW);
    expect(value.length).toBeLessThan(1024 * 1024);
    const restored = decodeGroup(value);
    expect(restored.members.map(({ id }) => id)).toEqual(members.map(({ id }) => id));
    const isWhole = restored.members.every(({ protocols }) => protocols.every((own) => own.metadata.equals(metadata)));
    expect(isWhole).toBe(true);
  });

  test('that is too large even so is refused', () => {
    const large = member('a', { assignment: randomBytes(2 * 1024 * 1024) });
    expect(() => encodeGroup(group([large]), NOW)).toThrow(KafkaError);
  });

  test('that is damaged is refused, with its key', () => {
    const { ConsumerGroup } = kafscale.metadata;
    const value = Buffer.from(
      ConsumerGroup.encode({ stateChangedAt: NOW.toISOString(), memberStates: Buffer.from('no zstd') }).finish(),
    );
    expect(() => decodeGroup(value)).toThrow(MetadataFormatError);
    expect(() => decodeGroup(value)).toThrow(KEY);
  });
});

describe('the record of an offset', () => {
  const committed = {
    offset: 2 ** 40,
    leaderEpoch: 5,
    metadata: 'mine',
    committedAt: NOW.getTime(),
    expiresAt: undefined,
    topicId: 'AAECAwQFBgcICQoLDA0ODw',
  };

  test.each([committed, { ...committed, leaderEpoch: -1, topicId: undefined, expiresAt: NOW.getTime() + 1 }])(
    'keeps everything',
    (offset) => {
      expect(decodeOffset({ key: KEY, value: encodeOffset(offset) })).toEqual(offset);
    },
  );
});
